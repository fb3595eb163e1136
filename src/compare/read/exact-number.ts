/**
 * Numbers that a double cannot hold: integers from 2^53 on, more than 17 significant digits, magnitudes past 1.8e308. They
 * keep their text, so that two of them are called equal only when they are the same number.
 */
export class ExactNumber {
  /** The nearest double. */
  readonly value: number
  /** As it was written. */
  readonly text: string

  constructor(value: number, text: string) {
    this.value = value
    this.text = text
  }
}

/** A double has 15 digits that always survive, and 17 tell any two of them apart. */
const SURE_DIGITS = 15
const TELLING_DIGITS = 17

/** The number written as `source`, which JSON.parse has read as `value`; a double where that loses nothing. */
export function exactly(value: number, source: string): number | ExactNumber {
  if (Number.isFinite(value)) {
    if (source.length <= SURE_DIGITS) return value
    const digits = significantDigits(source)
    if (digits <= SURE_DIGITS || (digits <= TELLING_DIGITS && Math.abs(value) < 2 ** 53)) return value
  }
  return new ExactNumber(value, source)
}

/** `value` as a double; undefined when it is no number. */
export function asDouble(value: unknown): number | undefined {
  return typeof value === 'number' ? value : value instanceof ExactNumber ? value.value : undefined
}

/** Whether two values are the same number: 1 is 1.0, 0 is -0 and NaN is NaN. Other values are not numbers, thus false. */
export function sameNumber(primary: unknown, other: unknown): boolean {
  if (typeof primary === 'number' && typeof other === 'number') return primary === other || (Number.isNaN(primary) && Number.isNaN(other))
  const exact = primary instanceof ExactNumber || other instanceof ExactNumber
  // settles the sign too
  if (!exact || asDouble(primary) !== asDouble(other)) return false
  return decimal(textOf(primary)) === decimal(textOf(other))
}

/** One text for each number, whatever way it is written: that of 1 is that of 1.0, and 0 is -0. */
export function numberName(value: number | ExactNumber): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  const magnitude = decimal(textOf(value))
  return magnitude !== '0' && (asDouble(value) ?? 0) < 0 ? `-${magnitude}` : magnitude
}

const textOf = (value: unknown): string => value instanceof ExactNumber ? value.text : String(value)

/**
 * One text for each magnitude, whatever way it is written: digits without zeros around them, `e`, power of ten. Linear in the
 * length of the text, and so without patterns that backtrack.
 */
function decimal(text: string): string {
  const { digits, from, to } = mantissa(text)
  if (digits === 0) return '0'
  const exponentAt = exponentStart(text)
  const exponentText = exponentAt === text.length ? '0' : text.slice(exponentAt + 1)
  // an exponent past what a double counts exactly belongs to no number anyone sends: as written then
  if (exponentText.length > SURE_DIGITS) return text
  const point = text.indexOf('.')
  const units = point === -1 || point > exponentAt ? exponentAt : point
  const power = Number(exponentText) + (to <= units ? units - to : units - to + 1)
  const written = text.slice(from, to).replace('.', '')
  return `${written}e${power}`
}

/** Digits of a number's text without the zeros before and after them. */
function significantDigits(text: string): number {
  return mantissa(text).digits
}

/** Where the significant digits of a number's text begin and end, and how many there are. */
function mantissa(text: string): { readonly digits: number, readonly from: number, readonly to: number } {
  const end = exponentStart(text)
  let seen = 0
  let digits = 0
  let from = 0
  let to = 0
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i)
    if (code < ZERO || code > NINE) continue
    if (code === ZERO && seen === 0) continue
    if (seen === 0) from = i
    seen++
    if (code !== ZERO) {
      digits = seen
      to = i + 1
    }
  }
  return { digits, from, to }
}

const ZERO = 48
const NINE = 57

function exponentStart(text: string): number {
  const at = text.search(/[eE]/)
  return at === -1 ? text.length : at
}
