import { describe, expect, it } from 'vitest'
import { faults } from '../../../../src/chaos/faults/index.ts'
import { answerOf, blowOf, degraded, degradedBy, type Fields, skipOf, strikerOf } from '../../support/fault.ts'

const REQUESTS = 3000
const predictions = (rows: readonly string[]): string => `{"id":12345678901234567890,"predictions": [${rows.join(', ')}],"n":0.10}`
const tensor = (data: readonly string[], shape: string, more: readonly string[] = []): string =>
  `{"model_name":"m","outputs":[{"name":"p","datatype":"FP32","shape":[${shape}],"data":[${data.join(',')}]}${more.length === 0 ? '' : `,{"name":"l","datatype":"INT64","data":[${more.join(',')}],"shape":[${more.length}]}`}]}`
const embeddings = (rows: readonly (readonly [index: number, value: string])[]): string => `{"object":"list","data":[${rows.map(([index, value]) => `{"object":"embedding","index":${index},"embedding":[${value}]}`).join(',')}],"model":"e"}`

/** What many requests get of the rows 0 to n-1. */
function batches(kind: string, fields: Fields, n: number, strength = 1): string[][] {
  const striker = strikerOf(kind, fields)
  const answer = answerOf(predictions(Array.from({ length: n }, (_, i) => String(i))))
  return Array.from({ length: REQUESTS }, (_, i) => {
    const text = degradedBy(striker(blowOf(`r${i}`, { strength })), answer) ?? answer.text
    return /\[(.*)\]/.exec(text)![1]!.split(', ').filter((row) => row !== '')
  })
}

describe('rotate-rows', () => {
  const rows = ['1.0', '{"a":0.50}', '"x"', '12345678901234567890']
  it.each<[Fields, readonly number[]]>([[{}, [3, 0, 1, 2]], [{ by: 1 }, [3, 0, 1, 2]], [{ by: -1 }, [1, 2, 3, 0]], [{ by: 6 }, [2, 3, 0, 1]]])('with %j puts in each place what was at %j', (fields, order) => {
    expect(degraded('rotate-rows', fields, predictions(rows))).toBe(predictions(order.map((i) => rows[i]!)))
  })

  it('keeps the index with the place, unless rows move whole', () => {
    const body = embeddings([[0, '0.10'], [1, '1.0'], [2, '2.0']])
    expect(degraded('rotate-rows', {}, body)).toBe(embeddings([[0, '2.0'], [1, '0.10'], [2, '1.0']]))
    expect(degraded('rotate-rows', { wholeRows: true }, body)).toBe(embeddings([[2, '2.0'], [0, '0.10'], [1, '1.0']]))
  })

  it('moves the rows of tensors, and those of all outputs alike', () => {
    expect(degraded('rotate-rows', {}, tensor(['1.0', '2.0', '3.0', '4.0', '5.0', '6.0'], '3,2', ['7', '8', '9']))).toBe(tensor(['5.0', '6.0', '1.0', '2.0', '3.0', '4.0'], '3,2', ['9', '7', '8']))
    expect(degraded('rotate-rows', {}, tensor(['[1.0,2]', '[3.0,4]'], '2,2'))).toBe(tensor(['[3.0,4]', '[1.0,2]'], '2,2'))
  })

  it.each([['{"data":[1.0,2]}', '{"data":[2,1.0]}'], ['[1.0,2]', '[2,1.0]'], ['{"results":[{"v":1.0},{"v":2}]}', '{"results":[{"v":2},{"v":1.0}]}']])('finds the rows of %s', (body, expected) => {
    expect(degraded('rotate-rows', {}, body, { path: '/score' })).toBe(expected)
  })

  it.each<[unknown, Fields, string]>([
    [{ predictions: [1] }, {}, 'one_row'], [{ predictions: [] }, {}, 'one_row'], [{ predictions: [1, 1] }, {}, 'unchanged'], [{ predictions: [1, 2] }, { by: 2 }, 'unchanged'], [{ a: 1 }, {}, 'target_absent'],
    [{ a: 1 }, { at: '/a' }, 'wrong_type'], [{ a: 1 }, { at: '/b' }, 'target_absent'], ['not json', {}, 'not_json']
  ])('of %j with %j is skipped: %s', (body, fields, reason) => {
    expect(skipOf('rotate-rows', fields, body)).toBe(reason)
  })
})

describe('shuffle-rows', () => {
  it('puts each row at each place as often, one of them at its own on average', () => {
    const n = 4
    const made = batches('shuffle-rows', {}, n)
    for (let place = 0; place < n; place++) {
      for (let row = 0; row < n; row++) {
        // 99.9 % of the shares that so many draws of probability 1/n give
        expect(Math.abs(made.filter((rows) => rows[place] === String(row)).length / REQUESTS - 1 / n)).toBeLessThan(3.29 * Math.sqrt((1 / n) * (1 - 1 / n) / REQUESTS))
      }
    }
    // the number of fixed points has a variance of 1
    const fixed = made.reduce((sum, rows) => sum + rows.filter((row, i) => row === String(i)).length, 0)
    expect(Math.abs(fixed / REQUESTS - 1)).toBeLessThan(3.29 / Math.sqrt(REQUESTS))
  })

  it('shuffles all outputs alike', () => {
    for (let i = 0; i < 20; i++) {
      const made = degraded('shuffle-rows', {}, tensor(['1', '2', '3'], '3', ['1', '2', '3']), { id: `r${i}` })
      if (made === undefined) continue
      const [one, other] = (JSON.parse(made) as { outputs: { data: number[] }[] }).outputs
      expect(one!.data).toEqual(other!.data)
    }
  })
})

describe('drop-rows', () => {
  it.each([[0.3, 1], [0.5, 0.2], [1, 1]])('with share %d at strength %d loses as many as it says', (share, strength) => {
    const n = 10
    const p = share * strength
    const left = batches('drop-rows', { share }, n, strength).flat().length
    expect(Math.abs(1 - left / (n * REQUESTS) - p)).toBeLessThanOrEqual(3.29 * Math.sqrt(p * (1 - p) / (n * REQUESTS)))
  })

  it.each([[2, 1, 3], [5, 1, 0], [9, 1, 0], [4, 0.5, 3], [1, 0.4, 5]])('with count %d at strength %d leaves %d of five, in their order', (count, strength, expected) => {
    const made = batches('drop-rows', { count }, 5, strength)
    expect(made.every((rows) => rows.length === expected && rows.join() === rows.toSorted().join())).toBe(true)
    for (let row = 0; row < 5; row++) {
      const p = expected / 5
      expect(Math.abs(made.filter((rows) => rows.includes(String(row))).length / REQUESTS - p)).toBeLessThanOrEqual(3.29 * Math.sqrt(p * (1 - p) / REQUESTS))
    }
  })

  it('says in a tensor\'s shape how many rows are left, of all outputs the same', () => {
    const made = new Set(Array.from({ length: 50 }, (_, i) => degraded('drop-rows', { count: 2 }, tensor(['1.0', '2.0', '3.0', '4.0', '5.0', '6.0'], '3,2', ['7', '8', '9']), { id: `r${i}` })))
    expect(made).toEqual(new Set([tensor(['1.0', '2.0'], '1,2', ['7']), tensor(['3.0', '4.0'], '1,2', ['8']), tensor(['5.0', '6.0'], '1,2', ['9'])]))
  })

  it('leaves the rest as it was', () => {
    expect(degraded('drop-rows', { share: 1 }, predictions(['1.0', '{"a":1}']))).toBe(predictions([]))
    expect(degraded('drop-rows', { count: 1, at: '/a' }, '{"a":[1.0],"b":0.10}')).toBe('{"a":[],"b":0.10}')
  })

  it.each<[unknown, Fields, string]>([
    [{ predictions: [] }, { share: 1 }, 'unchanged'], [{ predictions: {} }, { share: 1 }, 'wrong_type'], ['not json', { count: 1 }, 'not_json']
  ])('of %j with %j is skipped: %s', (body, fields, reason) => {
    expect(skipOf('drop-rows', fields, body)).toBe(reason)
  })

  it('at strength 0 loses none', () => {
    expect(degraded('drop-rows', { share: 1 }, predictions(['1']), { strength: 0 })).toBeUndefined()
    expect(degraded('drop-rows', { count: 1 }, predictions(['1']), { strength: 0 })).toBeUndefined()
  })
})

it.each<[string, Fields]>([
  ['rotate-rows', { by: 0 }], ['rotate-rows', { by: 1.5 }], ['rotate-rows', { wholeRows: 'yes' }], ['shuffle-rows', { at: 1 }], ['drop-rows', {}], ['drop-rows', { share: 0 }], ['drop-rows', { share: 0.5, count: 1 }], ['drop-rows', { count: 0 }]
])('%s is refused with %j', (kind, fields) => {
  expect(faults.find(({ name }) => name === kind)!.fields.safeParse({ kind, ...fields }).success).toBe(false)
})
