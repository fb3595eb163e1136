/**
 * The header fields an intermediary must treat with care, each with a small number, so that a parsed head can say which
 * of them it holds in one bit mask. Everything else is `OTHER` and passes through as it came.
 */
export const OTHER = 0
export const HOST = 1
export const CONNECTION = 2
export const CONTENT_LENGTH = 3
export const TRANSFER_ENCODING = 4
export const KEEP_ALIVE = 5
export const PROXY_CONNECTION = 6
export const TE = 7
export const TRAILER = 8
export const UPGRADE = 9
export const EXPECT = 10
export const VIA = 11
export const MAX_FORWARDS = 12
export const X_REQUEST_ID = 13
export const FORWARDED = 14
export const X_FORWARDED = 15 // every x-forwarded-*, and x-real-ip
export const CONTROL = 16 // every x-windtunnel-* but the mirror mark
export const MIRROR_MARK = 17 // x-windtunnel-mirror
export const DATE = 18
export const CONTENT_TYPE = 19
export const CONTENT_ENCODING = 20
export const COOKIE = 21
export const CREDENTIAL = 22 // authorization, and what else says who the client is: CREDENTIALS
/** Named in the Connection field, so for this hop alone. */
export const NOMINATED = 23

// beside the standard's own, those that model servers and their gateways take keys and sessions in
const CREDENTIALS: readonly string[] = [
  'authorization', 'proxy-authorization', 'api-key', 'x-api-key', 'x-goog-api-key', 'x-auth-token', 'x-access-token', 'x-amz-security-token',
  'x-csrf-token', 'x-xsrf-token', 'ocp-apim-subscription-key', 'x-functions-key'
]

const NAMES: readonly (readonly [string, number])[] = [
  ['host', HOST], ['connection', CONNECTION], ['content-length', CONTENT_LENGTH], ['transfer-encoding', TRANSFER_ENCODING],
  ['keep-alive', KEEP_ALIVE], ['proxy-connection', PROXY_CONNECTION], ['te', TE], ['trailer', TRAILER], ['upgrade', UPGRADE],
  ['expect', EXPECT], ['via', VIA], ['max-forwards', MAX_FORWARDS], ['x-request-id', X_REQUEST_ID], ['forwarded', FORWARDED],
  ['x-real-ip', X_FORWARDED], ['date', DATE], ['content-type', CONTENT_TYPE], ['content-encoding', CONTENT_ENCODING],
  ['cookie', COOKIE], ['x-windtunnel-mirror', MIRROR_MARK],
  ...CREDENTIALS.map((name): readonly [string, number] => [name, CREDENTIAL])
]
const PREFIXES: readonly (readonly [string, number])[] = [['x-forwarded-', X_FORWARDED], ['x-windtunnel-', CONTROL]]

// most fields are told from all known ones by their length and first letter alone: slot -> names, numbers
const LONGEST = Math.max(...NAMES.map(([name]) => name.length))
const slotOf = (length: number, first: number): number => length * 32 + (first & 31)
const SLOTS = new Uint8Array((LONGEST + 1) * 32)
const SLOT_NAMES: string[][] = [[]]
const SLOT_IDS: number[][] = [[]]
for (const [name, id] of NAMES) {
  const slot = slotOf(name.length, name.charCodeAt(0))
  if (SLOTS[slot] === 0) SLOTS[slot] = SLOT_NAMES.push([]) && SLOT_IDS.push([]) - 1
  SLOT_NAMES[SLOTS[slot] ?? 0]?.push(name)
  SLOT_IDS[SLOTS[slot] ?? 0]?.push(id)
}

// `input` at `at` is a token and `name` is letters and hyphens: setting bit 5 makes letters small and leaves a hyphen be
function holds(input: Uint8Array, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) if (((input[at + i] ?? 0) | 0x20) !== name.charCodeAt(i)) return false
  return true
}

/** The number of the field whose name, a token, is `input[start, end)`, in any case. */
export function fieldId(input: Uint8Array, start: number, end: number): number {
  const length = end - start
  const first = input[start] ?? 0
  if (length <= LONGEST) {
    const slot = SLOTS[slotOf(length, first)] ?? 0
    const names = SLOT_NAMES[slot] ?? []
    for (let i = 0; i < names.length; i++) if (holds(input, start, names[i] ?? '')) return SLOT_IDS[slot]?.[i] ?? OTHER
  }
  if (length > 11 && (first | 0x20) === 0x78) { // "x"
    for (const [prefix, id] of PREFIXES) if (length >= prefix.length && holds(input, start, prefix)) return id
  }
  return OTHER
}
