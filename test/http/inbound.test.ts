import { describe, expect, it } from 'vitest'
import { serveInbound, whenSeen } from './support/inbound-server.ts'
import { ask, connectTo, statuses } from './support/raw-client.ts'
import { eventually, steady } from './support/signal.ts'

const get = (target: string, lines = '', version = 'HTTP/1.1'): string => `GET ${target} ${version}\r\nHost: a\r\n${lines}\r\n`
const post = (target: string, body: string, lines = ''): string => `POST ${target} HTTP/1.1\r\nHost: a\r\n${lines}Content-Length: ${body.length}\r\n\r\n${body}`
/** Requests that wait until the test answers them. */
const wait = (): void => undefined

describe('pipelined requests', () => {
  it('are answered in order, one at a time', async () => {
    const server = await serveInbound({ serve: wait })
    const client = await connectTo(server.port)
    client.send(get('/1') + post('/2', 'two') + get('/3'))
    for (let i = 1; i <= 3; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      const served = await whenSeen(server, i)
      expect(server.seen).toHaveLength(i)
      served.answer(`answer ${i}`)
    }
    const text = await client.sees('answer 3')
    expect([...text.matchAll(/answer \d/g)].map(String)).toEqual(['answer 1', 'answer 2', 'answer 3'])
    expect(server.seen.map(({ target, body }) => [target, body])).toEqual([['/1', ''], ['/2', 'two'], ['/3', '']])
  })

  it('are answered by thousands without a deep stack', async () => {
    const server = await serveInbound({ serve: (served) => served.answer(served.seen.target) })
    const client = await connectTo(server.port)
    client.send(Array.from({ length: 5000 }, (_, i) => get(`/${i}`)).join(''))
    await client.sees('\r\n\r\n/4999')
    expect(server.seen.map(({ target }) => target)).toEqual(Array.from({ length: 5000 }, (_, i) => `/${i}`))
    expect(statuses(client.text)).toHaveLength(5000)
  })

  it('are held back by the socket while one is served, not kept in memory', async () => {
    const server = await serveInbound({ serve: wait })
    const client = await connectTo(server.port)
    client.send(get('/1'))
    const served = await whenSeen(server, 1)
    client.send(get('/2', `X: ${'x'.repeat(8000)}\r\n`).repeat(20_000)) // 160 MB
    expect(await steady(() => served.inbound.socket.bytesRead)).toBeLessThan(1024 * 1024)
    expect(client.socket.writableLength).toBeGreaterThan(100 * 1024 * 1024)
    served.inbound.abort()
    await client.closed
  })

  it('of a client that reads no answers are not answered without end', async () => {
    const answer = 'x'.repeat(50_000)
    const server = await serveInbound({ serve: (served) => served.answer(answer) })
    const client = await connectTo(server.port)
    client.keep = false
    client.socket.pause()
    client.send(get('/').repeat(4000)) // 200 MB of answers
    const { inbound } = await whenSeen(server, 1)
    await steady(() => server.seen.length)
    expect(inbound.socket.writableLength).toBeLessThan(1024 * 1024)
    expect(server.seen.length).toBeLessThan(1000)
    client.socket.resume()
    await eventually(() => client.socket.bytesRead > 4000 * answer.length)
    expect(server.seen).toHaveLength(4000)
  })

  it('behind a bad one are not served, and the good one before it is answered first', async () => {
    const server = await serveInbound({ serve: wait })
    const client = await connectTo(server.port)
    client.send(`${get('/1')}GET /2 HTTP/1.1\r\nHost : a\r\n\r\n${get('/3')}`)
    const served = await whenSeen(server, 1)
    expect(server.refused).toEqual([])
    served.answer('first')
    expect(await client.closed).toBe('fin')
    expect(statuses(client.text)).toEqual([200, 400])
    expect([server.seen.length, server.refused]).toEqual([1, ['bad_field_name']])
  })

  it('behind Connection: close are not served', async () => {
    const server = await serveInbound()
    const client = await connectTo(server.port)
    client.send(get('/1', 'Connection: close\r\n') + get('/2'))
    expect(await client.closed).toBe('fin')
    expect(statuses(client.text)).toEqual([200])
    expect(server.seen).toHaveLength(1)
  })
})

describe('a connection', () => {
  it.each([
    ['HTTP/1.1', '', true], ['HTTP/1.1', 'Connection: close\r\n', false], ['HTTP/1.0', '', false], ['HTTP/1.0', 'Connection: keep-alive\r\n', true]
  ])('in %s with %j is kept: %s', async (version, lines, kept) => {
    const server = await serveInbound()
    const client = await connectTo(server.port)
    client.send(get('/1', lines, version))
    await client.sees('\r\n\r\n')
    expect(client.text.includes('connection: close')).toBe(!kept)
    expect(client.text.includes('connection: keep-alive')).toBe(kept && version === 'HTTP/1.0')
    if (kept) {
      client.send(get('/2', lines, version))
      await client.sees('HTTP/1.1 200', 2)
    } else {
      expect(await client.closed).toBe('fin')
    }
    expect(server.seen).toHaveLength(kept ? 2 : 1)
  })

  it('ends after an answer that lasts until close', async () => {
    const server = await serveInbound({ serve: ({ inbound }) => {
      inbound.respond('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n', 'close', Buffer.from('all'))
      inbound.finish()
    } })
    const client = await connectTo(server.port)
    client.send(get('/', 'Connection: keep-alive\r\n', 'HTTP/1.0'))
    expect(await client.closed).toBe('fin')
    expect(client.text).toMatch(/\r\n\r\nall$/)
    await server.empty()
  })

  it('is told apart from one that was cut by a reset', async () => {
    const server = await serveInbound({ serve: ({ inbound }) => { inbound.respond('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n', 'close', Buffer.from('part')) } })
    const client = await connectTo(server.port)
    client.send(get('/', '', 'HTTP/1.0'))
    await client.sees('part')
    server.served[0]!.inbound.abort()
    expect(await client.closed).toBe('reset')
    await server.empty()
  })

  it('is closed at once when it is retired while idle, and after the answer otherwise', async () => {
    const server = await serveInbound({ serve: wait })
    const [idle, busy] = [await connectTo(server.port), await connectTo(server.port)]
    busy.send(get('/'))
    const served = await whenSeen(server, 1)
    await server.changed.until(() => server.open.size === 2)
    for (const inbound of server.open) inbound.retire()
    expect(await idle.closed).toBe('fin')
    served.answer('last')
    expect(await busy.closed).toBe('fin')
    expect(busy.text).toMatch(/connection: close\r\n\r\nlast$/)
  })

  it('that is retired half way through a head still gets its answer', async () => {
    const server = await serveInbound()
    const client = await connectTo(server.port)
    client.send('GET / HTTP/1.1\r\n')
    await eventually(() => [...server.open].some(({ socket }) => socket.bytesRead > 0))
    for (const inbound of server.open) inbound.retire()
    client.send('Host: a\r\n\r\n')
    expect(await client.closed).toBe('fin')
    expect(client.text).toContain('connection: close')
  })

  it('loses no octet of an answer that is still on its way when it is retired', async () => {
    const size = 8 * 1024 * 1024
    const server = await serveInbound({ serve: (served) => served.answer('x'.repeat(size)) })
    const client = await connectTo(server.port)
    client.socket.pause()
    client.send(get('/'))
    await whenSeen(server, 1)
    for (const inbound of server.open) inbound.retire()
    client.socket.resume()
    expect(await client.closed).toBe('fin')
    expect(client.text.length).toBeGreaterThan(size)
  })

  it.each(['retired', 'ended by its client'])('loses no octet of a small answer that is still on its way when it is %s', async (how) => {
    const server = await serveInbound({ serve: (served) => served.answer('x'.repeat(10_000)) })
    const client = await connectTo(server.port)
    client.socket.pause()
    let asked = 0
    const unsent = (): number => server.served[0]?.inbound.socket.writableLength ?? 0
    do {
      client.send(get('/'))
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await whenSeen(server, ++asked)
    } while (unsent() === 0)
    if (how === 'retired') for (const inbound of server.open) inbound.retire()
    else client.end()
    await eventually(() => how === 'retired' || server.served[0]!.inbound.socket.readableEnded)
    client.socket.resume()
    expect(await client.closed).toBe('fin')
    expect(statuses(client.text)).toHaveLength(asked)
    expect(client.text.endsWith('x'.repeat(10_000))).toBe(true)
  })

  it('gives the socket away with what came behind the head', async () => {
    const early: (string | undefined)[] = []
    const server = await serveInbound({ serve: (served) => {
      const { inbound } = served
      inbound.socket.write('HTTP/1.1 101 Switching\r\n\r\n')
      early.push(inbound.detach()?.toString())
      inbound.socket.on('data', (chunk: Buffer) => inbound.socket.write(`echo ${chunk.toString()}`))
    } })
    const client = await connectTo(server.port)
    client.send(`${get('/', 'Connection: upgrade\r\nUpgrade: websocket\r\n')}GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n`)
    await client.sees('101 Switching')
    client.send('later')
    await client.sees('echo later')
    expect(early).toEqual([get('/smuggled')])
    expect([server.seen.length, server.open.size]).toEqual([1, 0])
  })

  it('that was given away is no longer watched', async () => {
    const server = await serveInbound({ serve: ({ inbound }) => {
      inbound.socket.write('HTTP/1.1 101 Switching\r\n\r\n')
      inbound.detach()
      inbound.socket.on('error', () => undefined)
    } })
    const client = await connectTo(server.port)
    client.send(get('/'))
    await client.sees('101')
    server.time.ms += 1_000_000
    await server.ticks()
    expect(client.ended).toBe(false)
  })
})

describe('a head that never ends', () => {
  it('is refused at the limit with 431', async () => {
    const server = await serveInbound()
    const { text, end } = await ask(server.port, get('/', `X: ${'x'.repeat(20_000)}\r\n`))
    expect([statuses(text), end, server.refused]).toEqual([[431], 'fin', ['head_too_large']])
  })

  it('is refused with 431 for too many lines', async () => {
    const server = await serveInbound()
    const { text } = await ask(server.port, get('/', 'X: 1\r\n'.repeat(201)))
    expect(statuses(text)).toEqual([431])
  })

  it('is refused with 414 when it is the target', async () => {
    const server = await serveInbound()
    const { text } = await ask(server.port, `GET /${'x'.repeat(20_000)}`)
    expect([statuses(text), server.refused]).toEqual([[414], ['target_too_long']])
  })

  it('is refused at the limit when it comes octet by octet', async () => {
    const server = await serveInbound()
    const client = await connectTo(server.port)
    const line = Buffer.from(`GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`)
    for (let i = 0; i < line.length && client.text === ''; i += 50) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await client.sendApart([line.subarray(i, i + 50)])
    }
    expect(await client.closed).toBe('fin')
    expect(statuses(client.text)).toEqual([431])
  })
})
