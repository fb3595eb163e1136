import { describe, expect, it } from 'vitest'
import { serveInbound, whenSeen } from './support/inbound-server.ts'
import { connectTo, statuses } from './support/raw-client.ts'
import { eventually } from './support/signal.ts'
import { at } from './support/stages.ts'

const get = (target: string, lines = ''): string => `GET ${target} HTTP/1.1\r\nHost: a\r\n${lines}\r\n`
const wait = (): void => undefined

describe('a client that stands still', () => {
  it.each<[string, number, number[], 'fin' | 'reset']>([
    ['before anything', 75_000, [], 'fin'],
    ['after an empty line', 10_000, [], 'fin'],
    ['in a head', 10_000, [408], 'fin'],
    ['in a body', 60_000, [408], 'fin'],
    ['in chunks', 60_000, [408], 'fin'],
    ['in trailers', 60_000, [408], 'fin'],
    ['between requests', 75_000, [200], 'fin']
  ])('%s is let go after %d ms and not before', async (stage, ms, answered, end) => {
    const { client, server } = await at(stage)
    server.time.ms += ms - 1
    await server.ticks()
    expect(server.open.size).toBe(1)
    server.time.ms += 100
    expect(await client.closed).toBe(end)
    expect(statuses(client.text)).toEqual(answered)
    await server.empty()
  })

  it.each(['while the answer is awaited', 'in the answer'])('%s is not late: the server is', async (stage) => {
    const { server } = await at(stage)
    server.time.ms += 10_000_000
    await server.ticks()
    expect([server.open.size, server.seen[0]!.gone]).toEqual([1, undefined])
  })

  it('has the time for a head from its first octet on, however it dribbles', async () => {
    const { client, server } = await at('in a head')
    for (let i = 0; i < 9; i++) {
      server.time.ms += 1000
      const before = [...server.open][0]!.socket.bytesRead
      client.send('x')
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await eventually(() => [...server.open][0]!.socket.bytesRead > before)
    }
    server.time.ms += 1100
    expect(await client.closed).toBe('fin')
    expect(statuses(client.text)).toEqual([408])
  })

  it('with a pipelined request half sent is told so with 408', async () => {
    const server = await serveInbound()
    const client = await connectTo(server.port)
    client.send(`${get('/1')}GET /2`)
    await client.sees('200')
    server.time.ms += 10_100
    await client.closed
    expect(statuses(client.text)).toEqual([200, 408])
  })

  it('in a body gains time with every octet', async () => {
    const { client, server } = await at('in a body')
    for (let i = 0; i < 5; i++) {
      server.time.ms += 50_000
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await server.ticks()
      client.send('x')
      const want = 5 + i
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await server.changed.until(() => Buffer.concat(server.served[0]!.pieces).length >= want)
    }
    server.time.ms += 60_100
    expect(await client.closed).toBe('fin')
    expect([statuses(client.text), server.seen[0]!.gone]).toEqual([[408], 'body_timeout'])
  })

  it('and reads nothing of its answer is let go, and cannot take it for whole', async () => {
    for (const framing of ['raw', 'close'] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      const server = await serveInbound({ serve: ({ inbound }) => {
        inbound.respond(`HTTP/1.1 200 OK\r\n${framing === 'raw' ? 'content-length: 40000000\r\n' : ''}\r\n`, framing)
        for (let i = 0; i < 40; i++) inbound.write(Buffer.alloc(1_000_000))
      } })
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      const client = await connectTo(server.port)
      client.socket.pause()
      client.send(get('/'))
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      const { seen } = await whenSeen(server)
      server.time.ms += 59_000
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await server.ticks()
      expect(seen.gone).toBeUndefined()
      server.time.ms += 2000
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await server.empty()
      expect(seen.gone).toBe('')
      client.socket.resume()
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      const end = await client.closed
      if (framing === 'close') expect(end).toBe('reset')
    }
  })

  it('and reads nothing while its upload waits for that is let go too', async () => {
    const server = await serveInbound({ begin: ({ inbound }) => {
      inbound.pauseBody(true)
      inbound.respond('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', 'chunked')
      for (let i = 0; i < 40; i++) inbound.write(Buffer.alloc(1_000_000))
    } })
    const client = await connectTo(server.port)
    client.socket.pause()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nsome')
    const { seen } = await whenSeen(server)
    server.time.ms += 61_000
    await server.empty()
    expect(seen.gone).toBe('')
  })

  it('and reads nothing of an answer that is written whole is let go', async () => {
    const server = await serveInbound({ serve: (served) => served.answer('x'.repeat(8_000_000)) })
    const client = await connectTo(server.port)
    client.socket.pause()
    client.send(get('/'))
    await whenSeen(server)
    server.time.ms += 61_000
    await server.empty()
  })

  it('but reads goes on as it can', async () => {
    const size = 8_000_000
    const server = await serveInbound({ serve: (served) => served.answer('x'.repeat(size)) })
    const client = await connectTo(server.port)
    client.socket.pause()
    client.send(get('/'))
    const served = await whenSeen(server)
    server.time.ms += 59_000
    await server.ticks()
    client.socket.resume()
    await client.sees('x'.repeat(1000))
    await eventually(() => served.inbound.socket.writableLength === 0)
    client.send(get('/2'))
    await whenSeen(server, 2)
    expect(server.open.size).toBe(1)
  })
})

describe('a slow reader', () => {
  it('is written to as it reads, and is told of every drain', async () => {
    const chunk = Buffer.alloc(256 * 1024, 'x')
    const count = 64
    const server = await serveInbound({ serve: wait })
    const client = await connectTo(server.port)
    client.keep = false
    client.send(get('/'))
    const served = await whenSeen(server)
    const { inbound } = served
    let most = 0
    inbound.respond(`HTTP/1.1 200 OK\r\ncontent-length: ${chunk.length * count}\r\n\r\n`, 'raw')
    for (let i = 0; i < count; i++) {
      const drains = served.drains
      const flowing = inbound.write(chunk)
      most = Math.max(most, inbound.socket.writableLength)
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      if (!flowing) await server.changed.until(() => served.drains > drains)
    }
    inbound.finish()
    await eventually(() => client.socket.bytesRead > chunk.length * count)
    expect(most).toBeLessThanOrEqual(2 * chunk.length)
    expect(served.drains).toBeGreaterThan(0)
  })
})
