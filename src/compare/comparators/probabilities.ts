import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import { type Comparator, deepEquality, type Measure } from '../comparator.ts'
import { jensenShannon } from '../distances/jensen-shannon.ts'
import { marginOf } from '../distances/score-margin.ts'
import { totalVariation } from '../distances/total-variation.ts'
import { asDouble, sameNumber } from '../read/exact-number.ts'
import { isObject } from '../read/json-type.ts'

/** When two distributions are the same. */
export interface ProbabilitiesFields {
  readonly tolerance: number
  readonly decisive: number
}

const MEASURES: readonly Measure[] = [
  { name: 'total_variation', kind: 'distance', max: 1 },
  { name: 'shift_bits', kind: 'distance', max: 1 },
  { name: 'top_flip', kind: 'distance', max: 1 },
  { name: 'decisive_flip', kind: 'distance', max: 1 },
  { name: 'sum_error', kind: 'distance', max: Infinity }
]

/** Sums further from 1 than this are none of probabilities. float16 is off by up to half of it (each entry by 2^-11 of itself). */
const SUM_TOLERANCE = 1e-3

/** What dividing and adding up doubles may be off by: 0.51 is no more than 0.01 above 0.5. */
const ROUNDING = 1e-12

/** Entries up to this have sums that stay finite, of as many as are ever looked at. */
const MAX_ENTRY = 1e300

const equal = deepEquality(sameNumber)

/**
 * Probabilities of classes: an array, an object by class (one that lacks a class gives it 0), or a list of these, one for each
 * example. The same when their total variation is within the tolerance and either both sum to 1 or neither does. Distances are
 * of what the entries are in proportion to, once they sum to more than 0; of a list, the largest. An array has no names, and is
 * thus never the same as an object.
 */
export const probabilities: Extension<ProbabilitiesFields, Comparator> = {
  summary: 'probabilities of classes, as an array, an object or a list of these: total variation within a tolerance, and sums of 1 on both sides',
  fields: z.strictObject({
    tolerance: z.number().min(0).max(1).default(0.01).describe('total variation distance allowed'),
    decisive: z.number().min(0).max(1).default(0.1).describe('margin between the two highest from which on a model was decided')
  }),
  build: ({ tolerance, decisive }) => ({
    measures: MEASURES,
    compare(primary, other, measured) {
      const pairs = pairsOf(primary, other)
      if (pairs === undefined) return equal(primary, other) ? 'same' : 'different'
      let isSame = true
      for (const pair of pairs) isSame = compareRows(pair, measured, tolerance, decisive) && isSame
      return isSame ? 'same' : 'different'
    }
  })
}

/** Two distributions over the same classes, in the same order; as long as each other. */
interface Pair {
  readonly row: readonly number[]
  readonly otherRow: readonly number[]
}

function compareRows({ row, otherRow }: Pair, measured: Float64Array, tolerance: number, decisive: number): boolean {
  const sum = total(row)
  const otherSum = total(otherRow)
  raise(measured, 4, Math.abs(Math.abs(sum - 1) - Math.abs(otherSum - 1)))
  const sumsAgree = sumsToOne(sum) === sumsToOne(otherSum)
  // nothing is in proportion to what sums to 0
  if (sum === 0 || otherSum === 0) return sum === otherSum
  const p = row.map((value) => value / sum)
  const q = otherRow.map((value) => value / otherSum)
  const distance = totalVariation(p, q)
  const flips = !sharesTop(row, otherRow)
  raise(measured, 0, distance)
  raise(measured, 1, jensenShannon(p, q))
  raise(measured, 2, Number(flips))
  raise(measured, 3, Number(flips && marginOf(p) >= decisive && marginOf(q) >= decisive))
  return distance <= tolerance + ROUNDING && sumsAgree
}

// of a list the largest counts; NaN is nothing measured so far
function raise(measured: Float64Array, index: number, value: number): void {
  const before = measured[index] ?? Number.NaN
  if (!(before >= value)) measured[index] = value
}

const sumsToOne = (sum: number): boolean => Math.abs(sum - 1) <= SUM_TOLERANCE

const total = (row: readonly number[]): number => row.reduce((sum, value) => sum + value, 0)

// of several that are highest alike, any may be the top
function sharesTop(row: readonly number[], otherRow: readonly number[]): boolean {
  const top = row.reduce((most, value) => Math.max(most, value), 0)
  const otherTop = otherRow.reduce((most, value) => Math.max(most, value), 0)
  return row.some((value, i) => value === top && otherRow[i] === otherTop)
}

/** The distributions in two values, side by side; undefined where they hold none, or not the same number of them, or of classes. */
function pairsOf(primary: unknown, other: unknown): readonly Pair[] | undefined {
  const isBatch = Array.isArray(primary) && Array.isArray(other) && isRow(primary[0]) && isRow(other[0])
  if (!isBatch) {
    const pair = pairOf(primary, other)
    return pair === undefined ? undefined : [pair]
  }
  if (primary.length !== other.length) return undefined
  const pairs: Pair[] = []
  for (let i = 0; i < primary.length; i++) {
    const pair = pairOf(primary[i], other[i])
    if (pair === undefined) return undefined
    pairs.push(pair)
  }
  return pairs
}

const isRow = (value: unknown): boolean => Array.isArray(value) || isObject(value)

function pairOf(primary: unknown, other: unknown): Pair | undefined {
  if (Array.isArray(primary)) return Array.isArray(other) && primary.length === other.length ? pairOfLists(primary, other) : undefined
  if (!isObject(primary) || !isObject(other)) return undefined
  // sorted, so that sums are taken in one order whichever side is first
  const keys = [...new Set([...Object.keys(primary), ...Object.keys(other)])].toSorted()
  return pairOfLists(keys.map((key) => entryAt(primary, key)), keys.map((key) => entryAt(other, key)))
}

const entryAt = (map: Readonly<Record<string, unknown>>, key: string): unknown => Object.hasOwn(map, key) ? map[key] : 0

function pairOfLists(list: readonly unknown[], otherList: readonly unknown[]): Pair | undefined {
  const row = rowOf(list)
  const otherRow = rowOf(otherList)
  return row === undefined || otherRow === undefined ? undefined : { row, otherRow }
}

// undefined for no entries, and for one that is no share of anything
function rowOf(list: readonly unknown[]): readonly number[] | undefined {
  const row: number[] = []
  for (const value of list) {
    const entry = asDouble(value)
    if (entry === undefined || !(entry >= 0 && entry <= MAX_ENTRY)) return undefined
    row.push(entry)
  }
  return row.length === 0 ? undefined : row
}
