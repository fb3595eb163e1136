import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Answer } from '../../src/core/answer.ts'
import { createComparison } from '../../src/compare/compare-answers.ts'
import { createTally } from '../../src/compare/tally/tally.ts'
import { document, rewritten } from './generate.ts'
import { answer, compareJson, seeded } from './support.ts'

const complex = { kind: 'uncomparable', reason: 'too_complex' }
const bad = { kind: 'uncomparable', reason: 'bad_json' }
const match = { kind: 'match' }
const differ = { kind: 'differ' }
const nested = (depth: number, open: string, close: string): string => open.repeat(depth) + close.repeat(depth)
const many = (count: number, one: (i: number) => string): string => Array.from({ length: count }, (_, i) => one(i)).join(',')
const holding = (inner: string): string => `{"a":${inner}}`
const keys = (prefix: string): string => `{${many(150_000, (i) => `"${prefix}${i}":0`)}}`
const newKeys = (i: number): Answer => answer(`{${many(40, (k) => `"f${i}_${k}":{"g${i}":[${k}]}`)},"gone":${i}}`)

describe('a hostile body', () => {
  // [what it is, body, outcome against itself with other white space, outcome against {"a":1}]
  it.each([
    ['arrays nested 128 deep', () => nested(128, '[', ']'), match, differ],
    ['arrays nested 130 deep', () => nested(130, '[', ']'), complex, differ],
    ['arrays nested 100,000 deep', () => nested(100_000, '[', ']'), complex, differ],
    ['arrays nested 1,000,000 deep', () => nested(1_000_000, '[', ']'), complex, complex],
    ['objects nested 100,000 deep', () => `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, complex, differ],
    ['arrays nested deep around a long number', () => `${'['.repeat(50_000)}12345678901234567890${']'.repeat(50_000)}`, complex, complex],
    ['arrays opened and never closed', () => '['.repeat(8_000_000), complex, complex],
    ['arrays opened and never closed, fewer', () => '['.repeat(100_000), bad, bad],
    ['an array of 100,000 numbers', () => `[${many(100_000, String)}]`, match, differ],
    ['an array of 1,000,000 numbers', () => `[${many(1_000_000, () => '0')}]`, complex, complex],
    ['an array of 100,000 empty arrays', () => `[${many(100_000, () => '[]')}]`, match, differ],
    ['an object with 100,000 keys', () => `{${many(100_000, (i) => `"key${i}":${i}`)}}`, match, differ],
    ['a string of 4 MB', () => `{"a":"${'x'.repeat(4_000_000)}"}`, match, differ],
    ['a string of 4 MB of commas and brackets', () => `{"a":"${'[,\\"'.repeat(1_000_000)}"}`, match, differ],
    ['a string that never ends', () => `{"a":"${'\\\\\\"'.repeat(200_000)}`, bad, bad],
    ['an integer of a million digits', () => `{"a":${'1234567890'.repeat(100_000)}}`, match, differ],
    ['a fraction of a million digits', () => `{"a":0.${'0'.repeat(1_000_000)}1}`, match, differ],
    ['an exponent of 100,000 digits', () => `{"a":1e${'9'.repeat(100_000)}}`, match, differ],
    ['200,000 NaNs past the bound', () => `[${many(200_001, () => 'NaN')}]`, complex, complex],
    ['50,000 NaNs', () => `[${many(50_000, () => 'NaN')}]`, match, differ],
    ['text with NaN in every wrong place', () => `[1NaN,NaN1,--Infinity,NaNNaN,${many(10_000, () => 'xNaN')}]`, bad, bad],
    ['keys that name what objects inherit', () => '{"__proto__":{"a":1},"constructor":{"prototype":{}},"hasOwnProperty":1,"toString":null,"valueOf":[]}', match, differ],
    ['duplicate keys', () => `{${many(10_000, (i) => `"a":${i}`)}}`, match, differ],
    ['lone surrogates', () => '{"\\ud800":"\\udc00","\\udfff":["\\ud83d"]}', match, differ],
    ['nothing but white space', () => ' \n'.repeat(1000), bad, bad],
    ['NUL octets', () => '\0'.repeat(1000), bad, bad]
  ])('with %s has its outcome and does not throw', (_name, make, withItself, withAnother) => {
    const body = make()
    expect(compareJson(body, `${body} `).result).toEqual(withItself)
    expect(compareJson(body, body).result).toEqual(withItself)
    expect(compareJson(body, '{"a":1}').result).toEqual(withAnother)
    expect(compareJson('{"a":1}', body).result).toEqual(withAnother)
    const tally = createTally(createComparison({ ignore: ['/b'], fields: [{ at: '/a', as: 'number' }] }))
    tally.add('r', answer(body), answer('{"a":1}'))
    expect(JSON.stringify(tally.snapshot()).length).toBeLessThan(5000)
  })

  it('is bounded too where a rule looks at it as a whole', () => {
    const fields = [{ at: '/a', as: 'exact' }]
    for (const body of [holding(nested(100_000, '[', ']')), holding(`{"b":${nested(200, '[', ']')}}`)]) {
      expect(compareJson(body, `${body} `, { fields }).result).toEqual(complex)
      expect(compareJson(body, `${body} `, { fields, ignore: ['/a/c/d'] }).result).toEqual(complex)
      expect(compareJson(body, `${body} `, { fields, ignore: ['/a'] }).result).toEqual(match)
    }
    const wide = holding(`[${many(150_000, () => '0')}]`)
    expect(compareJson(wide, `${wide} `, { fields }).result).toEqual(complex)
  })

  it('with as many keys on each side, all others, is bounded', () => {
    expect(compareJson(keys('a'), keys('b')).result).toEqual(complex)
  })

  it('with new keys in every answer stays within the caps, and rules still hold', () => {
    const comparison = createComparison({ ignore: ['/gone'], fields: [] })
    const tally = createTally(comparison)
    for (let i = 0; i < 500; i++) expect(tally.add(`r${i}`, newKeys(i), newKeys(i))).toBe('match')
    // rules hold past the places that are remembered
    expect(tally.add('x', answer('{"late":{"deep":1},"gone":1}'), answer('{"late":{"deep":2},"gone":2}'))).toBe('differ')
    const { fields, overflowFields } = tally.snapshot()
    expect(fields).toHaveLength(201)
    expect(overflowFields).toBe(1000)
  })
})

describe('an answer with octets changed at random', () => {
  const SEED = 77

  it(`has an outcome and does not throw (seed ${SEED})`, () => {
    const random = seeded(SEED)
    const comparison = createComparison({ ignore: ['/a'], fields: [{ at: '/b', as: 'number', rel: 0.1 }, { at: '/c', as: 'label' }] })
    const tally = createTally(comparison)
    const encode = [(b: Buffer) => b, (b: Buffer) => gzipSync(b), (b: Buffer) => brotliCompressSync(b), (b: Buffer) => zstdCompressSync(b)]
    const names = ['', 'gzip', 'br', 'zstd']
    const rounds = 3000
    for (let round = 0; round < rounds; round++) {
      const coding = random() < 0.6 ? 0 : Math.floor(random() * 4)
      const whole = encode[coding]!(Buffer.from(rewritten(random, document(random))))
      const broken = Buffer.from(whole)
      for (let change = 0; change < 3; change++) broken[Math.floor(random() * broken.length)] = Math.floor(random() * 256)
      const cut = random() < 0.3 ? broken.subarray(0, Math.floor(random() * broken.length)) : broken
      const contentEncoding = names[coding]!
      tally.add(`r${round}`, answer(whole, { contentEncoding }), answer(cut, { contentEncoding }))
    }
    const { match: matched, differ: differing, uncomparable } = tally.snapshot()
    const counted = matched + differing + Object.values(uncomparable).reduce((sum, count) => sum + count, 0)
    expect(counted).toBe(rounds)
    expect(Object.keys(uncomparable).toSorted()).toEqual(expect.arrayContaining(['bad_encoding', 'bad_json']))
  })
})
