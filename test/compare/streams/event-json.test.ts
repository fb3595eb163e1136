import { describe, expect, it } from 'vitest'
import { ExactNumber } from '../../../src/compare/read/exact-number.ts'
import { createEventReader } from '../../../src/compare/streams/event-json.ts'

describe('an event reader', () => {
  it.each<[string, unknown]>([
    ['{"a":[1,null]}', { a: [1, null] }],
    ['null', null],
    ['""', ''],
    ['[NaN,-Infinity]', [Number.NaN, -Infinity]],
    ['12345678901234567890', new ExactNumber(1.2345678901234567e19, '12345678901234567890')],
    ['[DONE]', undefined],
    ['', undefined],
    ['{"a":', undefined]
  ])('reads %s', (data, value) => {
    expect(createEventReader('exact')(data)).toEqual(value)
    const rounded = value instanceof ExactNumber ? value.value : value
    expect(createEventReader('doubles')(data)).toEqual(rounded)
  })

  it.each(['exact', 'doubles'] as const)('reads no more values than a stream may hold (%s)', (numbers) => {
    const read = createEventReader(numbers)
    const many = `[${'0,'.repeat(150_000)}0]`
    let whole = 0
    for (let i = 0; i < 20; i++) if (read(many) !== undefined) whole++
    expect(whole).toBe(13)
    expect(read('1')).toBeUndefined()
  })

  it.each(['exact', 'doubles'] as const)('reads no event that is too complex by itself, and goes on (%s)', (numbers) => {
    const read = createEventReader(numbers)
    expect(read('['.repeat(1_000_000))).toBeUndefined()
    expect(read('1')).toBe(1)
    // commas in a text are no values
    expect(read(`"${','.repeat(300_000)}"`)).toHaveLength(300_000)
  })
})
