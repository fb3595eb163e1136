import { describe, expect, it } from 'vitest'
import { schema } from '../../../src/compare/comparators/schema.ts'
import { compareWith } from './measured.ts'
import { cpuMs } from '../../support/cpu.ts'

const PERSON = { type: 'object', properties: { name: { type: 'string' }, age: { type: 'integer' } }, required: ['name'], additionalProperties: false }
const TREE = { $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } } }, $ref: '#/$defs/node' }

describe('schema', () => {
  it.each([
    ['both valid, whatever they say', PERSON, { name: 'Ann' }, '{"name": "Bob", "age": 3}', 'same', 0],
    ['both invalid, whatever is wrong', PERSON, { age: 3 }, 'no JSON', 'same', 0],
    ['one valid', PERSON, '{"name":"Ann"}', '{"name":1}', 'different', 1],
    ['one that breaks off', PERSON, '{"name":"Ann"}', '{"name":"Ann"', 'different', 1],
    ['null as a text', { type: 'null' }, 'null', null, 'same', 0],
    ['a text that is no JSON', { type: 'string' }, 'hello', '[1]', 'different', 1],
    ['a large number', { type: 'integer' }, '9007199254740993', 1, 'same', 0],
    ['a member that every object inherits', { required: ['constructor'] }, {}, { constructor: 1 }, 'different', 1],
    ['a number that JSON has not', { type: 'number' }, Number.NaN, 1, 'different', 1],
    ['a schema that refers to itself', TREE, { next: { next: {} } }, { next: { next: 1 } }, 'different', 1],
    ['a format, which is a remark', { format: 'date' }, '"soon"', '"2020-01-01"', 'same', 0],
    ['an element that comes twice', { uniqueItems: true }, '[1, {"a": 1, "b": 2}, {"b": 2, "a": 1.0}]', '[1, "1", true]', 'different', 1],
    ['an element that may come twice', { uniqueItems: false }, [1, 1], [1, 2], 'same', 0],
    ['a schema that for some values refers to itself without end', { if: { not: { type: 'object', required: ['a'] } }, else: { $ref: '#' } }, { a: 1 }, {}, 'different', 1]
  ])('finds of %s', (_what, written, a, b, found, invalid) => {
    expect(compareWith(schema, { schema: written }, a, b)).toEqual({ found, measured: { invalid } })
    expect(compareWith(schema, { schema: written }, b, a)).toEqual({ found, measured: { invalid } })
  })

  it('names what is valid and what is not', () => {
    const { classOf } = schema.build({ schema: PERSON })
    expect(['{"name":"Ann"}', { name: 'Ann' }, '{}', 3, undefined].map((value) => classOf?.(value))).toEqual(['valid', 'valid', 'invalid', 'invalid', 'invalid'])
  })

  it.each([
    ['it is none', { type: 'person' }],
    ['it has a broken pattern', { pattern: '(' }],
    ['it refers to nothing', { $ref: '#/$defs/missing' }],
    ['it refers elsewhere', { $ref: 'https://example.com/person.json' }],
    ['it refers to a file', { properties: { a: { $ref: 'other.json#/a' } } }],
    ['it is another draft', { $schema: 'https://json-schema.org/draft/2020-12/schema' }],
    ['it only refers to itself', { $ref: '#' }],
    ['it only refers to itself for objects', { if: { not: { type: 'object' } }, else: { $ref: '#' } }],
    ['it answers later', { $async: true, type: 'object' }],
    ['a part of it answers later', { properties: { a: { $async: true, type: 'object' } }, $ref: '#/properties/a' }]
  ])('refuses a schema when %s', (_what, written) => {
    const { success, error } = schema.fields.safeParse({ schema: written })
    expect(success).toBe(false)
    expect(error?.issues).toMatchObject([{ path: ['schema'], message: expect.stringContaining('expected a JSON Schema: ') }])
  })

  it.each([{}, { schema: true }, { schema: 'person.json' }, { schema: {}, strict: true }])('refuses %j', (fields) => {
    expect(schema.fields.safeParse(fields).success).toBe(false)
  })

  it('looks for what comes twice in time linear in the array', () => {
    const startedMs = cpuMs()
    const values = Array.from({ length: 50_000 }, (_, i) => ({ i }))
    expect(compareWith(schema, { schema: { uniqueItems: true } }, values, [...values, { i: 0 }]).found).toBe('different')
    expect(cpuMs() - startedMs).toBeLessThan(5000)
  })
})
