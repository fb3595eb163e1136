import { describe, expect, it } from 'vitest'
import { connectTo, type RawClient } from '../http/support/raw-client.ts'
import { type RawServer, serveRaw } from '../http/support/raw-server.ts'
import { eventually } from '../http/support/signal.ts'
import { NOBODY } from './support/bad-shadows.ts'
import { accountOf, chunked, converse, heldBy, mirrorOf, serveMirrored, settled } from './support/mirrored.ts'
import { memoryInUse } from '../support/memory.ts'
import { json, serveModel } from './support/origin.ts'

const MIB = 1024 * 1024
const CHUNKED = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n'
const GET = 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'

/** A server whose answers a test writes itself. */
const byHand = (): Promise<RawServer> => serveRaw(() => undefined)

/** The connection a request has come in on. */
async function asked(server: RawServer, index = 0): Promise<RawClient> {
  await server.connected(index + 1)
  await server.connections[index]!.sees('\r\n\r\n')
  return server.connections[index]!
}

const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`

/** Writes the same chunk until so many octets are on their way, no faster than they are taken. */
async function pour(connection: RawClient, octets: number, meanwhile: () => void): Promise<void> {
  const piece = Buffer.from(chunk('s'.repeat(65_536)), 'latin1')
  for (let sent = 0; sent < octets; sent += 65_536) {
    const { socket } = connection
    // oxlint-disable-next-line no-await-in-loop -- at the pace of whoever takes it
    if (!socket.write(piece)) await new Promise((resolve) => { socket.once('drain', resolve) })
    meanwhile()
  }
}

describe('a stream that is mirrored', () => {
  it('flows event by event to the client while it is captured', async () => {
    const [origin, shadow] = [await byHand(), await byHand()]
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, mirror: 'percent: 100, timeout: 60s' })
    const client = await connectTo(plane.port)
    client.send(GET)
    const [primary, copy] = [await asked(origin), await asked(shadow)]
    primary.send(CHUNKED)
    await client.sees('text/event-stream')
    copy.send(CHUNKED)
    for (let i = 0; i < 20; i++) {
      // each event is with the client before the next one is written
      primary.send(chunk(`data: ${i}\n\n`))
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await client.sees(`data: ${i}\n\n`)
      if (i < 10) copy.send(chunk(`data: ${i}\n\n`))
    }
    primary.send('0\r\n\r\n')
    await client.closed
    expect(accountOf(plane).ended).toBe(0)
    copy.send('0\r\n\r\n')
    expect(await settled(plane, 1)).toEqual({ pair: 1 })
    const events = (count: number): string => Array.from({ length: count }, (_, i) => `data: ${i}\n\n`).join('')
    const [pair] = plane.pairs
    expect([pair!.primary.body.toString(), pair!.other.body.toString()]).toEqual([events(20), events(10)])
    expect([pair!.primary.contentType, pair!.other.status]).toEqual(['text/event-stream', 200])
    expect(pair!.primary.firstByteMs).toBeLessThanOrEqual(pair!.primary.durationMs)
  })

  it('is no longer kept once it is larger than is taken, and goes on', async () => {
    const [origin, shadow] = [await byHand(), await byHand()]
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, mirror: 'percent: 100, timeout: 60s, maxBody: 256KiB, maxBytes: 1MiB' })
    const client = await connectTo(plane.port)
    client.keep = false
    let received = 0
    client.socket.on('data', (octets: Buffer) => { received += octets.length })
    client.send(GET)
    const primary = await asked(origin)
    await asked(shadow)
    primary.send(CHUNKED)
    await pour(primary, 4 * MIB, () => expect(heldBy(plane).bytes).toBeLessThanOrEqual(256 * 1024))
    await eventually(() => received > 4 * MIB)
    const before = await memoryInUse()
    await pour(primary, 64 * MIB, () => expect(heldBy(plane)).toEqual({ inFlight: 0, bytes: 0 }))
    await eventually(() => received > 68 * MIB)
    await expect.poll(async () => await memoryInUse() - before, { timeout: 10_000 }).toBeLessThan(8 * MIB)
    // nothing can come of it, so the shadow is asked no further, and others are mirrored while it goes on
    expect(mirrorOf(plane).options.pool.counts).toEqual({ connections: 0, idle: 0, waiting: 0 })
    const answer = converse(plane.port, GET)
    for (const connection of [await asked(origin, 1), await asked(shadow, 1)]) connection.send('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')
    await answer
    await eventually(() => accountOf(plane).outcomes['pair'] === 1)
    primary.send('0\r\n\r\n')
    await client.closed
    expect(await settled(plane, 2)).toEqual({ dropped_oversize: 1, pair: 1 })
  }, 30_000)

  it('of tiny pieces is held in little more memory than they have octets', async () => {
    const [origin, shadow] = [await byHand(), await byHand()]
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, mirror: 'percent: 100, timeout: 60s' })
    const client = await connectTo(plane.port)
    client.keep = false
    client.send(GET)
    const primary = await asked(origin)
    primary.send(CHUNKED)
    const before = await memoryInUse()
    const events = 20_000
    for (let i = 0; i < events; i++) {
      // oxlint-disable-next-line no-await-in-loop -- each is to be read by itself
      await new Promise<void>((resolve) => { primary.socket.write('1\r\n.\r\n', () => setImmediate(resolve)) })
    }
    await eventually(() => heldBy(plane).bytes === events)
    // a piece by itself costs some 300 octets
    expect(await memoryInUse() - before).toBeLessThan(events * 100)
    client.reset()
  })

  it('is kept for nobody once every copy has failed', async () => {
    const origin = await byHand()
    const plane = await serveMirrored({ primary: origin.port, shadow: NOBODY, mirror: 'percent: 100, maxBody: 1GiB, maxBytes: 1GiB' })
    const client = await connectTo(plane.port)
    client.keep = false
    client.send(GET)
    const primary = await asked(origin)
    primary.send(CHUNKED)
    await eventually(() => heldBy(plane).inFlight === 0)
    const before = await memoryInUse()
    await pour(primary, 32 * MIB, () => expect(heldBy(plane)).toEqual({ inFlight: 0, bytes: 0 }))
    // some of it may still be on its way to the client
    await expect.poll(async () => await memoryInUse() - before, { timeout: 10_000 }).toBeLessThan(8 * MIB)
    primary.send('0\r\n\r\n')
    await client.closed
    expect(await settled(plane, 1)).toEqual({ shadow_error: 1 })
  })

  it('from a shadow that breaks off is let go, though the primary has yet to answer', async () => {
    const [origin, shadow] = [await byHand(), await byHand()]
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, mirror: 'percent: 100, timeout: 60s, maxBody: 1GiB, maxBytes: 1GiB' })
    const client = await connectTo(plane.port)
    client.send(GET)
    const [primary, copy] = [await asked(origin), await asked(shadow)]
    const before = await memoryInUse()
    copy.send(CHUNKED)
    await pour(copy, 32 * MIB, () => undefined)
    await eventually(() => heldBy(plane).bytes >= 31 * MIB)
    expect(await memoryInUse() - before).toBeGreaterThan(30 * MIB)
    copy.reset()
    await eventually(() => heldBy(plane).bytes === 0)
    await expect.poll(async () => await memoryInUse() - before, { timeout: 10_000 }).toBeLessThan(8 * MIB)
    primary.send('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
    await client.closed
    expect(await settled(plane, 1)).toEqual({ shadow_error: 1 })
  })

  it('that the client leaves ends at the primary, and the copy is bounded by its timeout', async () => {
    const [origin, shadow] = [await byHand(), await byHand()]
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, mirror: 'percent: 100, timeout: 200ms' })
    const client = await connectTo(plane.port)
    client.send(GET)
    const [primary, copy] = [await asked(origin), await asked(shadow)]
    primary.send(`${CHUNKED}${chunk('data: 1\n\n')}`)
    await client.sees('data: 1')
    client.reset()
    await primary.closed
    expect(await settled(plane, 1)).toEqual({ dropped_client_abort: 1 })
    await copy.closed
  })
})

describe('an upload that is mirrored', () => {
  it.each(['content-length: 8\r\n', 'transfer-encoding: chunked\r\n'])('streams to the primary without waiting for the shadow, which gets it whole (%j)', async (framing) => {
    const [origin, shadow] = [await serveModel(), await serveModel((_request, response) => json(response, { from: 'shadow' }))]
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port })
    const client = await connectTo(plane.port)
    const inChunks = framing.startsWith('t')
    const send = (text: string): unknown => client.send(inChunks ? chunk(text) : text)
    client.send(`POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${framing}\r\n`)
    for (const [i, piece] of ['ab', 'cd', 'ef', 'gh'].entries()) {
      send(piece)
      // each piece is with the primary before the next one is sent, and none is with the shadow
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await origin.changed.until(() => origin.seen[0]?.body === 'abcdefgh'.slice(0, 2 * i + 2))
      if (i < 3) expect(shadow.seen).toHaveLength(0)
    }
    if (inChunks) client.send('0\r\n\r\n')
    await client.closed
    const [copy] = await shadow.got(1)
    expect(copy!.body).toBe('abcdefgh')
    expect(copy!.lines).toContain('content-length: 8')
    expect(await settled(plane, 1)).toEqual({ pair: 1 })
  })

  it('is timed from when it is whole, as its copy is', async () => {
    const [origin, shadow] = [await serveModel(), await serveModel()]
    let nowMs = 1000
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port })
    const { options } = mirrorOf(plane)
    for (const part of [options, plane.data]) Object.assign(part, { clock: () => nowMs })
    const client = await connectTo(plane.port)
    client.send('POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 4\r\n\r\nab')
    await origin.changed.until(() => origin.seen[0]?.body === 'ab')
    nowMs = 61_000 // the client took a minute over it
    client.send('cd')
    await client.closed
    expect(await settled(plane, 1)).toEqual({ pair: 1 })
    const [pair] = plane.pairs
    expect([pair!.primary.firstByteMs, pair!.primary.durationMs, pair!.other.firstByteMs, pair!.other.durationMs]).toEqual([0, 0, 0, 0])
  })

  it('larger than is taken goes to the primary alone, and no more of it is kept than is taken', async () => {
    const [origin, shadow] = [await byHand(), await byHand()]
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, mirror: 'percent: 100, maxBody: 1MiB' })
    const client = await connectTo(plane.port)
    client.send('POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n')
    const primary = await asked(origin)
    primary.keep = false
    let received = 0
    primary.socket.on('data', (octets: Buffer) => { received += octets.length })
    const before = await memoryInUse()
    await pour(client, 32 * MIB, () => expect(heldBy(plane).bytes).toBeLessThanOrEqual(MIB))
    await eventually(() => received > 32 * MIB)
    await expect.poll(async () => await memoryInUse() - before, { timeout: 10_000 }).toBeLessThan(8 * MIB)
    client.send('0\r\n\r\n')
    await eventually(() => received > 32 * MIB + 4)
    primary.send('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
    expect(await settled(plane, 1)).toEqual({ dropped_oversize: 1 })
    expect(shadow.connections).toHaveLength(0)
  })

  it('that is known to be larger than is taken reserves nothing', async () => {
    const [origin, shadow] = [await byHand(), await byHand()]
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, mirror: 'percent: 100, maxBody: 1KiB' })
    const client = await connectTo(plane.port)
    client.send('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1025\r\n\r\n')
    await asked(origin)
    expect(accountOf(plane)).toEqual({ sampled: 1, ended: 1, outcomes: { dropped_oversize: 1 } })
    expect(heldBy(plane)).toEqual({ inFlight: 0, bytes: 0 })
  })

  it('reserves its room before it comes, so that slow ones cannot hold more than is allowed', async () => {
    const [origin, shadow] = [await byHand(), await byHand()]
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, mirror: 'percent: 100, maxBody: 1KiB, maxBytes: 4KiB' })
    const clients: RawClient[] = []
    for (let i = 0; i < 6; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      const client = await connectTo(plane.port)
      clients.push(client)
      client.send(`POST / HTTP/1.1\r\nhost: a\r\n${i % 2 === 0 ? 'content-length: 1024\r\n\r\nx' : 'transfer-encoding: chunked\r\n\r\n1\r\nx\r\n'}`)
      // oxlint-disable-next-line no-await-in-loop -- the same
      await asked(origin, i)
    }
    expect(accountOf(plane)).toEqual({ sampled: 6, ended: 2, outcomes: { dropped_bytes: 2 } })
    expect(heldBy(plane)).toEqual({ inFlight: 4, bytes: 4096 })
    for (const client of clients) client.reset()
    expect(await settled(plane, 6)).toEqual({ dropped_bytes: 2, dropped_client_abort: 4 })
  })

  it('in chunks gives back what it has reserved too much', async () => {
    const [origin, shadow] = [await serveModel((_request, response) => json(response, 0)), await byHand()]
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, mirror: 'percent: 100, timeout: 60s' })
    await converse(plane.port, `POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n${chunked('0123456789')}`)
    await asked(shadow)
    expect(heldBy(plane)).toEqual({ inFlight: 1, bytes: 11 })
  })

  it('is answered while it comes, and its copy is not sent', async () => {
    const [origin, shadow] = [await byHand(), await byHand()]
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port })
    const client = await connectTo(plane.port)
    client.send('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\na')
    const primary = await asked(origin)
    primary.send('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nhalf')
    await client.sees('half')
    expect(await settled(plane, 1)).toEqual({ dropped_early_answer: 1 })
    expect(shadow.connections).toHaveLength(0)
  })
})
