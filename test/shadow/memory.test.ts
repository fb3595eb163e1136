import { describe, expect, it } from 'vitest'
import { connectTo, type RawClient } from '../http/support/raw-client.ts'
import { serveRaw } from '../http/support/raw-server.ts'
import { eventually } from '../http/support/signal.ts'
import { NOBODY } from './support/bad-shadows.ts'
import { accountOf, deadlinesOf, heldBy, mirrorOf, serveMirrored, settled } from './support/mirrored.ts'
import { memoryInUse } from '../support/memory.ts'

const MIB = 1024 * 1024
const BODY = 'b'.repeat(8192)
const REQUEST = `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`
const ANSWER = `HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n${'.'.repeat(996)}.end`
const MAX_IN_FLIGHT = 100
const MAX_BYTES = MIB / 2

async function ask(client: RawClient, times: number, after: () => void): Promise<void> {
  for (let i = 0; i < times; i++) {
    client.text = ''
    client.send(REQUEST)
    // oxlint-disable-next-line no-await-in-loop -- one after another is the point
    await client.sees('.end')
    after()
  }
}

/** Calls `answer` for each request that is whole, and keeps none of it. */
function onBodies(connection: RawClient, answer: () => void): void {
  connection.keep = false
  let octets = 0
  connection.socket.on('data', (chunk: Buffer) => {
    octets += chunk.length
    if (octets < BODY.length || chunk.at(-1) !== BODY.charCodeAt(0)) return
    octets = 0
    answer()
  })
}

/** Shadows that would pile copies up. */
const SHADOWS: readonly { readonly name: string, readonly requests: number, readonly serve: ((connection: RawClient) => void) | undefined }[] = [
  { name: 'hung', requests: 5000, serve: (connection) => { connection.keep = false } },
  { name: 'one that reads nothing', requests: 1000, serve: ({ socket }) => socket.pause() },
  { name: 'dead', requests: 1000, serve: undefined },
  { name: 'slow', requests: 1000, serve: (connection) => onBodies(connection, () => void setTimeout(() => connection.send('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'), 100)) },
  { name: 'one that never ends its answer', requests: 1000, serve: (connection) => onBodies(connection, () => { connection.send(`HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n${BODY}`) }) }
]

describe('memory', () => {
  it.each(SHADOWS)('stays within its caps when the shadow is $name, and is all given back', async ({ requests, serve }) => {
    const origin = await serveRaw((connection) => onBodies(connection, () => { connection.send(ANSWER) }))
    const shadow = serve === undefined ? { port: NOBODY } : await serveRaw(serve)
    const plane = await serveMirrored({
      primary: origin.port, shadow: shadow.port, mirror: `percent: 100, timeout: 400ms, maxInFlight: ${MAX_IN_FLIGHT}, maxBytes: ${MAX_BYTES}B`
    })
    plane.handover.disconnect() // what is handed over is another's to hold
    const clients = await Promise.all(Array.from({ length: 20 }, () => connectTo(plane.port)))
    const after = (): void => {
      plane.exchanges.length = 0
      const { inFlight, bytes } = heldBy(plane)
      expect(inFlight).toBeLessThanOrEqual(MAX_IN_FLIGHT)
      expect(bytes).toBeLessThanOrEqual(MAX_BYTES)
    }
    const round = requests / 5 / clients.length
    await Promise.all(clients.map((client) => ask(client, round, after)))
    const before = await memoryInUse()
    await Promise.all(clients.map((client) => ask(client, 4 * round, after)))
    // what is held now and was not before is a few copies at most, where all would be 30 MiB
    expect(await memoryInUse() - before).toBeLessThan(4 * MIB + MAX_BYTES)
    const outcomes = await settled(plane, requests)
    expect(accountOf(plane).sampled).toBe(requests)
    expect(outcomes['dropped_error']).toBeUndefined()
    expect(heldBy(plane)).toEqual({ inFlight: 0, bytes: 0 })
    const { options: { pool } } = mirrorOf(plane)
    await eventually(() => pool.counts.connections === pool.counts.idle && pool.counts.waiting === 0)
    expect(pool.counts.connections).toBeLessThanOrEqual(MAX_IN_FLIGHT)
    // what is left are deadlines of connections
    const { counts } = plane.data.plan.routes[0]!.split(1).target.pool
    expect(deadlinesOf(plane)).toBeLessThanOrEqual(clients.length + counts.connections + pool.counts.connections)
  })
})
