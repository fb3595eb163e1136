import { Worker } from 'node:worker_threads'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Fold } from '../../src/telemetry/fold.ts'
import { type Series, ThreadMeter } from '../../src/telemetry/thread-meter.ts'
import { Random, runSeed } from '../http/support/random.ts'

const NAMES = { route: 'r', backend: 'b' }
const meterOf = (fold: Fold, thread: string): ThreadMeter => new ThreadMeter((series) => fold.add(thread, series))

describe('folded series', () => {
  it('are sums over threads', () => {
    const fold = new Fold()
    const [one, other] = [meterOf(fold, 'a'), meterOf(fold, 'b')]
    one.counter('retries_total', { backend: 'x' }).add(2)
    other.counter('retries_total', { backend: 'x' }).add(3)
    other.counter('retries_total', { backend: 'y' }).add(10)
    one.gauge('connections', {}).set(4)
    other.gauge('connections', {}).set(5)
    expect(fold.value('retries_total', { backend: 'x' })).toBe(5)
    expect(fold.value('retries_total', { backend: 'y' })).toBe(10)
    expect(fold.value('retries_total', { backend: 'z' })).toBe(0)
    expect(fold.value('fallbacks_total', { route: 'r' })).toBe(0)
    expect(fold.value('connections', {})).toBe(9)
  })

  it('are without one that a thread has ended, and have it anew when it begins again', () => {
    const fold = new Fold()
    const meter = meterOf(fold, 'a')
    for (const hash of ['one', 'two']) meter.gauge('config_info', { hash }).set(1)
    meter.forget('config_info', { hash: 'one' })
    fold.remove('a', 'config_info', { hash: 'one' })
    expect(fold.collect().get('config_info')!.map(({ labels }) => labels)).toEqual([{ hash: 'two' }])
    meter.gauge('config_info', { hash: 'one' }).set(7)
    expect(fold.value('config_info', { hash: 'one' })).toBe(7)
    expect(fold.collect().get('config_info')).toHaveLength(2)
  })

  it('keep what a thread that is gone has counted, and let its gauges go', () => {
    const fold = new Fold()
    const meter = meterOf(fold, 'a')
    meter.counter('retries_total', { backend: 'x' }).add(2)
    meter.gauge('connections', {}).set(4)
    meter.histogram('first_byte_seconds', NAMES).observe(0.3)
    const before = [...fold.collect().get('first_byte_seconds')![0]!.values]
    fold.retire('a')
    expect(fold.value('retries_total', { backend: 'x' })).toBe(2)
    expect(fold.value('connections', {})).toBe(0)
    expect([...fold.collect().get('first_byte_seconds')![0]!.values]).toEqual(before)
    const next = meterOf(fold, 'a')
    next.counter('retries_total', { backend: 'x' }).add(1)
    next.gauge('connections', {}).set(1)
    expect(fold.value('retries_total', { backend: 'x' })).toBe(3)
    expect(fold.value('connections', {})).toBe(1)
    fold.retire('a')
    fold.retire('a')
    fold.retire('never there')
    expect(fold.value('retries_total', { backend: 'x' })).toBe(3)
  })

  it('are not changed by whoever reads them', () => {
    const fold = new Fold()
    meterOf(fold, 'a').counter('retries_total', { backend: 'x' }).add(2)
    fold.retire('a')
    fold.collect().get('retries_total')![0]!.values[0] = 99
    expect(fold.value('retries_total', { backend: 'x' })).toBe(2)
  })

  it('never fall where they are counters, whatever threads come and go', () => {
    const seed = runSeed()
    const random = new Random(seed)
    const fold = new Fold()
    const meters = new Map<string, ThreadMeter>()
    const counted = new Map<string, number>()
    for (let step = 0; step < 3000; step++) {
      const thread = `t${random.below(4)}`
      if (random.once(20)) {
        fold.retire(thread)
        meters.delete(thread)
      } else {
        const meter = meters.get(thread) ?? meterOf(fold, thread)
        meters.set(thread, meter)
        const backend = random.pick(['x', 'y', 'z'])
        const amount = random.below(5)
        meter.counter('retries_total', { backend }).add(amount)
        counted.set(backend, (counted.get(backend) ?? 0) + amount)
      }
      for (const [backend, expected] of counted) expect(fold.value('retries_total', { backend }), `seed ${seed}, step ${step}`).toBe(expected)
    }
  })

  it('hold what a real thread counted until it died', async () => {
    const fold = new Fold()
    const worker = new Worker(new URL('support/counting-thread.ts', import.meta.url))
    onTestFinished(async () => void await worker.terminate())
    worker.on('message', (series: Series) => fold.add('t', series))
    worker.on('error', () => undefined) // it dies on purpose
    await new Promise((resolve) => { worker.on('exit', resolve) })
    expect(fold.value('retries_total', { backend: 'x' })).toBe(1000)
    expect(fold.value('connections', {})).toBe(7)
    fold.retire('t')
    expect(fold.value('retries_total', { backend: 'x' })).toBe(1000)
    expect(fold.value('connections', {})).toBe(0)
  })
})
