import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ZodObject } from 'zod'
import { faults } from '../../src/chaos/faults/index.ts'
import { codecNames } from '../../src/compare/codecs/index.ts'
import { comparators } from '../../src/compare/comparators/index.ts'
import { formatFinding } from '../../src/config/finding.ts'
import { jsonSchema } from '../../src/config/json-schema.ts'
import { load } from '../../src/config/load.ts'
import * as answers from '../../src/proxy/answers.ts'
import { matchers } from '../../src/route/matchers/index.ts'
import { METRICS } from '../../src/telemetry/metrics.ts'
import { ROOT } from '../support/windtunnel.ts'
import { blocks, codes, table } from './support/readme.ts'

interface Node { readonly properties?: Readonly<Record<string, Node>>, readonly items?: Node }

const source = (file: string): string => readFileSync(join(ROOT, 'src', file), 'utf8')
const names = (rows: readonly (readonly string[])[]): readonly string[] => rows.flatMap(([first]) => codes(first))

describe('the README', () => {
  it('lists every metric as it is', () => {
    expect(table('name | kind')).toEqual([...METRICS].map(([name, { kind, labels, help }]) => [`\`${name}\``, kind, labels.map((label) => `\`${label}\``).join(' '), help]))
  })

  it('lists every matcher, fault, comparator and codec, and no other', () => {
    expect(names(table('`match` key')).toSorted()).toEqual(matchers.map(({ name }) => name).toSorted())
    expect(names(table('`kind`')).toSorted()).toEqual(faults.map(({ name }) => name).toSorted())
    expect(names(table('`as`')).toSorted()).toEqual(comparators.map(({ name }) => name).toSorted())
    expect(names(table('name of a codec')).toSorted()).toEqual(codecNames.toSorted())
  })

  it('names every field a fault has', () => {
    for (const [kind, , fields] of table('`kind`')) {
      const fault = faults.find(({ name }) => name === codes(kind)[0])!
      expect([kind, codes(fields).toSorted()]).toEqual([kind, Object.keys((fault.fields as ZodObject).shape).filter((name) => name !== 'kind').toSorted()])
    }
  })

  it('lists every code of an answer of our own, with its status', () => {
    const listed = table('`x-windtunnel-error`').flatMap(([cell, status]) => codes(cell).map((code) => [code, Number(status)]))
    const made = [...Object.values(answers).filter((one): one is answers.LocalAnswer => typeof one === 'object' && 'code' in one), ...answers.FAILURES.values()]
    expect(listed.toSorted()).toEqual(made.filter(({ code }) => code !== '').map(({ code, status }) => [code, status]).toSorted())
  })

  it('lists every outcome of a mirrored request', () => {
    const type = /export type MirrorOutcome =([^]*?)\n\n/.exec(source('shadow/mirror.ts'))?.[1] ?? ''
    const known = [...type.matchAll(/'(\w+)'/g)].map(([, outcome = '']) => outcome)
    expect(known.length).toBeGreaterThan(10)
    const others = ['match', 'differ', 'uncomparable', 'dropped_reload', 'dropped_thread'] // counted by the analyst and the main thread
    expect(names(table('outcome')).toSorted()).toEqual([...known, ...others].toSorted())
  })

  it('lists every key of a mirror and of its comparison', () => {
    const mirror = (jsonSchema() as unknown as Node).properties!['routes']!.items!.properties!['mirrors']!.items!.properties!
    expect(names(table('key of a mirror')).toSorted()).toEqual(Object.keys(mirror).toSorted())
    expect(names(table('key of `compare`')).toSorted()).toEqual(Object.keys(mirror['compare']!.properties!).toSorted())
  })

  it('draws every room there is', () => {
    const drawn = [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/^ {2}(\w+)\/ {2,}\S/gm)].map(([, room]) => room)
    const imports = /const MAY_IMPORT[^]*?\n}/.exec(readFileSync(join(ROOT, 'test/architecture.test.ts'), 'utf8'))?.[0] ?? ''
    expect(drawn.length).toBeGreaterThan(10)
    for (const room of drawn) expect(imports).toContain(`  ${room}: `)
  })

  it('shows a config that holds, without a warning', () => {
    const [text = ''] = blocks('yaml')
    const loaded = load(text, { file: 'README.md', env: {}, readFile: () => '' })
    expect(loaded.ok ? loaded.warnings : loaded.findings.map(formatFinding)).toEqual([])
  })
})
