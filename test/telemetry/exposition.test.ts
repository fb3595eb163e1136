import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { createExposition } from '../../src/telemetry/exposition.ts'
import { Fold } from '../../src/telemetry/fold.ts'
import { METRICS, PREFIX, SECONDS_BUCKETS } from '../../src/telemetry/metrics.ts'
import { ThreadMeter } from '../../src/telemetry/thread-meter.ts'
import { checkMetrics, hasPromtool } from './support/promtool.ts'

const ODD = 'a "quoted" \\ back\\slash\nand a line {x="y"} é'

/** A page on which every metric has two series, one of them with odd labels. */
async function page(): Promise<string> {
  const fold = new Fold()
  const meter = new ThreadMeter((series) => fold.add('t', series))
  for (const [name, { kind, labels }] of METRICS) {
    for (const value of labels.length === 0 ? [''] : ['plain', ODD]) {
      const of = Object.fromEntries(labels.map((label) => [label, value]))
      if (kind === 'counter') meter.counter(name, of).add(3)
      else if (kind === 'gauge') meter.gauge(name, of).set(-1.5)
      else for (const seconds of [0, 0.003, 0.2, 0.2, 9, 1000]) meter.histogram(name, of).observe(seconds)
    }
  }
  return createExposition(fold, () => undefined).render()
}

const lines = async (start: string): Promise<string[]> => (await page()).split('\n').filter((line) => line.startsWith(start))

describe('the page for Prometheus', () => {
  it('has type and help of every metric, whether it was counted or not', async () => {
    const empty = await createExposition(new Fold(), () => undefined).render()
    for (const text of [await page(), empty]) {
      for (const [name, { kind, help }] of METRICS) expect(text).toContain(`# HELP ${PREFIX}${name} ${help}\n# TYPE ${PREFIX}${name} ${kind}\n`)
    }
  })

  it('has a well-formed histogram: buckets that never fall, the last of all, and as many as the count', async () => {
    const found = (await lines(`${PREFIX}first_byte_seconds`)).filter((line) => line.includes('route="plain"'))
    const buckets = found.filter((line) => line.includes('_bucket{'))
    expect(buckets.map((line) => /le="([^"]+)"/.exec(line)?.[1])).toEqual([...SECONDS_BUCKETS.map(String), '+Inf'])
    const counts = buckets.map((line) => Number(line.split(' ').at(-1)))
    counts.forEach((count, i) => expect(count).toBeGreaterThanOrEqual(counts[i - 1] ?? 0))
    expect(counts[0]).toBe(1)
    expect(counts.at(-2)).toBe(5)
    expect(counts.at(-1)).toBe(6)
    const value = (suffix: string): number => Number(found.find((line) => line.startsWith(`${PREFIX}first_byte_seconds_${suffix}`))?.split(' ').at(-1))
    expect(value('count')).toBe(6)
    expect(value('sum')).toBeCloseTo(1009.403, 6)
  })

  it('escapes labels, one series to a line', async () => {
    const found = await lines(`${PREFIX}fallbacks_total{`)
    expect(found).toEqual([`${PREFIX}fallbacks_total{route="plain"} 3`, `${PREFIX}fallbacks_total{route="${ODD.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}"} 3`])
  })

  it('is made anew each time, after what is only known when asked was set', async () => {
    const fold = new Fold()
    const meter = new ThreadMeter((series) => fold.add('t', series))
    let asked = 0
    const exposition = createExposition(fold, () => meter.gauge('chaos_active', {}).set(++asked))
    expect(await exposition.render()).toContain(`${PREFIX}chaos_active 1\n`)
    expect(await exposition.render()).toContain(`${PREFIX}chaos_active 2\n`)
    expect(exposition.contentType).toContain('text/plain; version=0.0.4')
  })

  it('has the process in it', async () => {
    expect(await page()).toMatch(/^process_resident_memory_bytes \d+$/m)
  })

  it.skipIf(!hasPromtool)('is clean to promtool', async () => {
    expect(checkMetrics(await page())).toEqual({ problems: '', status: 0 })
  })

  it.runIf(hasPromtool)('is not what promtool calls clean when it is broken', async () => {
    const broken = (await page()).replace(/^# HELP windtunnel_retries_total.*$/m, '')
    expect(checkMetrics(broken).status).not.toBe(0)
    expect(spawnSync('promtool', ['check', 'metrics'], { input: 'x{ 1\n' }).status).not.toBe(0)
  })
})
