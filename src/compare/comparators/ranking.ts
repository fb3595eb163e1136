import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import { parsePointer, type Pointer, resolvePointer } from '../../core/json-pointer.ts'
import { type Comparator, deepEquality, type Measure } from '../comparator.ts'
import { canonicalText } from '../distances/canonical-text.ts'
import { kendallTauB } from '../distances/kendall.ts'
import { rankBiasedDistance } from '../distances/rank-biased-overlap.ts'
import { rankOverlap } from '../distances/rank-overlap.ts'
import { asDouble, sameNumber } from '../read/exact-number.ts'

/** What of a ranking matters. */
export interface RankingFields {
  readonly key?: string | undefined
  readonly score?: string | undefined
  readonly k: number
  readonly p: number
  readonly least: number
}

const MEASURES: readonly Measure[] = [
  { name: 'overlap', kind: 'distance', max: 1 },
  { name: 'rank_biased', kind: 'distance', max: 1 },
  { name: 'kendall', kind: 'distance', max: 1 }
]

/** Items looked at of one ranking. */
const MAX_ITEMS = 10_000

/** What adding up the weights of the places may be off by. */
const ROUNDING = 1e-12

const pointer = (what: string): z.ZodType<string | undefined> =>
  z.string().refine((text) => parsePointer(text) !== undefined, 'expected a JSON Pointer such as /id').optional().describe(what)

const equal = deepEquality(sameNumber)

/**
 * A list in which what comes first matters most: of items, or of objects that hold an item. The same when the first k places
 * are, or, where less is asked, when the rank-biased overlap is high enough. Of an item that comes twice the first counts. Items
 * beside each other with one score in both lists have no order among them; with one score in one list only, they do. An element
 * without what is ranked is no ranking's: such lists must be equal.
 *
 * Measures 1 less overlap@k, 1 less rank-biased overlap, and Kendall's tau-b over the items in both, turned into a distance:
 * 0 for one order, 1 for the reverse.
 */
export const ranking: Extension<RankingFields, Comparator> = {
  summary: 'a list in which the first matter most: the first k places, overlap, rank-biased overlap and Kendall\'s tau-b',
  fields: z.strictObject({
    key: pointer('JSON Pointer within an element to what is ranked; the element itself without one'),
    score: pointer('JSON Pointer within an element to its score: elements with one score have no order among them'),
    k: z.int().min(1).max(MAX_ITEMS).default(10).describe('places that matter'),
    p: z.number().gt(0).lt(1).default(0.9).describe('persistence of the reader: 0.9 gives the first ten places 86 % of the weight'),
    least: z.number().min(0).max(1).default(1).describe('least rank-biased overlap that is the same; 1 wants the first k places to be the same')
  }),
  build: ({ key = '', score, k, p, least }) => {
    const at = parsePointer(key) ?? []
    const scoreAt = score === undefined ? undefined : parsePointer(score)
    return {
      measures: MEASURES,
      compare(primary, other, measured) {
        const a = itemsOf(primary, at, scoreAt)
        const b = itemsOf(other, at, scoreAt)
        if (a === undefined || b === undefined) return equal(primary, other) ? 'same' : 'different'
        const names = settled(a, b)
        const otherNames = settled(b, a)
        const distance = rankBiasedDistance(names, otherNames, p)
        measured[0] = 1 - rankOverlap(names, otherNames, k)
        measured[1] = distance
        measured[2] = kendallDistance(a, b)
        const isSame = least < 1 ? distance <= 1 - least + ROUNDING : samePlaces(names, otherNames, k)
        return isSame ? 'same' : 'different'
      }
    }
  }
}

/** Items by name, first to last, each with its place: that of the first one beside it with the same score. */
type Items = ReadonlyMap<string, number>

function itemsOf(elements: unknown, at: Pointer, scoreAt: Pointer | undefined): Items | undefined {
  if (!Array.isArray(elements)) return undefined
  const places = new Map<string, number>()
  let place = 0
  let before: number | undefined
  for (const element of elements.slice(0, MAX_ITEMS) as unknown[]) {
    const item = resolvePointer(element, at)
    if (item === undefined) return undefined
    const name = canonicalText(item)
    if (places.has(name)) continue
    const score = scoreAt === undefined ? undefined : asDouble(resolvePointer(element, scoreAt))
    if (score === undefined || score !== before) place = places.size
    before = score
    places.set(name, place)
  }
  return places
}

/**
 * The names in `items`, with those that are tied in both lists in one order, by name, within the places that they have between
 * them. Two lists that differ by such ties alone come out the same.
 */
function settled(items: Items, beside: Items): readonly string[] {
  const names = [...items.keys()]
  const groups = new Map<string, number[]>()
  for (const [i, name] of names.entries()) {
    const otherPlace = beside.get(name)
    if (otherPlace === undefined) continue
    const group = `${items.get(name)} ${otherPlace}`
    const members = groups.get(group)
    if (members === undefined) groups.set(group, [i])
    else members.push(i)
  }
  const order = [...names]
  for (const members of groups.values()) {
    if (members.length === 1) continue
    const sorted = members.map((i) => names[i] ?? '').toSorted()
    for (const [nth, i] of members.entries()) order[i] = sorted[nth] ?? ''
  }
  return order
}

function samePlaces(names: readonly string[], otherNames: readonly string[], k: number): boolean {
  const places = Math.min(k, names.length)
  if (places !== Math.min(k, otherNames.length)) return false
  for (let i = 0; i < places; i++) if (names[i] !== otherNames[i]) return false
  return true
}

function kendallDistance(a: Items, b: Items): number {
  const common = [...a.keys()].filter((name) => b.has(name))
  const tau = kendallTauB(common.map((name) => a.get(name) ?? 0), common.map((name) => b.get(name) ?? 0))
  return (1 - tau) / 2
}
