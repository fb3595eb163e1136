import { describe, expect, it } from 'vitest'
import { type SliceConfig, Slices } from '../../../src/compare/tally/slices.ts'
import type { Trial } from '../../../src/core/trial.ts'
import { answer, trial } from '../support.ts'

const asked = (headers: readonly string[], request?: unknown): Trial => trial('r', answer('1'), undefined, undefined, { headers, request: request === undefined ? undefined : Buffer.from(typeof request === 'string' ? request : JSON.stringify(request)) })

/** The values of the slices a request is in. */
function valuesOf(configs: readonly SliceConfig[], one: Trial, document: unknown = {}): readonly string[] {
  const slices = new Slices(configs)
  return slices.of(one, document).map((number) => slices.all[number]!.value)
}

const size = [{ name: 'size', answer: '/n', bins: [0, 10, 100] }]

describe('slices', () => {
  it.each<[string, readonly SliceConfig[], Trial, unknown, readonly string[]]>([
    ['a header', [{ name: 'tenant', header: 'x-tenant' }], asked(['acme']), {}, ['acme']],
    ['a header that is missing', [{ name: 'tenant', header: 'x-tenant' }], asked(['']), {}, ['(missing)']],
    ['two headers', [{ name: 'a', header: 'x-a' }, { name: 'b', header: 'x-b' }], asked(['1', '2']), {}, ['1', '2']],
    ['one header twice', [{ name: 'a', header: 'x-a' }, { name: 'b', header: 'x-a', bins: [5] }], asked(['7']), {}, ['7', '>= 5']],
    ['the request', [{ name: 'tier', request: '/user/tier' }], asked([], { user: { tier: 'gold' } }), {}, ['gold']],
    ['a request that is no JSON', [{ name: 'tier', request: '/user/tier' }], asked([], '{'), {}, ['(missing)']],
    ['a request that is not there', [{ name: 'tier', request: '/user/tier' }], asked([]), {}, ['(missing)']],
    ['the answer', [{ name: 'label', answer: '/label' }], asked([]), { label: 'cat' }, ['cat']],
    ['a number', [{ name: 'label', answer: '/label' }], asked([]), { label: 3 }, ['3']],
    ['true', [{ name: 'label', answer: '/label' }], asked([]), { label: true }, ['true']],
    ['what is no scalar', [{ name: 'label', answer: '/label' }], asked([]), { label: { a: 1 } }, ['(missing)']],
    ['a member that objects inherit', [{ name: 'label', answer: '/constructor/name' }], asked([]), {}, ['(missing)']],
    ['an answer that could not be read', [{ name: 'label', answer: '/label' }], asked([]), undefined, ['(missing)']],
    ['a long value', [{ name: 'label', answer: '/label' }], asked([]), { label: 'x'.repeat(500) }, [`${'x'.repeat(59)}…`]],
    ['a number below all bounds', size, asked([]), { n: -0.5 }, ['< 0']],
    ['a number on a bound', size, asked([]), { n: 10 }, ['10 to 100']],
    ['a number below a bound', size, asked([]), { n: 9.99 }, ['0 to 10']],
    ['a number above all bounds', size, asked([]), { n: Infinity }, ['>= 100']],
    ['a number that is a text', size, asked([]), { n: '42' }, ['10 to 100']],
    ['a text that is no number', size, asked([]), { n: 'many' }, ['(missing)']],
    // was taken for 0
    ['a text that is empty', size, asked([]), { n: '' }, ['(missing)']],
    ['NaN', size, asked([]), { n: Number.NaN }, ['(missing)']]
  ])('by %s are as expected', (_what, configs, one, document, expected) => {
    expect(valuesOf(configs, one, document)).toEqual(expected)
  })

  it('are numbered as they turn up, and told apart by name', () => {
    const slices = new Slices([{ name: 'a', answer: '/a' }, { name: 'b', answer: '/b' }])
    expect([{ a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 2 }].map((document) => slices.of(asked([]), document))).toEqual([[0, 1], [2, 1], [0, 3]])
    expect(slices.all).toEqual([{ name: 'a', value: '1' }, { name: 'b', value: '1' }, { name: 'a', value: '2' }, { name: 'b', value: '2' }])
  })

  it('of one name are 20 and what is left, however many values there are', () => {
    const slices = new Slices([{ name: 'id', answer: '/id' }, { name: 'all', answer: '/all' }])
    for (let i = 0; i < 10_000; i++) slices.of(asked([]), { id: `id ${i}`, all: 'same' })
    expect(slices.all.filter(({ name }) => name === 'id').map(({ value }) => value)).toEqual([...Array.from({ length: 20 }, (_, i) => `id ${i}`), '(other)'])
    expect(slices.all).toHaveLength(22)
    const [id] = slices.of(asked([]), { id: 'id 9999' })
    expect(slices.all[id!]!.value).toBe('(other)')
    expect(slices.of(asked([]), { id: 'id 3' })[0]).toBe(slices.all.findIndex(({ value }) => value === 'id 3'))
  })

  it('say what they want of a request, each header once', () => {
    const slices = new Slices([{ name: 'a', header: 'x-b' }, { name: 'b', header: 'x-a' }, { name: 'c', header: 'x-b', bins: [1] }])
    expect([slices.headers, slices.needsRequest]).toEqual([['x-b', 'x-a'], false])
    expect(new Slices([{ name: 'a', request: '/a' }]).needsRequest).toBe(true)
    expect(new Slices([]).of(asked([]), {})).toEqual([])
  })

  it('are refused where they are at no pointer', () => {
    expect(() => new Slices([{ name: 'a', answer: 'a' }])).toThrow('slices: expected a JSON Pointer such as /user/tier; got "a"')
  })
})
