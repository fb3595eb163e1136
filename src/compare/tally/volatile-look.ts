import { asDouble } from '../read/exact-number.ts'

// values looked at; what the first of them are, the others will be
const LOOKED_AT = 40
const MOSTLY = 0.9

/** What a field that is new in every answer looks like: an id, a time, or neither. */
export type VolatileKind = 'id' | 'time'

/** Looks at the values of a field that differ, for whether they are ids or times: what an ignore rule may be proposed for. */
export class VolatileLook {
  private looked = 0
  private ids = 0
  private times = 0

  see(value: unknown): void {
    if (this.looked >= LOOKED_AT) return
    this.looked++
    if (isTime(value)) this.times++
    else if (isId(value)) this.ids++
  }

  get kind(): VolatileKind | undefined {
    if (this.looked === 0) return undefined
    if (this.times >= MOSTLY * this.looked) return 'time'
    return this.ids + this.times >= MOSTLY * this.looked ? 'id' : undefined
  }
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?$/
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
// a word or none, and then a token that mixes digits and letters, or hexadecimal alone: chatcmpl-9f8A..., req_01J..., 7f3a9c0e
const TOKEN = /^(?:[a-z]{1,16}[-_])*(?=[0-9a-z]*\d)(?=\d*[a-z])[0-9a-z]{7,64}$/i
// between 2001 and 2286, in seconds, and that in ms, us and ns
const EPOCH_RANGES: readonly (readonly [number, number])[] = [[1e9, 1e10], [1e12, 1e13], [1e15, 1e16], [1e18, 1e19]]

function isTime(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= 40 && ISO_TIME.test(value)
  // nanoseconds are past what a double can hold
  const number = asDouble(value)
  return number !== undefined && EPOCH_RANGES.some(([low, high]) => number >= low && number < high)
}

const isId = (value: unknown): boolean => typeof value === 'string' && value.length <= 100 && (UUID.test(value) || TOKEN.test(value))
