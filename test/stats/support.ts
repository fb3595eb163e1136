/** How far a number is from what it should be, as a share of the latter; as it is where that is 0. */
export const apart = (actual: number, expected: number): number => Math.abs(expected === 0 ? actual : actual / expected - 1)
