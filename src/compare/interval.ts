/** An interval, low end first. */
export type Interval = readonly [low: number, high: number]
