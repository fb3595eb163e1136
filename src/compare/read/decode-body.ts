import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { MAX_DECODED_BYTES, type Reason } from './limits.ts'

const CAP = { maxOutputLength: MAX_DECODED_BYTES }
// a window of 8 MiB is what the coding may ask of a receiver (RFC 9659); zlib's default would reserve 128 MiB
const ZSTD_CAP = { ...CAP, params: { [constants.ZSTD_d_windowLogMax]: 23 } }

type Decoder = (body: Buffer) => Buffer

/** Content codings by name (RFC 9110 section 8.4.1, RFC 7932, RFC 8878). */
const decoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['identity', (body) => body],
  ['gzip', (body) => gunzipSync(body, CAP)],
  ['x-gzip', (body) => gunzipSync(body, CAP)],
  ['deflate', (body) => isZlib(body) ? inflateSync(body, CAP) : inflateRawSync(body, CAP)],
  ['br', (body) => brotliDecompressSync(body, CAP)],
  ['zstd', (body) => zstdDecompressSync(body, ZSTD_CAP)]
])

/** Codings one inside the other; no honest server needs more. */
const MAX_CODINGS = 3

/** Undoes the content codings of a body, last one first; the reason when that cannot be done. */
export function decodeBody(contentEncoding: string, body: Buffer): Buffer | Reason {
  if (contentEncoding === '') return body
  const codings = contentEncoding.split(',', MAX_CODINGS + 1).map((coding) => coding.trim().toLowerCase()).filter((coding) => coding !== '')
  if (codings.length > MAX_CODINGS) return 'unknown_encoding'
  let decoded = body
  for (const coding of codings.toReversed()) {
    const decode = decoders.get(coding)
    if (decode === undefined) return 'unknown_encoding'
    try {
      decoded = decode(decoded)
    } catch (error) {
      return error instanceof RangeError ? 'decoded_too_large' : 'bad_encoding'
    }
  }
  return decoded
}

/** Whether "deflate" means zlib, as it should (RFC 1950 section 2.2); some servers send the bare stream. */
function isZlib(body: Buffer): boolean {
  const [method = 0, flags = 0] = body
  return (method & 0x0f) === 8 && (method * 256 + flags) % 31 === 0
}
