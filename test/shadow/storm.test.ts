import { describe, expect, it } from 'vitest'
import { HANDOVER_MEMORY_BYTES, taken } from '../../src/core/handover.ts'
import { RecordReader } from '../../src/core/records.ts'
import { readTrial } from '../../src/shadow/trial.ts'
import { connectTo } from '../http/support/raw-client.ts'
import { Random, runSeed } from '../http/support/random.ts'
import { onRequests, serveRaw } from '../http/support/raw-server.ts'
import { eventually } from '../http/support/signal.ts'
import type { TestDataPlane } from '../support/data-plane.ts'
import { BAD_SHADOWS } from './support/bad-shadows.ts'
import { accountOf, chunked, deadlinesOf, heldBy, mirrorOf, serveMirrored, type Which } from './support/mirrored.ts'
import { json, type Serve, serveModel } from './support/origin.ts'

const REQUESTS = 500
const CLIENTS = 25
const LEGS: readonly Which[] = [{ backend: 'next', leg: 'shadow' }, { backend: 'live', leg: 'baseline' }, { backend: 'tiny', leg: 'shadow' }]

const turns = async (count: number): Promise<void> => {
  // oxlint-disable-next-line no-await-in-loop -- one after another is the point
  for (let i = 0; i < count; i++) await new Promise((resolve) => { setImmediate(resolve) })
}

/** A primary that does as it likes. */
function wayward(random: Random): { begin: Serve, serve: Serve } {
  return {
    begin: (_request, response) => {
      if (random.once(20)) response.writeHead(413, { 'content-length': 0 }).end()
    },
    serve: (_request, response) => {
      switch (random.below(12)) {
        case 0: return json(response, { error: 'no' }, 500)
        case 1: return void response.destroy()
        case 2:
          response.writeHead(200, { 'content-length': 100 }).write('half')
          return void setImmediate(() => response.destroy())
        case 3: return // hangs
        case 4: return void response.writeHead(200).end('l'.repeat(100_000))
        case 5: return void setTimeout(() => json(response, { slow: true }), 20)
        case 6: {
          response.writeHead(200, { 'content-type': 'text/event-stream' })
          return void (async () => {
            for (let i = 0; i < 5; i++) {
              response.write(`data: ${i}\n\n`)
              // oxlint-disable-next-line no-await-in-loop -- event by event
              await turns(random.below(4))
            }
            response.end()
          })()
        }
        default: return json(response, { ok: true })
      }
    }
  }
}

/** A shadow that behaves well half the time, and in every bad way the rest. */
async function waywardShadow(random: Random): Promise<number> {
  const server = await serveRaw((connection) => {
    if (random.once(2)) return random.pick(BAD_SHADOWS).serve?.(connection)
    onRequests(connection, () => {
      const size = random.pick([2, 2, 2, 3000, 40_000])
      const answer = (): unknown => connection.send(`HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n${'s'.repeat(size)}`)
      if (random.once(3)) setTimeout(answer, random.below(40))
      else answer()
    })
  })
  return server.port
}

/** One request, whole or broken off, that ends with its connection. */
function requestOf(random: Random, id: string): string {
  const body = 'b'.repeat(random.pick([0, 10, 1000, 3000, 20_000, 80_000]))
  const lines = `host: a\r\nx-request-id: ${id}\r\n${random.once(15) ? 'x-windtunnel-mirror: elsewhere\r\n' : ''}`
  switch (random.below(8)) {
    case 0: return `HEAD / HTTP/1.1\r\n${lines}connection: close\r\n\r\n`
    case 1: return `GET / HTTP/1.1\r\n${lines}connection: upgrade, close\r\nupgrade: websocket\r\n\r\n`
    case 2: case 3: return `POST / HTTP/1.1\r\n${lines}connection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`
    case 4: return `POST / HTTP/1.1\r\n${lines}connection: close\r\nexpect: 100-continue\r\ntransfer-encoding: chunked\r\n\r\n${chunked(body, 900)}`
    case 5: return `POST / HTTP/1.1\r\n${lines}connection: close\r\ntransfer-encoding: chunked\r\n\r\n${chunked(body).replace(/0\r\n\r\n$/, random.once(4) ? 'bad\n' : '0\r\n\r\n')}`
    default: return `GET / HTTP/1.1\r\n${lines}connection: close\r\n\r\n`
  }
}

async function send(port: number, raw: string, random: Random): Promise<void> {
  const client = await connectTo(port)
  const pieces = random.once(3) ? 1 + random.below(6) : 1
  const leaves = random.once(4) ? random.below(pieces + 1) : Infinity
  for (let i = 0; i < pieces && i < leaves; i++) {
    client.send(raw.slice(Math.floor(raw.length * i / pieces), Math.floor(raw.length * (i + 1) / pieces)))
    // oxlint-disable-next-line no-await-in-loop -- piece by piece
    await turns(random.below(8))
  }
  if (leaves <= pieces) {
    await turns(random.below(30))
    client.reset()
  }
  await client.closed
}

/** Takes pairs, and has done with them unless it is to lose them. */
function take(plane: TestDataPlane, loses: boolean): void {
  const memory = new SharedArrayBuffer(HANDOVER_MEMORY_BYTES)
  plane.handover.connect((batch) => {
    if (loses) return
    const reader = new RecordReader(batch.memory, batch.size)
    while (!reader.done) {
      reader.byte()
      plane.trials.push(readTrial(reader))
    }
    taken(memory, batch.size)
  }, memory)
}

function yamlOf(ports: Readonly<Record<string, number>>, mirrored: boolean): string {
  const backends = Object.entries(ports).map(([name, port]) => `  ${name}: { url: "http://127.0.0.1:${port}", eject: { failures: 1000000 } }`)
  return `version: 1
backends:
${backends.join('\n')}
routes:
  - name: all
    backend: live
    fallback: spare
    timeouts: { firstByte: 150ms, idle: 150ms }
${mirrored ? `    mirrors:
      - { backend: next, percent: 80, timeout: 120ms, maxBody: 32KiB, maxInFlight: 6, maxBytes: 100KiB, breaker: { failures: 6, base: 10ms, max: 40ms }, shed: { lag: 50ms, slowdown: 50 }, maxRate: 2000, baseline: { backend: live, percent: 90 } }
      - { backend: tiny, percent: 50, timeout: 90ms, maxBody: 2KiB, maxInFlight: 2, dailyBudget: 60, sample: { by: { header: x-request-id } }, body: { set: { /model: next } } }
` : ''}
chaos:
  limits: { percent: 100, active: 100 }
  experiments:
    - { name: slow, route: all, percent: 10, duration: 1h, faults: [{ kind: delay, fixed: 10ms, jitter: 10ms }] }
    - { name: down, route: all, percent: 5, duration: 1h, faults: [{ kind: abort, status: 503 }] }
`
}

describe('a storm', () => {
  it.each([1, 2, 3])('leaves each request that was drawn in exactly one outcome (round %i)', async (round) => {
    const random = new Random(runSeed() + round)
    const seed = `seed ${random.seed}`
    const { begin, serve } = wayward(random)
    const [origin, spare] = [await serveModel(serve, begin), await serveModel()]
    const ports = { live: origin.port, spare: spare.port, next: await waywardShadow(random), tiny: await waywardShadow(random) }
    const plane = await serveMirrored(yamlOf(ports, true))
    plane.startChaos()
    const firstMirror = mirrorOf(plane)
    let sent = 0
    const client = async (): Promise<void> => {
      while (sent < REQUESTS) {
        const id = `${round}-${sent++}`
        if (sent % 60 === 0) take(plane, random.once(3))
        if (sent % 250 === 100) plane.handover.disconnect()
        if (sent % 40 === 0) plane.lag.ms = random.once(5) ? 100 : 0
        // the mirrors go, with copies under way, and come back
        if (sent === 200) plane.reload(yamlOf(ports, false))
        if (sent === 250) plane.reload(yamlOf(ports, true))
        // oxlint-disable-next-line no-await-in-loop -- one after another is the point
        await send(plane.port, requestOf(random, id), random)
      }
    }
    await Promise.all(Array.from({ length: CLIENTS }, client))
    await eventually(() => plane.data.inFlight === 0 && LEGS.every((leg) => heldBy(plane, leg).inFlight === 0))
    plane.handover.disconnect()
    const seen = new Set<string>()
    for (const leg of LEGS) {
      const { sampled, ended, outcomes } = accountOf(plane, leg)
      expect({ ended, outcomes }, seed).toEqual({ ended: sampled, outcomes })
      expect(sampled, seed).toBeGreaterThan(20)
      expect(heldBy(plane, leg), seed).toEqual({ inFlight: 0, bytes: 0 })
      for (const outcome of Object.keys(outcomes)) seen.add(outcome)
    }
    expect(seen.size, `${seed}: ${[...seen].join()}`).toBeGreaterThan(8)
    // nothing that chaos touched is ever compared, and no request twice by one mirror
    const touched = new Set(plane.exchanges.filter(({ injected }) => injected.length > 0).map(({ requestId }) => requestId))
    expect(touched.size, seed).toBeGreaterThan(10)
    const pairs = plane.pairs.map(({ requestId, backend, leg }) => `${requestId} ${backend} ${leg}`)
    expect(new Set(pairs).size, seed).toBe(pairs.length)
    expect(plane.pairs.filter(({ requestId }) => touched.has(requestId)), seed).toEqual([])
    // and nothing is left: no waiters, no connections in use, no deadlines but those of connections
    expect(plane.refused.filter((reason) => reason === 'observer'), seed).toEqual([])
    for (const { options: { pool } } of [firstMirror, mirrorOf(plane)]) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await eventually(() => pool.counts.connections === pool.counts.idle && pool.counts.waiting === 0)
    }
    await plane.close()
    const pools = [...plane.data.plan.routes[0]!.mirrors.flatMap(({ options: { shadow, baseline } }) => [shadow, baseline!]).filter(Boolean).map(({ options }) => options.pool), firstMirror.options.pool]
    for (const pool of pools) pool.close()
    const { pool: live } = plane.data.plan.routes[0]!.split(1).target
    live.close()
    plane.data.plan.routes[0]!.fallback!.pool.close()
    await eventually(() => deadlinesOf(plane) === 0)
  })
})
