import { describe, expect, it } from 'vitest'
import type { Comparator, KeyedElements, Measure } from '../../../src/compare/comparator.ts'
import { comparators } from '../../../src/compare/comparators/index.ts'
import { ExactNumber } from '../../../src/compare/read/exact-number.ts'
import { createRng } from '../../../src/core/rng.ts'
import { document, leaves, type Value, withValue } from '../generate.ts'
import { pick } from '../support.ts'
import { cpuMs } from '../../support/cpu.ts'

const SEED = 5150
const SCALARS = [
  null, true, false, 0, -0, 1, -1, 0.1, 0.10000000149011612, 1e308, -1e308, 5e-324, Number.NaN, Infinity, -Infinity, '', '1', 'true', 'NaN', 'Zoë', 'Zoe\u0308', ' a  b ', '\ud800', '{"a":1}', '{"a": 1.0}', '{"a":', '[[1]]',
  new ExactNumber(2 ** 53, '9007199254740993'), new ExactNumber(Infinity, '1e400'), 'AACAPwAAAEAAAEBA', 'AACAPwAAAEA='
]

/** Values that one comparator or another has a use for. */
const SHAPES: readonly unknown[] = [
  [0.2, 0.8], [0.8, 0.2], [0.5, 0.5], [0, 0], [1, 0], [1, 1], [0.2, 0.3, 0.5], [-0.1, 1.1], { cat: 0.9, dog: 0.1 }, { cat: 0.4, cow: 0.6 }, [[0.1, 0.9], [0.9, 0.1]], [[0.1, 0.9], [0.5, 0.5]], [[0.1], [0.9]],
  [1, 2, 3], [3, 2, 1], [1, 2, 4], [1, 1, 2], [2, 1], ['a', 'b', 'c'], ['c', 'a', 'b'], ['a', 'a'], [1e-200, 1e-200], [1e200, -1e200], [0, 0, 0],
  [{ id: 'a', score: 3 }, { id: 'b', score: 2 }, { id: 'c', score: 2 }], [{ id: 'a', score: 3 }, { id: 'c', score: 2 }, { id: 'b', score: 2 }], [{ id: 'b' }],
  [[0, 0, 2, 2]], [[0, 0, 2, 2], [1, 1, 3, 3]], [[1, 1, 3, 3], [0, 0, 2, 2]], [[0, 0, 1, 1], [0, 0, 1, 1]], [{ bbox: [0, 0, 2, 1], label: 'cat' }], [{ bbox: [0, 0, 2, 1.1], label: 'cat' }], [{ bbox: [0, 0, 2, 1], label: 'dog' }], [[0, 0, 0, 0]],
  [{ function: { name: 'f', arguments: '{"x":1,"y":2}' }, id: '1' }], [{ function: { name: 'f', arguments: '{"y": 2, "x": 1.0}' }, id: '2' }], [{ name: 'f', arguments: { x: 1, y: 2 } }, { name: 'g' }], [{ name: 'g' }, { name: 'f', arguments: '{"x":1,"y":2}' }], [{ name: 'f', arguments: 'null' }], [{ name: 'f', arguments: null }],
  // each overlaps two others equally
  [[0, 0, 3, 1], [1, 0, 4, 1], [2, 0, 5, 1]], [[1, 0, 4, 1], [0, 0, 3, 1]], [[-1e308, -1e308, 1e308, 1e308]], [[-1e308, -1e308, 1e308, 1e307]], [{ box: [0, 0, 2, 1], label: null }], [{ box: [0, 0, 2, 1] }],
  'one two three', 'One two  three.', 'one two', '猫です', '\udc00\ud800', 'null', '{"b":[1,9007199254740993],"a":"x"}', '{ "a": "x", "b": [1.0, 9007199254740993] }', '{"b":[1,9007199254740992],"a":"x"}', '[NaN, 1e400]',
  JSON.parse('{"__proto__":{}}'), JSON.parse('{"__proto__":"x"}'), { constructor: 'x' }, [], {}, [[]], [{}]
]

// options to try each comparator with; one that is registered and not listed here fails
const OPTIONS: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  exact: [{}],
  number: [{}, { abs: 0.5 }, { rel: 1 }, { abs: 1e-9, rel: 1e-6 }, { preset: 'float32' }, { preset: 'bfloat16', abs: 3 }],
  regression: [{}, { scale: 10, tolerance: 0.1 }, { rel: 0.5 }, { scale: 1e-300 }],
  label: [{}, { scores: 'scores' }, { scores: 'scores', decisive: 0.5 }],
  probabilities: [{}, { tolerance: 0.5, decisive: 0 }, { tolerance: 0 }],
  vector: [{}, { preset: 'float16' }, { abs: 2 }],
  embedding: [{}, { cosine: 0 }, { cosine: 1 }, { cosine: -1 }],
  ranking: [{}, { k: 1 }, { least: 0.5, p: 0.5 }, { key: '/id', score: '/score' }],
  boxes: [{}, { format: 'xywh', iou: 0.1 }, { format: 'cxcywh' }, { label: '/label' }, { box: '/bbox', iou: 1 }],
  text: [{}, { ignoreCase: true, ignoreSpace: true }, { maxTokens: 1 }],
  json: [{}],
  schema: [{ schema: { type: 'object' } }, { schema: { type: 'array', items: { type: 'number' }, maxItems: 2 } }, { schema: {} }, { schema: { uniqueItems: true } }],
  tools: [{}, { ordered: true }],
  set: [{}],
  multiset: [{}],
  keyed: [{ key: '/id' }]
}

const measure = ({ compare, measures }: Comparator, a: unknown, b: unknown): { readonly found: string, readonly measured: readonly number[] } => {
  const measured = new Float64Array(measures.length).fill(Number.NaN)
  return { found: compare(a, b, measured, parentOf(a), parentOf(b)), measured: [...measured] }
}

// `back` is what is measured the other way round
function isFine({ kind, max }: Measure, there: number, back: number): boolean {
  if (Number.isNaN(there) || Number.isNaN(back)) return Number.isNaN(there) && Number.isNaN(back)
  if (kind === 'signed') return there === -back || Math.abs(there + back) < 1e-9 * Math.abs(there)
  return there >= 0 && there <= max && (there === back || Math.abs(there - back) <= 1e-12 * Math.max(1, there))
}

// labels look beside themselves
const parentOf = (value: unknown): unknown => ({ label: value, scores: Array.isArray(value) ? value : 0.7 })

// two that differ, and a copy of the first; made once
const hostile = hostilePairs()

function hostilePairs(): readonly (readonly [a: unknown, b: unknown, copy: unknown])[] {
  const numbers = Array.from({ length: 100_000 }, (_, i) => i / 7)
  const few = numbers.slice(0, 20_000)
  const nested = (leaf: unknown): unknown => Array.from({ length: 60 }, () => 0).reduce((inner: unknown) => [inner], leaf)
  const words = 'word '.repeat(100_000)
  const pairs: readonly (readonly [unknown, unknown])[] = [
    [numbers, numbers.toReversed()], [numbers, numbers.slice(1)], [numbers.map(String), numbers.map((i) => String(i + 1))], [nested(1), nested(2)],
    [words, `${words}!`], [words.replaceAll(' ', ''), words.toUpperCase()], ['('.repeat(500_000), ')'.repeat(500_000)], ['['.repeat(200_000), '['.repeat(200_001)], [`${'['.repeat(300)}${']'.repeat(300)}`, `${'['.repeat(301)}${']'.repeat(301)}`],
    [Array.from({ length: 2000 }, (_, i) => [i, i, i + 1, i + 1]), Array.from({ length: 2000 }, (_, i) => [i, i, i + 2, i + 2])],
    [`a${'\u0301\u0316'.repeat(250_000)}`, `b${'\u0301\u0316'.repeat(250_000)}`], ['\ud800'.repeat(500_000), '\udc00'.repeat(500_000)], ["a'".repeat(500_000), "a'".repeat(499_999)], [JSON.stringify(numbers), JSON.stringify(numbers.toReversed())],
    [few.map((id) => ({ id, function: { name: 'f', arguments: `[${id}]` } })), few.map((id) => ({ id, function: { name: 'f', arguments: `[${id + 1}]` } }))],
    [few.map(() => JSON.parse('{"__proto__":{"a":1}}')), few.map(() => JSON.parse('{"__proto__":{"a":2}}'))],
    [{ ...few }, { ...numbers.slice(1, 20_000) }], [Buffer.alloc(400_000, 1).toString('base64'), Buffer.alloc(400_000, 2).toString('base64')]
  ]
  return pairs.map(([a, b]) => [a, b, copyOf(a)])
}

const isComparator = (built: Comparator | KeyedElements): built is Comparator => 'compare' in built

describe.each(comparators)('the comparator $name', ({ name, fields, build, summary }) => {
  const options = OPTIONS[name] ?? []
  const built = options.map((one) => ({ one, comparator: build(fields.parse(one)) })).filter((both): both is { one: Readonly<Record<string, unknown>>, comparator: Comparator } => isComparator(both.comparator))
  const random = createRng(SEED)
  const next = (): number => random.uniform()
  const values: readonly unknown[] = [...SCALARS, ...SHAPES, ...SCALARS.map((scalar) => [scalar]), ...documents(next)]

  it('is listed here, has a summary and refuses unknown options', () => {
    expect(options.length).toBeGreaterThan(0)
    expect(summary).not.toBe('')
    for (const one of options) {
      expect(fields.parse(one)).toMatchObject(one)
      expect(fields.safeParse({ ...one, at: '/a' }).success).toBe(false)
    }
  })

  it('has measures with names of their own and bounds', () => {
    for (const { comparator: { measures } } of built) {
      expect(new Set(measures.map((one) => one.name)).size).toBe(measures.length)
      for (const one of measures) expect([/^[a-z_0-9]+$/.test(one.name), one.max > 0]).toEqual([true, true])
    }
  })

  it.each(built)('with $one takes a value for the same as itself, at no distance', ({ comparator }) => {
    const failed: string[] = []
    for (const a of values) {
      for (const b of [a, copyOf(a)]) {
        const { found, measured } = measure(comparator, a, b)
        if (found !== 'same' || measured.some((value) => Math.abs(value) >= 1e-12)) failed.push(`${JSON.stringify(a)}: ${found} ${measured.join()}`)
      }
    }
    expect(failed).toEqual([])
  })

  it.each(built)('with $one says the same of two values whichever is first, and measures within bounds', ({ comparator }) => {
    const failed: string[] = []
    for (const [at, a] of values.entries()) {
      for (const b of values.slice(at + 1)) {
        const [there, back] = [measure(comparator, a, b), measure(comparator, b, a)]
        const fine = there.found === back.found && comparator.measures.every((of, i) => isFine(of, there.measured[i]!, back.measured[i]!))
        if (!fine) failed.push(`${JSON.stringify(a)} and ${JSON.stringify(b)}: ${there.found} ${back.found} ${there.measured.join()} ${back.measured.join()}`)
      }
    }
    expect(failed).toEqual([])
  })

  it.each(built)('with $one names classes alike for what it calls the same', ({ comparator }) => {
    const { classOf } = comparator
    if (classOf === undefined) return
    const failed: string[] = []
    for (const a of values) {
      for (const b of values) {
        const [one, two] = [classOf(a), classOf(b)]
        if (one !== undefined && two !== undefined && (measure(comparator, a, b).found === 'same') !== (one === two)) failed.push(`${JSON.stringify(a)} and ${JSON.stringify(b)}: ${one} ${two}`)
      }
    }
    expect(failed).toEqual([])
  })

  it.each(built)('with $one comes to an end on anything', ({ comparator }) => {
    for (const [a, b, copy] of hostile) {
      const startedMs = cpuMs()
      const [there, back] = [measure(comparator, a, b), measure(comparator, b, a)]
      expect(there.found).toBe(back.found)
      expect(comparator.measures.filter((of, i) => !isFine(of, there.measured[i]!, back.measured[i]!))).toEqual([])
      expect(cpuMs() - startedMs).toBeLessThan(10_000) // twenty times what it takes; what is quadratic takes minutes
      expect(measure(comparator, a, copy).found).toBe('same')
    }
  })
})

// of any shape, and each with a value in it exchanged
function documents(random: () => number): readonly Value[] {
  return Array.from({ length: 40 }, () => document(random)).flatMap((made) => [made, withValue(made, pick(random, leaves(made)), document(random, 1))])
}

function copyOf(value: unknown): unknown {
  if (value instanceof ExactNumber) return new ExactNumber(value.value, value.text)
  if (Array.isArray(value)) return value.map((element) => copyOf(element))
  return typeof value === 'object' ? structuredClone(value) : value
}
