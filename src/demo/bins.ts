/** A column of numbers put into at most 64 bins, so that the best split is found by adding up bins and not by sorting. */
export interface Binned {
  /** Bin of each row. */
  readonly bins: Uint8Array
  /** Upper bounds, ascending: a value is in the first bin whose bound it does not exceed, or else in one more. */
  readonly bounds: readonly number[]
}

const MAX_BINS = 64

/** Bins `values` so that each bin holds about as many rows as the next; equal values are never parted. */
export function binColumn(values: readonly number[]): Binned {
  const sorted = values.toSorted((a, b) => a - b)
  const fullBin = new Set(sorted).size <= MAX_BINS ? 1 : sorted.length / (MAX_BINS - 1)
  const bounds: number[] = []
  let binStart = 0
  for (const [i, value] of sorted.entries()) {
    const before = sorted[i - 1] ?? value
    if (value === before || i - binStart < fullBin) continue
    bounds.push((before + value) / 2)
    binStart = i
  }
  return { bins: Uint8Array.from(values, (value) => binOf(value, bounds)), bounds }
}

function binOf(value: number, bounds: readonly number[]): number {
  const bin = bounds.findIndex((bound) => value <= bound)
  return bin < 0 ? bounds.length : bin
}
