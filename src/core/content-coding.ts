import { brotliCompressSync, brotliDecompressSync, constants, deflateRawSync, deflateSync, gunzipSync, gzipSync, inflateRawSync, inflateSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** Octets of a body once its content coding is undone. */
export const MAX_DECODED_BYTES: number = 8 * 1024 * 1024

/** Why a content coding cannot be undone. */
export type CodingProblem =
  | 'decoded_too_large' // past MAX_DECODED_BYTES
  | 'bad_encoding' // it is broken or cut off
  | 'unknown_encoding' // we do not know it

const CAP = { maxOutputLength: MAX_DECODED_BYTES }
// a window of 8 MiB is what the coding may ask of a receiver (RFC 9659); zlib's default would reserve 128 MiB
const ZSTD_CAP = { ...CAP, params: { [constants.ZSTD_d_windowLogMax]: 23 } }

type Coder = (body: Buffer) => Buffer

/** Content codings by name (RFC 9110 section 8.4.1, RFC 7932, RFC 8878). */
const decoders: ReadonlyMap<string, Coder> = new Map<string, Coder>([
  ['identity', (body) => body],
  ['gzip', (body) => gunzipSync(body, CAP)],
  ['x-gzip', (body) => gunzipSync(body, CAP)],
  ['deflate', (body) => isZlib(body) ? inflateSync(body, CAP) : inflateRawSync(body, CAP)],
  ['br', (body) => brotliDecompressSync(body, CAP)],
  ['zstd', (body) => zstdDecompressSync(body, ZSTD_CAP)]
])

// whoever waits for it waits for a thread that serves others: quick before small
const encoders: ReadonlyMap<string, Coder> = new Map<string, Coder>([
  ['identity', (body) => body],
  ['gzip', (body) => gzipSync(body, { level: 1 })],
  ['x-gzip', (body) => gzipSync(body, { level: 1 })],
  ['deflate', (body) => deflateSync(body, { level: 1 })],
  ['br', (body) => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
  ['zstd', (body) => zstdCompressSync(body)]
])

/** Codings one inside the other; no honest server needs more. */
const MAX_CODINGS = 3

/** Undoes the content codings of a body, last one first; the reason when that cannot be done. */
export function decodeBody(contentEncoding: string, body: Buffer): Buffer | CodingProblem {
  if (contentEncoding === '') return body
  const codings = codingsOf(contentEncoding)
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

/** Applies the content codings that `like` was sent with, whose decoding this is. @throws Error for one we do not know */
export function encodeBody(contentEncoding: string, body: Buffer, like: Buffer): Buffer {
  if (contentEncoding === '') return body
  return codingsOf(contentEncoding).reduce((encoded, coding) => {
    const encode = coding === 'deflate' && !isZlib(like) ? deflateRawSync : encoders.get(coding)
    if (encode === undefined) throw new Error(`no such content coding: ${coding}`)
    return encode(encoded)
  }, body)
}

const codingsOf = (contentEncoding: string): readonly string[] =>
  contentEncoding.split(',', MAX_CODINGS + 1).map((coding) => coding.trim().toLowerCase()).filter((coding) => coding !== '')

/** Whether "deflate" means zlib, as it should (RFC 1950 section 2.2); some servers send the bare stream. */
function isZlib(body: Buffer): boolean {
  const [method = 0, flags = 0] = body
  return (method & 0x0f) === 8 && (method * 256 + flags) % 31 === 0
}
