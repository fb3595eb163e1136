/**
 * Every draw in Windtunnel is a hash: of a salt that says what is being decided, and of a key that says for whom. Nothing
 * is remembered, so the same log gives the same decisions in any thread, process or machine.
 */

/** A 53-bit whole number: a hashed unit, request id or salt. */
export type Key = number

const LOW_BITS = 21
const LOW = 2 ** LOW_BITS

/**
 * MurmurHash3_x86_32 of the octets of `text`, one per character (latin1). Reference: A. Appleby, MurmurHash3, 2011 (public
 * domain).
 */
export function murmur3(text: string, seed: number): number {
  let h = seed | 0
  const { length } = text
  const whole = length & ~3
  for (let i = 0; i < whole; i += 4) {
    let k = (text.charCodeAt(i) & 255) | ((text.charCodeAt(i + 1) & 255) << 8) | ((text.charCodeAt(i + 2) & 255) << 16) |
      (text.charCodeAt(i + 3) << 24)
    k = Math.imul(k, 0xcc9e2d51)
    k = (k << 15) | (k >>> 17)
    h ^= Math.imul(k, 0x1b873593)
    h = (h << 13) | (h >>> 19)
    h = (Math.imul(h, 5) + 0xe6546b64) | 0
  }
  if (whole < length) {
    let k = text.charCodeAt(whole) & 255
    if (whole + 1 < length) k |= (text.charCodeAt(whole + 1) & 255) << 8
    if (whole + 2 < length) k |= (text.charCodeAt(whole + 2) & 255) << 16
    k = Math.imul(k, 0xcc9e2d51)
    k = (k << 15) | (k >>> 17)
    h ^= Math.imul(k, 0x1b873593)
  }
  return finish(h ^ length)
}

// murmur3's finaliser: every input bit reaches every output bit
function finish(value: number): number {
  let h = value
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** The key of a unit or request id. Characters are octets: see `octets` for text that may hold others. */
export function keyOf(text: string): Key {
  return murmur3(text, 0x9747b28c) * LOW + (murmur3(text, 0x5bd1e995) >>> (32 - LOW_BITS))
}

/** The salt of one purpose, such as ("mirror", "house-price", "next"); different parts never run together. */
export function saltOf(...parts: readonly string[]): Key {
  return keyOf(parts.map((part) => `${part.length}:${octets(part)}`).join(''))
}

/** `text` as UTF-8 octets, one per character, so that a name hashes alike from a header and from JSON. */
export function octets(text: string): string {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return Buffer.from(text, 'utf8').toString('latin1')
  return text
}

/** The draw of `key` for the purpose of `salt`: uniform in (0, 1), with 52 bits. */
export function draw(salt: Key, key: Key): number {
  const saltHigh = Math.floor(salt / LOW)
  const keyHigh = Math.floor(key / LOW)
  let high = finish(keyHigh ^ saltHigh)
  const low = finish(((key - keyHigh * LOW) ^ (salt - saltHigh * LOW)) + high | 0)
  high = finish(high + low ^ saltHigh)
  // one bit less than a double holds, so that the half is exact and the largest draw is not rounded up to 1
  return (high * 2 ** 20 + (low >>> 12) + 0.5) / 2 ** 52
}
