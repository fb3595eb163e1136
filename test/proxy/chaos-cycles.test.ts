import { describe, expect, it } from 'vitest'
import { eventually } from '../http/support/signal.ts'
import { serveBackend, ok } from './support/backend.ts'
import { statusOf } from './support/message.ts'
import { get, leftOver, open, startProxy, upstreamOf } from './support/proxy.ts'

const CYCLES = 1000
const CLIENTS = 8
const REST = { inFlight: 0, held: 0, tunnels: 0, places: 0 }

// each of them holds requests, or has something to do at their end
const EXPERIMENTS = [
  '{ kind: delay, fixed: 10m }', '{ kind: hang }', '{ kind: delay, phase: after, fixed: 10m }', '{ kind: null-field, at: /label }', '{ kind: abort, status: 503, phase: after }'
]

/** Handles that keep a process alive: sockets, timers, servers. */
const handles = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout' || kind === 'TCPSocketWrap').length

describe('a thousand starts and stops under load', () => {
  it('leave no timer, no socket, no held request and no place behind, and lose no answer', async () => {
    const backend = await serveBackend(() => ok('{"label":"a"}', 'Content-Type: application/json\r\n'))
    const proxy = await startProxy({
      backends: { a: backend.port },
      chaos: `limits: { percent: 100, active: 1000 }, experiments: [${EXPERIMENTS.map((fault, i) => `{ name: e${i}, route: all, percent: ${100 / EXPERIMENTS.length}, duration: 1h, faults: [${fault}] }`).join(', ')}]`
    })
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => open(proxy)))
    let answers = 0
    const cycling = new AbortController()
    const load = clients.map(async (client) => {
      while (!cycling.signal.aborted) {
        // oxlint-disable-next-line no-await-in-loop -- a closed loop
        const status = statusOf(await client.ask(get()))
        if (status === 200 || status === 503) answers++
      }
    })
    await eventually(() => answers > 50)
    const before = handles()
    for (let i = 0; i < CYCLES; i++) {
      for (let slot = 0; slot < EXPERIMENTS.length; slot++) proxy.switchboard.start(slot, { nowMs: proxy.data.clock(), untilMs: proxy.data.clock() + 3_600_000 })
      // oxlint-disable-next-line no-await-in-loop -- until it has hit someone, or everyone waits
      if (i % 10 === 0) await eventually(() => proxy.data.held.size > 0)
      else await new Promise((resolve) => setImmediate(resolve)) // oxlint-disable-line no-await-in-loop -- one turn
      proxy.switchboard.stopAll()
      proxy.data.held.release()
    }
    cycling.abort()
    await eventually(() => {
      proxy.data.held.release() // those that were decided on before the stop
      return proxy.data.inFlight === 0
    })
    await Promise.all(load)
    expect(leftOver(proxy)).toEqual(REST)
    expect(answers).toBeGreaterThan(100)
    expect(proxy.exchanges.some(({ injected }) => injected.length > 0)).toBe(true)
    expect(handles()).toBeLessThanOrEqual(before + 2)
    expect(upstreamOf(proxy).pool.counts.waiting).toBe(0)
    // nothing is held back any more: all of it is served at once
    for (const client of clients) expect(statusOf(await client.ask(get()))).toBe(200) // oxlint-disable-line no-await-in-loop -- one after another
  })
})
