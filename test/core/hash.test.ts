import { describe, expect, it } from 'vitest'
import { draw, keyOf, murmur3, octets, saltOf } from '../../src/core/hash.ts'
import { chiSquare, chiSquareBound } from '../support/chance.ts'

const KEYS = 40_000
const SALTS = [['split', 'house-price', 'stable'], ['split', 'house-price', 'canary'], ['mirror', 'house-price', 'next', 'shadow'], ['chaos', 'slow-canary'], ['']]

// the kinds of ids that meet in practice: counted up, padded, random
const KINDS: Readonly<Record<string, (i: number) => string>> = {
  'users counted up': (i) => `user-${i}`,
  'plain numbers': (i) => String(i),
  'padded numbers': (i) => String(i).padStart(36, '0'),
  'request ids of a thread': (i) => `a1b2c3d4e5f6-${i.toString(36)}`
}

describe('murmur3', () => {
  it.each([
    ['', 0, 0],
    ['', 1, 0x514e28b7],
    ['', 0xffffffff, 0x81f16f39],
    ['test', 0, 0xba6bd213],
    ['test', 0x9747b28c, 0x704b81dc],
    ['Hello, world!', 0, 0xc0363e43],
    ['Hello, world!', 0x9747b28c, 0x24884cba],
    ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
    ['\0\0\0\0', 0, 0x2362f9de],
    ['\0', 0, 0x514e28b7],
    ['\xff\xff\xff\xff', 0, 0x76293b50],
    ['\x21\x43\x65\x87', 0x5082edee, 0x2362f9de],
    ['\x21\x43\x65', 0, 0x7e4a8634],
    ['\x21\x43', 0, 0xa0f7b07a],
    ['\x21', 0, 0x72661cf4]
  ])('of %j with seed %i is the published value', (text, seed, expected) => {
    expect(murmur3(text, seed)).toBe(expected)
  })
})

describe('a key, a salt and a draw', () => {
  // frozen: when one of these changes, every user of every split meets another model, and logs no longer replay
  it.each([
    ['', 8293445569033566],
    ['a', 4490490663203496],
    ['user-1', 5619634445157143],
    ['00000000-0000-4000-8000-000000000000', 4545569953884004],
    ['Zo\xc3\xab', 5068454866670561]
  ])('keeps the key of %j', (text, expected) => {
    expect(keyOf(text)).toBe(expected)
  })

  it.each([
    [['split', 'house-price', 'stable'], 8176603554360327],
    [['mirror', 'house-price', 'next', 'shadow'], 97076353757805],
    [['chaos', 'slow-canary'], 5523312699730044],
    [['access log'], 4352829636637258],
    [['a', 'bc'], 6965790547738611],
    [['ab', 'c'], 5280337453233515],
    [['zürich'], 2337351258614598]
  ])('keeps the salt of %j', (parts, expected) => {
    expect(saltOf(...parts)).toBe(expected)
  })

  it.each([
    ['split', 'user-1', 0.7597631676317272],
    ['split', 'user-2', 0.4681783962436358],
    ['chaos', 'user-1', 0.9159803077480982],
    ['', '', 0.9416518133870554]
  ])('keeps the draw for %j of %j', (salt, key, expected) => {
    expect(draw(saltOf(salt), keyOf(key))).toBe(expected)
  })

  it('is a whole number below 2 to the 53rd', () => {
    for (let i = 0; i < 1000; i++) {
      const key = keyOf(`k${i}`)
      expect(Number.isSafeInteger(key) && key >= 0).toBe(true)
    }
  })
})

describe('a salt', () => {
  it('tells parts apart however they are cut, and whatever they hold', () => {
    const salts = [['a', 'b'], ['ab'], ['a', '', 'b'], ['', 'ab'], ['1:a', 'b'], ['1:a1:b'], ['a\n', 'b'], ['ä'], ['Ã¤', '']].map((parts) => saltOf(...parts))
    expect(new Set(salts).size).toBe(salts.length)
  })
})

describe('octets', () => {
  it.each([
    ['plain', 'plain'],
    ['é', '\xc3\xa9'],
    ['\x7f', '\x7f'],
    ['\x80', '\xc2\x80'],
    ['日本', '\xe6\x97\xa5\xe6\x9c\xac'],
    ['😀', '\xf0\x9f\x98\x80'],
    ['\ud800', '\xef\xbf\xbd']
  ])('of %j are its UTF-8, one a character', (text, expected) => {
    expect(octets(text)).toBe(expected)
  })
})

describe.each(Object.entries(KINDS))('draws for %s', (_, name) => {
  const keys = Array.from({ length: KEYS }, (_unused, i) => keyOf(name(i)))

  it.each(SALTS)('are uniform for the salt %s', (...parts) => {
    const salt = saltOf(...parts)
    const counts = Array.from({ length: 100 }, () => 0)
    // the finest shares of a config lie at the bottom: look at the last bits as well
    const low = Array.from({ length: 64 }, () => 0)
    for (const key of keys) {
      const drawn = draw(salt, key)
      counts[Math.floor(drawn * 100)]!++
      low[Math.floor(drawn * 2 ** 46) % 64]!++
    }
    expect(chiSquare(counts)).toBeLessThan(chiSquareBound(99))
    expect(chiSquare(low)).toBeLessThan(chiSquareBound(63))
  })

  it('are independent from salt to salt', () => {
    for (const [a, b] of SALTS.flatMap((one, i) => SALTS.slice(i + 1).map((other) => [saltOf(...one), saltOf(...other)] as const))) {
      const cells = Array.from({ length: 100 }, () => 0)
      for (const key of keys) cells[Math.floor(draw(a, key) * 10) * 10 + Math.floor(draw(b, key) * 10)]!++
      expect(chiSquare(cells)).toBeLessThan(chiSquareBound(99))
    }
  })

  it('are independent from key to the next key', () => {
    const salt = saltOf('split', 'r', 'a')
    const cells = Array.from({ length: 100 }, () => 0)
    for (let i = 1; i < keys.length; i++) cells[Math.floor(draw(salt, keys[i - 1]!) * 10) * 10 + Math.floor(draw(salt, keys[i]!) * 10)]!++
    expect(chiSquare(cells)).toBeLessThan(chiSquareBound(99))
  })

  it('are independent for salts that are neighbours, as the values of one fault are', () => {
    const salt = saltOf('chaos value', 'slow', '0')
    const cells = Array.from({ length: 100 }, () => 0)
    for (const key of keys) cells[Math.floor(draw(salt, key) * 10) * 10 + Math.floor(draw(salt + 1, key) * 10)]!++
    expect(chiSquare(cells)).toBeLessThan(chiSquareBound(99))
  })
})

describe('a draw', () => {
  it('is never 0 and never 1, at the very ends of what the hash can give', () => {
    // the finaliser of murmur3 backwards, to make keys and salts that end in all ones and all zeros
    const undo = (value: number): number => {
      let h = value
      h ^= h >>> 16
      h = Math.imul(h, 0x7ed1b41d)
      h ^= (h >>> 13) ^ (h >>> 26)
      h = Math.imul(h, 0xa5cb9243)
      return (h ^ (h >>> 16)) >>> 0
    }
    const drawn = [0xffffffff, 0].map((end) => {
      const wanted = undo(end) // what the second word must be made of
      const first = wanted // with the low words of key and salt equal
      const saltHigh = ((first + end) ^ undo(end)) >>> 0
      const keyHigh = (undo(first) ^ saltHigh) >>> 0
      return draw(saltHigh * 2 ** 21, keyHigh * 2 ** 21)
    })
    expect(drawn[0]).toBeLessThan(1)
    expect(drawn[0]).toBeGreaterThan(1 - 2 ** -50)
    expect(drawn[1]).toBeGreaterThan(0)
    expect(drawn[1]).toBeLessThan(2 ** -50)
  })
})
