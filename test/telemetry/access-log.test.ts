import { describe, expect, it } from 'vitest'
import type { Exchange } from '../../src/core/exchange.ts'
import { RecordReader, RecordWriter } from '../../src/core/records.ts'
import { accessLine, exchangeSize, readExchange, writeExchange } from '../../src/telemetry/access-log.ts'
import { Random, runSeed } from '../http/support/random.ts'
import { exchangeOf } from './support/exchange.ts'

const passed = (exchange: Exchange): { readonly read: Exchange, readonly size: number } => {
  const writer = new RecordWriter(16)
  writeExchange(writer, exchange)
  const { size } = writer
  const reader = new RecordReader(writer.release(), size)
  const read = readExchange(reader)
  expect(reader.done).toBe(true)
  return { read, size }
}

const octets = (random: Random, length: number): string => String.fromCharCode(...Array.from({ length: random.below(length) }, () => random.below(256)))

describe('an exchange', () => {
  it('is the same after it was handed to another thread', () => {
    const seed = runSeed()
    const random = new Random(seed)
    for (let round = 0; round < 500; round++) {
      const exchange = exchangeOf({
        requestId: octets(random, 128), path: `/${octets(random, 2000)}`, host: octets(random, 200), client: octets(random, 45), route: octets(random, 50),
        status: random.pick([0, 200, 404, 599]), ending: random.pick(['answered', 'local', 'client_gone', 'broken', 'tunnel'] as const), code: octets(random, 20),
        requestBytes: random.pick([0, 2 ** 40, 1]), responseBytes: 2 ** 33, firstByteMs: random.pick([-1, 0.001, 1e7]), attempts: random.below(4),
        injected: Array.from({ length: random.below(4) }, (_, i) => ({ experiment: `e${i}`, fault: 'delay' }))
      })
      expect(passed(exchange).read, `seed ${seed}, round ${round}`).toEqual(exchange)
    }
  })

  it('with more faults than an octet can count is still read back whole', () => {
    const exchange = exchangeOf({ injected: Array.from({ length: 300 }, (_, i) => ({ experiment: `e${i}`, fault: 'delay' })) })
    expect(passed(exchange).read).toEqual(exchange)
  })

  it('takes about as much room as is asked for it', () => {
    const exchange = exchangeOf({ path: 'p'.repeat(16_000), host: 'h'.repeat(255) })
    expect(passed(exchange).size).toBeLessThanOrEqual(exchangeSize(exchange))
  })
})

describe('an access line', () => {
  it('says what happened, and nothing that says nothing', () => {
    expect(accessLine(exchangeOf())).toEqual({
      at: '2023-11-14T22:13:20.123Z', requestId: 'id-1', method: 'POST', path: '/v1/x', host: 'example.com', client: '127.0.0.1', route: 'r', backend: 'b',
      status: 200, ending: 'answered', requestBytes: 10, responseBytes: 20, firstByteMs: 1.235, durationMs: 2.346
    })
  })

  it('says who was assigned when another answered, why, how often and what was injected', () => {
    const injected = [{ experiment: 'slow', fault: 'delay' }]
    expect(accessLine(exchangeOf({ arm: 'a', code: 'closed', attempts: 2, injected }))).toMatchObject({ arm: 'a', backend: 'b', code: 'closed', attempts: 2, injected })
  })

  it('of a request that met no route names none, and no time of an answer that did not come', () => {
    const line = accessLine(exchangeOf({ route: '', backend: '', arm: '', status: 404, ending: 'local', code: 'no_route', firstByteMs: -1 }))
    for (const name of ['route', 'backend', 'arm', 'firstByteMs', 'attempts', 'injected', 'startedAtMs']) expect(line).not.toHaveProperty(name)
    expect(line).toMatchObject({ status: 404, code: 'no_route' })
  })
})
