import { Ajv } from 'ajv'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { jsonSchema, jsonSchemaText } from '../../src/config/json-schema.ts'
import { comparators, faults, matchers } from '../../src/config/registries.ts'
import { BASE, brief, DESIGN, findingsOf, loadText } from './support.ts'

const KEPT = new URL('../../windtunnel.schema.json', import.meta.url)
const GOLDEN = new URL('golden/', import.meta.url)

test('the kept JSON Schema is what the code says; `windtunnel schema` prints it anew', () => {
  expect(readFileSync(KEPT, 'utf8')).toBe(jsonSchemaText())
})

const validate = new Ajv({ allowUnionTypes: true, strictTypes: false, allErrors: true }).compile(jsonSchema())
const isValid = (text: string): boolean => validate(parse(text, { merge: true }))

describe('the JSON Schema', () => {
  test('takes the example of the design', () => {
    expect(isValid(DESIGN), JSON.stringify(validate.errors)).toBe(true)
  })

  const good = readdirSync(GOLDEN).map((name) => [name, readFileSync(new URL(name, GOLDEN), 'utf8')] as const).filter(([, text]) => /^ok$/m.test(text))

  test.each(good)('takes golden/%s', (_, text) => {
    expect(isValid(text.slice(0, text.lastIndexOf('\n---\n'))), JSON.stringify(validate.errors)).toBe(true)
  })

  test.each([
    ['an unknown key', `${BASE}foo: 1`],
    ['an unknown key within', `${BASE}log: { levle: info }`],
    ['no version', BASE.replace('version: 1\n', '')],
    ['another version', BASE.replace('version: 1', 'version: 2')],
    ['a duration without a unit', `${BASE}shutdown: { grace: 30 }`],
    ['a duration without a unit, in quotes', `${BASE}shutdown: { grace: "30" }`],
    ['a size without a unit', `${BASE}listen: { maxHead: 16384 }`],
    ['a port alone', `${BASE}listen: ":8080"`],
    ['a negative weight', BASE.replace('weight: 9', 'weight: -9')],
    ['a weight in quotes', BASE.replace('weight: 9', 'weight: "9"')],
    ['a misspelt weight', BASE.replace('weight: 9', 'wieght: 9')],
    ['a mirror without percent', `${BASE}    mirrors: [{ backend: b }]`],
    ['percent beyond 100', `${BASE}    mirrors: [{ backend: b, percent: 101 }]`],
    ['neither split nor backend', 'version: 1\nbackends: {}\nroutes: [{ name: r }]'],
    ['both split and backend', `${BASE}    backend: a`],
    ['an unknown matcher', BASE.replace('path: {', 'paths: {')],
    ['two ways to match a path', BASE.replace('prefix: /first/', 'prefix: /first/, exact: /first')],
    ['a method that is no list', BASE.replace('path: { prefix: /first/ }', 'method: POST')],
    ['an unknown log level', `${BASE}log: { level: verbose }`],
    ['a URL with a path', BASE.replace(':8000"', ':8000/v1"')],
    ['a backend name with a space', BASE.replace('  a: {', '  a a: {')],
    ['an unknown fault', `${BASE}chaos: { limits: { percent: 1, active: 1 }, experiments: [{ name: x, route: first, percent: 1, duration: 1s, faults: [{ kind: dealy }] }] }`],
    ['an experiment without a duration', `${BASE}chaos: { limits: { percent: 1, active: 1 }, experiments: [{ name: x, route: first, percent: 1, faults: [{ kind: delay, fixed: 1s }] }] }`],
    ['chaos without limits', `${BASE}chaos: { experiments: [] }`],
    ['an unknown comparator', `${BASE}    mirrors: [{ backend: b, percent: 1, compare: { fields: [{ at: /a, as: numbre }] } }]`],
    ['an option of another comparator', `${BASE}    mirrors: [{ backend: b, percent: 1, compare: { fields: [{ at: /a, as: exact, rel: 1 }] } }]`]
  ])('refuses %s, as loading does', (_, text) => {
    expect(isValid(text)).toBe(false)
    expect(loadText(`${text}\n`).ok).toBe(false)
  })

  test.each([
    'listen: "${ADDRESS:-127.0.0.1:8080}"', 'listen: { maxHeaders: "${WEIGHT}", maxHead: "${H:-1KiB}", forwarded: { via: "${VERBOSE}" } }', 'log: { level: "${L:-info}", access: "${WEIGHT}" }',
    'x-anything: { goes: [1] }', '$schema: ./windtunnel.schema.json'
  ])('takes %s, as loading does', (line) => {
    expect(brief(findingsOf(`${BASE}${line}\n`))).toEqual([])
    expect(isValid(`${BASE}${line}`), JSON.stringify(validate.errors)).toBe(true)
  })

  interface Node { readonly properties?: Readonly<Record<string, Node>>, readonly description?: string, readonly default?: unknown, readonly title?: string, readonly enum?: readonly string[], readonly anyOf?: readonly Node[], readonly items?: Node, readonly additionalProperties?: Node }
  const root = jsonSchema() as Node

  test('names every matcher, fault and comparator with its summary', () => {
    const route = root.properties!['routes']!.items!
    const match = route.properties!['match']!.properties!
    expect(Object.keys(match)).toEqual(matchers.map(({ name }) => name))
    for (const { name, summary } of matchers) expect(match[name]!.description).toBe(summary)
    const text = JSON.stringify(root)
    for (const { name, summary } of [...faults, ...comparators]) {
      expect(text).toContain(`"title":${JSON.stringify(name)},"description":${JSON.stringify(summary)}`)
    }
  })

  test('describes every setting, and says its default', () => {
    const undescribed: string[] = []
    const walk = (node: Node, path: string): void => {
      // what extensions may be given is theirs to describe
      if (/\.(?:match|faults|fields|headers|body)\b/.test(path)) return
      for (const [key, child] of Object.entries(node.properties ?? {})) {
        if (child.description === undefined) undescribed.push(`${path}.${key}`)
        walk(child, `${path}.${key}`)
      }
      for (const child of [node.items, node.additionalProperties, ...node.anyOf ?? []]) if (child !== undefined) walk(child, path)
    }
    walk(root, '')
    expect(undescribed).toEqual([])
    const { log, shutdown, routes } = root.properties!
    expect(log!.properties!['level']).toEqual(expect.objectContaining({ default: 'info', anyOf: [expect.objectContaining({ enum: ['debug', 'info', 'warn', 'error'] }), expect.anything()] }))
    expect(shutdown!.properties!['grace']!.default).toBe('30s')
    expect(routes!.items!.properties!['maxBuffer']!.default).toBe('1MiB')
    expect(routes!.items!.title).toBe('route')
  })
})
