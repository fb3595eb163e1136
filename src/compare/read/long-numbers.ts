const LONG = 16

/**
 * Whether a JSON text may hold a number that a double cannot (see ExactNumber): one with 16 digits or more that is an
 * integer, has an exponent or goes past 17 digits. Errs to true only: digits inside strings are taken for numbers.
 *
 * The digits of such a number are at least 16 octets side by side, so one octet in 16 is looked at, and its neighbours
 * where it is a digit. Doubles as Python and JavaScript print them (0.8234567890123456) are no reason for a second look.
 */
export function mayHoldLongNumber(json: Buffer): boolean {
  const { length } = json
  for (let i = LONG - 1; i < length; i += LONG) {
    if (!isDigit(json[i])) continue
    let from = i
    while (from > 0 && isDigit(json[from - 1])) from--
    let to = i + 1
    while (to < length && isDigit(json[to])) to++
    if (to - from >= LONG && isLong(json, from, to)) return true
    i = to
  }
  return false
}

/** Whether the digits and points in [from, to) are more than a double is sure to hold. */
function isLong(json: Buffer, from: number, to: number): boolean {
  const next = json[to]
  let digits = 0
  let whole = 0
  let pointSeen = false
  for (let i = from; i < to; i++) {
    if (json[i] === POINT) pointSeen = true
    else if (digits > 0 || json[i] !== ZERO) {
      digits++
      if (!pointSeen) whole++
    }
  }
  return digits > 17 || whole >= LONG || (digits >= LONG && (next === SMALL_E || next === LARGE_E))
}

const POINT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const LARGE_E = 0x45
const SMALL_E = 0x65

/** A decimal point counts as one: 12345678.12345678 is 16 digits side by side. */
const isDigit = (octet: number | undefined): boolean => octet !== undefined && ((octet >= ZERO && octet <= NINE) || octet === POINT)
