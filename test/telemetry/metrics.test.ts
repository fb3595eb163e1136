import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { METRICS, PREFIX, SECONDS_BUCKETS } from '../../src/telemetry/metrics.ts'

const SRC = fileURLToPath(new URL('../../src', import.meta.url))
const sources = globSync('**/*.ts', { cwd: SRC }).filter((file) => file !== 'telemetry/metrics.ts').map((file) => ({ file, text: readFileSync(`${SRC}/${file}`, 'utf8') }))
const uses = sources.flatMap(({ file, text }) => [...text.matchAll(/\.(counter|gauge|histogram)\(\s*'(\w+)',\s*(\{[^}]*\}|\w+)/g)].map(([, kind, name, labels]) => ({ file, kind: kind!, name: name!, labels: labels! })))

describe('the table of metrics', () => {
  it('has every metric that is counted anywhere, as what it is counted', () => {
    expect(uses.length).toBeGreaterThan(20)
    for (const { file, kind, name } of uses) expect(METRICS.get(name)?.kind, `${name} in ${file}`).toBe(kind)
  })

  it('has no metric that is counted nowhere', () => {
    for (const name of METRICS.keys()) expect(sources.some(({ text }) => text.includes(`'${name}'`)), name).toBe(true)
  })

  it('has the labels that series are given, where these are written out', () => {
    for (const { file, name, labels } of uses) {
      if (!labels.startsWith('{') || labels.includes('...')) continue
      const given = [...labels.matchAll(/[{,]\s*(\w+)/g)].map(([, label]) => label!)
      expect(given.toSorted(), `${name} in ${file}`).toEqual([...METRICS.get(name)!.labels].toSorted())
    }
  })

  it.each([...METRICS])('names and explains %s as Prometheus would have it', (name, { kind, help, labels }) => {
    expect(PREFIX + name).toMatch(/^windtunnel_[a-z][a-z_]*[a-z]$/)
    expect(name.endsWith('_total')).toBe(kind === 'counter')
    if (kind === 'histogram') expect(name).toMatch(/_seconds$/)
    expect(help).toMatch(/^[A-Z\d].*\.$/)
    for (const label of labels) expect(label).toMatch(/^[a-z_]+$/)
    expect(labels).not.toContain('le')
    expect(new Set(labels).size).toBe(labels.length)
  })

  it('has buckets that grow', () => {
    SECONDS_BUCKETS.forEach((bound, i) => expect(bound).toBeGreaterThan(SECONDS_BUCKETS[i - 1] ?? 0))
  })
})
