import { describe, expect, it } from 'vitest'
import { findSpans, replaceSpans, setValues } from '../../src/core/json-edit.ts'
import { parsePointer, resolvePointer } from '../../src/core/json-pointer.ts'
import { document, leaves, rewritten, type Value, valueAt, type Way, withValue } from '../compare/generate.ts'
import { pick, seeded } from '../compare/support.ts'

const SEED = 20_260_402
const ROUNDS = 2000

/** Runs a property over many documents and ways of writing them; a failure names the seed and the round. */
function forAll(property: (random: () => number, value: Value, text: string) => void): void {
  for (let round = 0; round < ROUNDS; round++) {
    const random = seeded(SEED + round)
    const text = rewritten(random, document(random))
    try {
      property(random, JSON.parse(text) as Value, text)
    } catch (error) {
      throw new Error(`seed ${SEED}, round ${round}: ${String(error)}`, { cause: error })
    }
  }
}

const tokens = (...pointers: readonly string[]): string[][] => pointers.map((pointer) => [...parsePointer(pointer)!])

/** Values in an order of their own: of keys that are whole numbers, parsing does not keep the order. */
const sorted = (values: readonly unknown[]): string[] => values.map((value) => JSON.stringify(value)).toSorted()

/** The ways to all leaves that a pointer leads to alone: a key that is a star would be taken for all keys. */
const plainLeaves = (value: Value): Way[] => leaves(value).filter((way) => !way.includes('*'))

/** The texts that were found. */
const found = (text: string, ...pointers: readonly string[]): string[] | undefined =>
  findSpans(text, tokens(...pointers))?.map(({ start, end }) => text.slice(start, end))

const set = (text: string, ...settings: readonly (readonly [at: string, value: string])[]): string | undefined =>
  setValues(text, settings.map(([at, value]) => ({ at: parsePointer(at)!, value })))

describe('findSpans', () => {
  it.each([
    ['{"a":1.0,"b":[true,null]}', ['/a'], ['1.0']],
    ['{"a":1.0,"b":[true,null]}', ['/b/1', '/a'], ['1.0', 'null']],
    ['{"a":1.0,"b":[true,null]}', ['/b', '/b/1'], ['[true,null]']],
    ['{"a":1.0,"b":[true,null]}', ['/*'], ['1.0', '[true,null]']],
    ['{"a":1.0,"b":[true,null]}', ['/*/0'], ['true']],
    ['{"a":1.0,"b":[true,null]}', ['/*/*'], ['true', 'null']],
    ['{"a":1.0,"b":[true,null]}', [''], ['{"a":1.0,"b":[true,null]}']],
    ['{"a":1.0,"b":[true,null]}', ['/c', '/a/b', '/b/2', '/b/01', '/b/-', '/b/length'], []],
    ['{"a":1.0,"b":[true,null]}', [], []],
    [' \r\n\t"x" ', [''], ['"x"']],
    ['\ufeff{"a":2}', ['/a'], ['2']],
    ['{"a":1,"a":{"b":2},"a":3}', ['/a'], ['1', '{"b":2}', '3']],
    ['{"a":{"b":1},"a":{"b":2}}', ['/a/b'], ['1', '2']],
    [String.raw`{"\u0061":1,"\"":2,"\\":3,"\/":4}`, ['/a', '/"', '/\\', '/~1'], ['1', '2', '3', '4']],
    [String.raw`{"a\\":"\\\"","b":"}"}`, ['/b'], ['"}"']],
    ['{"é":{"😀":1}}', ['/é/😀'], ['1']],
    ['{"*":1,"b":2}', ['/*'], ['1', '2']],
    ['{"__proto__":{"constructor":1},"toString":2}', ['/__proto__/constructor', '/toString'], ['1', '2']],
    ['{"":{"":1}}', ['//'], ['1']],
    ['{"id":12345678901234567890,"x":-1.50e+3}', ['/id', '/x'], ['12345678901234567890', '-1.50e+3']],
    ['[NaN,-Infinity,Infinity]', ['/*'], ['NaN', '-Infinity', 'Infinity']],
    ['[[1,2],[3,[4]]]', ['/*/1'], ['2', '[4]']],
    ['[{"a":1,"b":2},{"a":3}]', ['/0/b', '/*/a'], ['1', '2', '3']],
    ['[]', ['/0', '/*'], []],
    ['{}', ['/a', '/*'], []]
  ])('in %s at %j finds %j', (text, pointers, expected) => {
    expect(found(text, ...pointers)).toEqual(expected)
  })

  it.each([
    '', ' ', '{', '}', '[', ']', '[1', '[1,', '[1,]', '[,1]', '[,]', '[1 2]', '[1}', '{]', '{"a"', '{"a"}', '{"a":', '{"a":}', '{"a":1', '{"a":1,', '{"a":1,}', '{"a":1]',
    '{,"a":1}', '{"a":1 "b":2}', '{"a" 1}', '{a:1}', "{'a':1}", '{1:2}', '{"a":1}}', '1 2', '1,', '"', '"\\"', '"\\', 'tru"e"', '""""', ':', ',', '1:2', '[1:2]', '\ufeff', '\ufeff\ufeff1',
    '1\u00a0', '{"a":1}\0', String.raw`{"\u00zz":1}`, '{"a\n\\n":1}'
  ])('takes %j for no JSON', (text) => {
    expect(findSpans(text, tokens('/a'))).toBeUndefined()
  })

  it('finds the values at any ways, and each just once', () => {
    forAll((random, value, text) => {
      const ways = plainLeaves(value).filter(() => random() < 0.5)
      const spans = findSpans(text, ways.map((way) => way.map(String)))!
      expect(sorted(spans.map(({ start, end }) => JSON.parse(text.slice(start, end)) as unknown))).toEqual(sorted(ways.map((way) => valueAt(value, way))))
      // in order, and apart
      expect(spans.every(({ start, end }, i) => start < end && start >= (spans[i - 1]?.end ?? 0))).toBe(true)
    })
  })

  it('finds by stars what a naive walk finds', () => {
    forAll((random, value, text) => {
      const all = leaves(value)
      const pointers = Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
        const way = pick(random, all)
        return way.slice(0, Math.ceil(random() * way.length)).map((key) => random() < 0.5 ? '*' : String(key))
      })
      const matches = (way: Way): boolean => pointers.some((pointer) => pointer.length === way.length && pointer.every((token, i) => token === '*' || token === String(way[i])))
      const naive = (part: Value, way: Way): Value[] => {
        if (matches(way)) return [part]
        if (typeof part !== 'object' || part === null) return []
        return Object.entries(part).flatMap(([key, below]) => naive(below as Value, [...way, key]))
      }
      const texts = findSpans(text, pointers)!.map(({ start, end }) => text.slice(start, end))
      expect(sorted(texts.map((one) => JSON.parse(one) as unknown))).toEqual(sorted(naive(value, [])))
    })
  })

  it('follows whatever is JSON, and of what is broken only what is broken inside strings and numbers', () => {
    let followed = 0
    let refused = 0
    forAll((random, _, text) => {
      const at = Math.floor(random() * text.length)
      const broken = text.slice(0, at) + pick(random, ['', '', '"', '\\', ',', ':', '[', ']', '{', '}', '1', ' ', 'e', '\n']) + text.slice(at + (random() < 0.7 ? 1 : 0))
      const isJson = ((): boolean => {
        try {
          JSON.parse(broken)
          return true
        } catch {
          return false
        }
      })()
      const spans = findSpans(broken, [['*', '*']])
      if (isJson) expect(spans).toBeDefined()
      else if (spans === undefined) refused++
      // with every string and number made a plain one, it is JSON
      else JSON.parse(broken.replace(/^\ufeff/, '').replaceAll(/"(?:[^"\\]|\\[^])*"/g, '""').replaceAll(/[\w.+-]+/g, '0'))
      if (isJson) followed++
    })
    expect(followed).toBeGreaterThan(200)
    expect(refused).toBeGreaterThan(600)
  })

  it('gives up past its depth and its count, and not before', () => {
    const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
    expect(found(nested(500), '/0')).toEqual([nested(499)])
    expect(found(nested(501), '/0')).toBeUndefined()
    expect(found(`${'{"a":'.repeat(500)}1${'}'.repeat(500)}`, '/a/a')).toHaveLength(1)
    expect(found(`${'{"a":'.repeat(501)}1${'}'.repeat(501)}`, '/a/a')).toBeUndefined()
    expect(findSpans(`[${'1,'.repeat(199_999)}1]`, tokens('/*'))).toHaveLength(200_000)
    expect(findSpans(`[${'1,'.repeat(200_000)}1]`, tokens('/*'))).toBeUndefined()
  })

  it.each([
    ['brackets', '['.repeat(5_000_000)], ['braces', '{"a":'.repeat(1_000_000)], ['quotes', '"'.repeat(5_000_001)], ['backslashes', `"${'\\'.repeat(5_000_001)}`],
    ['escaped quotes', `{"a":"${'\\"'.repeat(2_000_000)}`], ['white space', `[1${' \n'.repeat(2_000_000)}`], ['digits', `[${'9'.repeat(5_000_000)}`], ['commas', `[${','.repeat(5_000_000)}`],
    ['keys that are escaped', `{${String.raw`"\u0061":1,`.repeat(200_000)}`]
  ])('comes to an end of endless %s', (_, text) => {
    expect(findSpans(text, tokens('/a/*', '/*/a', '/0'))).toBeUndefined()
  })

  it('keeps up with a document of a megabyte (printed, as no machine is like another)', () => {
    const choices = Array.from({ length: 5000 }, (_, index) => ({ index, message: { role: 'assistant', content: `say "${index}"\nand more of what a model says when asked`, refusal: null }, logprobs: [-0.5, -0.123456789 * index] }))
    const text = JSON.stringify({ id: 'chatcmpl-1', model: 'a', choices })
    for (const pointer of ['/id', '/choices/*/message/content']) {
      for (let i = 0; i < 3; i++) findSpans(text, tokens(pointer))
      const start = performance.now()
      const spans = findSpans(text, tokens(pointer))!
      const ms = performance.now() - start
      console.log(`findSpans ${pointer}: ${spans.length} in ${(text.length / 1e6).toFixed(2)} MB, ${(text.length / 1e3 / ms).toFixed(0)} MB/s`)
      expect(spans).toHaveLength(pointer === '/id' ? 1 : 5000)
    }
  })
})

describe('replaceSpans', () => {
  it('touches nothing else', () => {
    forAll((random, value, text) => {
      const ways = plainLeaves(value).filter(() => random() < 0.3)
      const spans = findSpans(text, ways.map((way) => way.map(String)))!
      const edited = replaceSpans(text, spans.map((span) => ({ ...span, text: '"edited"' })))
      expect(JSON.parse(edited)).toEqual(ways.reduce((made, way) => withValue(made, way, 'edited'), value))
      const outside = (whole: string, holes: readonly { readonly start: number, readonly end: number }[]): string[] =>
        [...holes, { start: whole.length, end: whole.length }].map(({ start }, i) => whole.slice(holes[i - 1]?.end ?? 0, start))
      expect(outside(edited, findSpans(edited, ways.map((way) => way.map(String)))!)).toEqual(outside(text, spans))
    })
  })

  it('keeps what parsing would lose', () => {
    const text = '{ "id":12345678901234567890, "x":1.0, "y":1e2,\n"a":"\\u0041", "secret":"s", "a":-0 }'
    expect(replaceSpans(text, findSpans(text, tokens('/secret'))!.map((span) => ({ ...span, text: '"***"' })))).toBe(text.replace('"s"', '"***"'))
  })

  it('inserts, and removes, and leaves all as it is', () => {
    expect(replaceSpans('abc', [{ start: 0, end: 0, text: 'x' }, { start: 1, end: 2, text: '' }, { start: 3, end: 3, text: 'y' }])).toBe('xacy')
    expect(replaceSpans('abc', [])).toBe('abc')
  })

  it.each([
    [[{ start: 1, end: 2, text: '' }, { start: 0, end: 1, text: '' }]],
    [[{ start: 0, end: 2, text: '' }, { start: 1, end: 3, text: '' }]],
    [[{ start: 2, end: 1, text: '' }]],
    [[{ start: 0, end: 4, text: '' }]],
    [[{ start: -1, end: 1, text: '' }]]
  ])('refuses %j in a text of three', (edits) => {
    expect(() => replaceSpans('abc', edits)).toThrow(RangeError)
  })
})

describe('setValues', () => {
  it.each([
    ['{"model":"a","n":1.0}', [['/model', '"b"']], '{"model":"b","n":1.0}'],
    ['{"model":"a","n":1.0}', [['/stream', 'false']], '{"model":"a","n":1.0,"stream":false}'],
    ['{\n  "a": 1\n}\n', [['/b', '2']], '{\n  "a": 1,"b":2\n}\n'],
    ['{ }', [['/b', '2']], '{"b":2 }'],
    ['{"a":{}}', [['/a/b', '2']], '{"a":{"b":2}}'],
    ['{"a":[{}, {"b":1}]}', [['/a/0/b', '2'], ['/a/1/b', '3']], '{"a":[{"b":2}, {"b":3}]}'],
    ['[1,2]', [['/1', '"x"']], '[1,"x"]'],
    [' 1 ', [['', '{}']], ' {} '],
    ['{"a":1}', [['/a', '{}'], ['/a/b', '2'], ['/a/b', '3']], '{"a":{"b":3}}'],
    ['{"a":1,"a":2}', [['/a', '3']], '{"a":3,"a":3}'],
    ['{"*":1,"b":2}', [['/*', '3']], '{"*":3,"b":2}'],
    ['{"b":2}', [['/*', '3']], '{"b":2,"*":3}'],
    ['{}', [['/__proto__', '1'], ['/"\\~1', '2']], String.raw`{"__proto__":1,"\"\\/":2}`],
    [String.raw`{"\u0061":1}`, [['/a', '2']], String.raw`{"\u0061":2}`],
    ['\ufeff{"a":1}', [['/a', '2']], '\ufeff{"a":2}'],
    ['{"a":1}', [], '{"a":1}']
  ] as const)('of %s with %j is %s', (text, settings, expected) => {
    expect(set(text, ...settings)).toBe(expected)
  })

  it.each([
    ['nothing to belong to', '{"a":1}', '/b/c'],
    ['a scalar to belong to', '{"a":1}', '/a/b'],
    ['an end of an array', '[1]', '/1'],
    ['a hyphen of an array', '[1]', '/-'],
    ['a key of an array', '[{}]', '/a'],
    ['a key on the way that comes twice', '{"a":{"b":1},"a":{"b":2}}', '/a/b'],
    ['a key on the way that comes twice, once as a scalar', '{"a":{"b":1},"a":2}', '/a/b'],
    ['a key on the way that comes twice, farther up', '{"a":{"b":{}},"a":1}', '/a/b/c'],
    ['no JSON', '{"a":1', '/a'],
    ['no JSON at all', '', ''],
    ['what is too deep', `${'['.repeat(501)}${']'.repeat(501)}`, '/0']
  ])('gives up on %s', (_, text, pointer) => {
    expect(set(text, [pointer, '1'])).toBeUndefined()
    // one that cannot be set is enough
    expect(set(text, ['', '{}'], ['/x/y', '1'])).toBeUndefined()
  })

  it('sets what parsing, setting and writing would set, and nothing else', () => {
    let added = 0
    forAll((random, value, text) => {
      const way = pick(random, [...plainLeaves(value), []])
      const holder = valueAt(value, way.slice(0, -1))
      const isObject = way.length > 0 && typeof holder === 'object' && holder !== null && !Array.isArray(holder)
      const at = isObject && random() < 0.5 ? [...way.slice(0, -1), 'a key that is not there "\\'] : way
      if (at !== way) added++
      const edited = setValues(text, [{ at: at.map(String), value: '{"put":1.0}' }])!
      const put = { put: 1 }
      const expected = at === way
        ? withValue(value, way, put)
        : withValue(value, way.slice(0, -1), Object.fromEntries([...Object.entries(holder as object), [at.at(-1), put]]) as Value)
      expect(JSON.parse(edited)).toEqual(expected)
      expect(resolvePointer(JSON.parse(edited), at.map(String))).toEqual(put)
      // what was there before and after is there still, letter by letter
      const [span] = findSpans(edited, [at.map(String)])!
      if (at === way) {
        const [old] = findSpans(text, [way.map(String)])!
        expect([edited.slice(0, span!.start), edited.slice(span!.end)]).toEqual([text.slice(0, old!.start), text.slice(old!.end)])
      } else {
        const key = `"a key that is not there \\"\\\\":`
        expect(edited.slice(0, span!.start).endsWith(key)).toBe(true)
        const before = edited.slice(0, span!.start - key.length)
        expect([before, before.replace(/,$/, '')].map((start) => start + edited.slice(span!.end))).toContain(text)
      }
    })
    expect(added).toBeGreaterThan(100)
  })
})
