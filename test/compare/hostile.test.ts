import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { JudgeOptions, TrialResult } from '../../src/compare/judge.ts'
import type { Answer } from '../../src/core/answer.ts'
import { document, rewritten } from './generate.ts'
import { answer, compareJson, judgeOf, seeded, trial } from './support.ts'

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
    const judge = judgeOf({ ignore: ['/b'] })
    expect(judge.add(trial('r', answer(body), answer('{"a":1}'), answer(`${body} `)), 0)).toEqual({ shadow: withAnother.kind, baseline: withItself.kind })
    expect(JSON.stringify(judge.report()).length).toBeLessThan(70_000)
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
    const judge = judgeOf({ ignore: ['/gone'] })
    for (let i = 0; i < 500; i++) expect(judge.add(trial(`r${i}`, newKeys(i), newKeys(i)), 0).shadow).toBe('match')
    // rules hold past the places that are remembered
    expect(judge.add(trial('x', answer('{"late":1,"gone":1}'), answer('{"late":1,"gone":2}')), 0).shadow).toBe('match')
    expect(judge.add(trial('y', answer('{"late":{"deep":1},"gone":1}'), answer('{"late":{"deep":2},"gone":2}')), 0).shadow).toBe('differ')
    const { fields, overflowFields } = judge.report(false)
    expect(fields).toHaveLength(201)
    expect(overflowFields).toBe(1000)
  })
})

describe('an answer with octets changed at random', () => {
  const SEED = 77

  it(`has an outcome and does not throw (seed ${SEED})`, () => {
    const random = seeded(SEED)
    const judge = judgeOf({ ignore: ['/a'], fields: [{ at: '/b', as: 'number', rel: 0.1 }, { at: '/c', as: 'label' }] })
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
      judge.add(trial(`r${round}`, answer(whole, { contentEncoding }), answer(cut, { contentEncoding })), 0)
    }
    const { compared, match: matched, differ: differing, uncomparable } = judge.report(false).shadow
    expect(compared).toBe(matched + differing)
    const counted = compared + Object.values(uncomparable).reduce((sum, count) => sum + count, 0)
    expect(counted).toBe(rounds)
    expect(Object.keys(uncomparable).toSorted()).toEqual(expect.arrayContaining(['bad_encoding', 'bad_json']))
  })
})

/** All that a config can ask for at once, over whole answers. */
const DEMANDS: readonly (readonly [string, string, Partial<JudgeOptions>])[] = [
  ['nothing', '/', {}],
  ['chat completions', '/v1/chat/completions', {}],
  ['rules over all of it', '/', { fields: [{ at: '', as: 'exact' }] }],
  ['a text', '/', { fields: [{ at: '', as: 'text' }, { at: '/*', as: 'text' }] }],
  ['hashes', '/', { evidence: 'hashes' }],
  ['redaction, slices and truth', '/', { redact: ['/a', '/*/b'], slices: [{ name: 'a', answer: '/a', bins: [0, 1] }], truth: { at: '', as: 'exact', horizonMs: 1000, maxPending: 10 } }],
  ['elements by key', '/', { fields: [{ at: '', as: 'keyed', key: '/id' }] }],
  ['text whatever it is', '/', { codec: 'text' }],
  ['octets whatever it is', '/', { codec: 'bytes' }]
]

const events = { contentType: 'text/event-stream' }
const lines = { contentType: 'application/x-ndjson' }
const text = { contentType: 'text/plain' }
const bomb = Buffer.alloc(16 * 1024 * 1024)

const HOSTILE: readonly (readonly [string, () => Answer])[] = [
  ['empty', () => answer('')],
  ['what is no JSON', () => answer('{"a":')],
  ['JSON with a key twice', () => answer('{"a":1,"a":[2],"b":{"a":1,"a":{}}}')],
  ['JSON nested 90,000 deep', () => answer(holding(nested(90_000, '[', ']')))],
  ['objects nested 60,000 deep', () => answer(`${'{"a":'.repeat(60_000)}1${'}'.repeat(60_000)}`)],
  ['numbers past all bounds', () => answer('{"a":1e400,"b":-1e400,"id":12345678901234567890,"c":[1e308,-1e308,5e-324,NaN,Infinity]}')],
  ['a number of 500,000 digits', () => answer(`{"a":${'9'.repeat(500_000)}}`)],
  // what stands in for NaN while it is parsed was looked for one zero at a time
  ['NaN beside a number of a million zeros', () => answer(`[0e${'0'.repeat(1_000_000)},NaN]`)],
  // and was as long as these zeros, for each NaN
  ['20,000 NaNs beside a number of 30,000 zeros', () => answer(`[0e${'0'.repeat(30_000)},${many(20_000, () => 'NaN')}]`)],
  ['NaN beside all that could stand in for it', () => answer(`{"a":NaN,"b":"${many(50_000, (i) => `0e${i}`)}"}`)],
  ['lone surrogates', () => answer('{"\\ud800":"\\udc00","a":"\\udfff","b":["\\ud83d"]}')],
  ['octets that are no UTF-8', () => answer(Buffer.from('{"a":"\xff\xfe"}', 'latin1'))],
  ['a string of 10 MB', () => answer(holding(`"${'x'.repeat(10_000_000)}"`))],
  ['a text of 10 MB', () => answer('lorem ipsum '.repeat(833_333), text)],
  ['2 MB of line feeds that are text', () => answer('\n'.repeat(2_000_000), text)],
  ['10 MB of numbers', () => answer(`[${many(2_000_000, () => '1234')}]`)],
  ['gzip cut short', () => answer(gzipSync('{"a":1}').subarray(0, -3), { contentEncoding: 'gzip' })],
  ['a gzip bomb', () => answer(gzipSync(bomb), { contentEncoding: 'gzip' })],
  ['a gzip bomb in a gzip bomb', () => answer(gzipSync(gzipSync(bomb)), { contentEncoding: 'gzip, gzip' })],
  ['a deflate bomb', () => answer(deflateSync(bomb), { contentEncoding: 'deflate' })],
  ['a Brotli bomb', () => answer(brotliCompressSync(bomb), { contentEncoding: 'br' })],
  ['a Zstandard bomb', () => answer(zstdCompressSync(bomb), { contentEncoding: 'zstd' })],
  ['a coding nobody knows', () => answer('{}', { contentEncoding: 'constructor' })],
  ['events cut within a character', () => answer(Buffer.from('data: {"a":"猫"}\n\ndata: 猫').subarray(0, -1), events)],
  ['20,000 events of a character each', () => answer('data: 1\n\n'.repeat(20_000), events)],
  ['more events than are read', () => answer('data: 1\n\n'.repeat(100_001), events)],
  ['events of no JSON', () => answer('data: {"a"\n\ndata: ]\n\n', events)],
  ['chunks with indices past all bounds', () => answer(`data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 1e9, delta: { content: 'a' } }, { index: -1, delta: {} }, { index: 0, delta: { content: 'a' } }] })}\n\n`, events)],
  ['chunks with lists that grow', () => answer(`data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'a' }, logprobs: { content: Array.from({ length: 100 }, () => ({ token: 'a' })) } }] })}\n\n`.repeat(500), events)],
  ['lines nested deep', () => answer(`${nested(90_000, '[', ']')}\n{"a":NaN}\n`, lines)],
  ['JSON that says it is events', () => answer('{"a":1}', events)],
  ['events that say they are JSON', () => answer('data: {"a":1}\n\n')],
  ['JSON that says it is a picture', () => answer('{"a":1}', { contentType: 'image/png' })],
  ['a picture that says it is JSON', () => answer(Buffer.from('89504e470d0a1a0a', 'hex'))],
  ['a type that is none', () => answer('{"a":1}', { contentType: ';;=,\u0000' })],
  ['40,000 elements of one key', () => answer(`[${many(40_000, () => '{"id":1}')}]`)],
  ['a status that is none', () => answer('{}', { status: Number.NaN })],
  ['times that are none', () => answer('{}', { firstByteMs: Number.NaN, durationMs: -Infinity, marks: [Number.NaN] })]
]

describe('a judge', () => {
  const plain = answer({ a: 1, b: [{ b: 'x' }], id: 7 })
  const kinds = ['match', 'differ', 'uncomparable']

  it.each(HOSTILE)('that is sent %s has a result for each pair, in a report of bounded size', (_what, make) => {
    const hostile = make()
    for (const [asked, path, options] of DEMANDS) {
      const judge = judgeOf({ headers: ['content-type', 'x-model'], ...options })
      const results: TrialResult[] = [
        judge.add(trial('1', plain, hostile, plain, { path, request: hostile.body }), 0),
        judge.add(trial('2', hostile, plain, hostile, { path }), 0),
        // the same once more, written apart, so that it is read twice
        judge.add(trial('3', hostile, { ...hostile, body: Buffer.concat([hostile.body, Buffer.from(' ')]) }, plain, { path }), 0)
      ]
      for (const { shadow, baseline } of results) expect([asked, kinds.includes(shadow ?? ''), kinds.includes(baseline ?? '')]).toEqual([asked, true, true])
      const report = judge.report()
      for (const leg of [report.shadow, report.baseline]) expect([asked, leg.compared + Object.values(leg.uncomparable).reduce((sum, count) => sum + count, 0)]).toEqual([asked, 3])
      expect([asked, JSON.parse(JSON.stringify(report))]).toEqual([asked, structuredClone(report)])
      expect(JSON.stringify(report).length).toBeLessThan(100_000)
    }
  })
})
