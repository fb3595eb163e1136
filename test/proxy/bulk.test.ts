import { describe, expect, it } from 'vitest'
import { Random, runSeed } from '../http/support/random.ts'
import { serveRaw } from '../http/support/raw-server.ts'
import { eventually, steady } from '../http/support/signal.ts'
import { ok, serveBackend } from './support/backend.ts'
import { readRequest, statusOf } from './support/message.ts'
import { chunkedHead, chunks, LETTERS } from './support/octets.ts'
import { get, metric, open, post, startProxy, upstreamOf } from './support/proxy.ts'

const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'

describe('a read that ends one message and begins the next', () => {
  // the end of the body is large enough to be given back once it has been sent, and is when the next head is looked at
  it.each(['length', 'chunked'])('loses nothing of the next when the end of a %s body has been sent on', async (framing) => {
    const backend = await serveBackend(() => ok())
    const proxy = await startProxy({ backends: { a: backend.port } })
    const client = await open(proxy)
    const body = LETTERS.slice(0, 150_000)
    const first = body.slice(0, 100_000)
    if (framing === 'length') client.send(`POST /first HTTP/1.1\r\nHost: a.example\r\nContent-Length: ${body.length}\r\n\r\n${first}`)
    else client.send(`${chunkedHead('/first')}${first.length.toString(16)}\r\n${first}\r\n`)
    await eventually(() => (backend.connections[0]?.text.length ?? 0) > first.length)
    const rest = body.slice(first.length)
    client.send((framing === 'length' ? rest : `${rest.length.toString(16)}\r\n${rest}\r\n0\r\n\r\n`) + get('/second'))
    expect([statusOf(await client.next()), statusOf(await client.next())]).toEqual([200, 200])
    expect(backend.requests.map(({ target }) => target)).toEqual(['/first', '/second'])
    expect(backend.requests[0]!.body === body).toBe(true)
  })

  it('loses nothing of a copy that has to be sent again when the next has been decoded', async () => {
    const live = await serveBackend(() => ok())
    const shadow = await serveBackend(({ number }) => number === 0 ? ok() : undefined)
    const proxy = await startProxy({ backends: { a: live.port, b: shadow.port }, route: 'backend: a, mirrors: [{ backend: b, percent: 100 }]' })
    const client = await open(proxy)
    await client.ask(get('/warm'))
    await eventually(() => metric(proxy, 'mirror_in_flight') === 0)
    await steady(() => shadow.requests.length) // its connection has cooled
    const body = LETTERS.slice(0, 31_000)
    const next = LETTERS.slice(0, 33_000)
    client.send(`POST /first HTTP/1.1\r\nHost: a.example\r\nContent-Length: ${body.length}\r\n\r\n${body}${chunkedHead('/second')}${chunks(next, 11_000).slice(0, -5)}`)
    expect(statusOf(await client.next())).toBe(200)
    await eventually(() => live.connections.some(({ text }) => text.includes(next.slice(-100)))) // it has been decoded
    await shadow.received(2)
    shadow.connections[0]!.reset()
    await shadow.received(3)
    expect(shadow.requests.map(({ target }) => target)).toEqual(['/warm', '/first', '/first'])
    expect(shadow.requests[2]!.body === body).toBe(true)
    expect(statusOf(await client.ask('0\r\n\r\n'))).toBe(200)
  })

  it('loses nothing of what stands behind a request to switch', async () => {
    const backend = await serveBackend(({ method }) => method === 'POST' ? ok() : SWITCH)
    const proxy = await startProxy({ backends: { a: backend.port } })
    const client = await open(proxy)
    const body = LETTERS.slice(0, 110_000)
    client.send(post(body).slice(0, -40_000))
    await eventually(() => (backend.connections[0]?.text.length ?? 0) > 70_000)
    client.send(`${body.slice(-40_000)}GET /chat HTTP/1.1\r\nHost: a.example\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nearly octets`)
    expect([statusOf(await client.next()), statusOf(await client.next())]).toEqual([200, 101])
    await Promise.any(backend.connections.map((connection) => connection.sees('early octets')))
    expect(backend.requests[0]!.body === body).toBe(true)
    client.raw.reset()
    await eventually(() => proxy.data.tunnels.size === 0)
  })
})

describe('a body that is sent again', () => {
  // 60,000 octets are bulk, and still kept to be sent again
  it.each([false, true])('over another connection is the same, and so is its copy: mirror %s', async (mirror) => {
    let resets = 0
    const backend = await serveBackend(({ method, number, connection }) => {
      if (method === 'PUT' && number === 1) {
        resets++
        connection.reset()
        return undefined
      }
      return ok()
    })
    const shadow = await serveBackend()
    const proxy = await startProxy({ backends: { a: backend.port, b: shadow.port }, route: `backend: a, ${mirror ? 'mirrors: [{ backend: b, percent: 100 }]' : ''}` })
    const client = await open(proxy)
    await client.ask(post('warm'))
    const body = LETTERS.slice(0, 60_000)
    expect(statusOf(await client.ask(post(body).replace('POST', 'PUT')))).toBe(200)
    expect([resets, backend.requests.length, backend.requests.slice(1).every((one) => one.body === body)]).toEqual([1, 3, true])
    if (mirror) expect((await shadow.received(2)).body === body).toBe(true)
  })

  it.each([100, 30_000, 60_000])('over another connection goes on where %i octets of it had come', async (early) => {
    const backend = await serveBackend()
    const proxy = await startProxy({ backends: { a: backend.port } })
    const client = await open(proxy)
    await client.ask(post('warm'))
    await eventually(() => upstreamOf(proxy).pool.counts.idle === 1)
    const body = LETTERS.slice(0, 150_000)
    const raw = post(body).replace('POST', 'PUT')
    const at = raw.length - body.length + early
    client.send(raw.slice(0, at))
    const [used] = backend.connections
    await eventually(() => used!.text.endsWith(body.slice(early - 50, early)))
    used!.reset()
    await eventually(() => backend.connections.length === 2)
    expect(statusOf(await client.ask(raw.slice(at)))).toBe(200)
    expect([backend.requests.length, backend.requests[1]!.body === body]).toEqual([2, true])
  })

  it.each([false, true])('to the fallback is the same, and so is its copy: mirror %s', async (mirror) => {
    const backend = await serveRaw((connection) => { void connection.sees('\r\n\r\n').then(() => connection.reset()) })
    const fallback = await serveBackend()
    const shadow = await serveBackend()
    const proxy = await startProxy({ backends: { a: backend.port, b: fallback.port, c: shadow.port }, route: `backend: a, fallback: b, ${mirror ? 'mirrors: [{ backend: c, percent: 100 }]' : ''}` })
    const client = await open(proxy)
    const body = LETTERS.slice(0, 60_000)
    expect(statusOf(await client.ask(post(body)))).toBe(200)
    expect([fallback.requests.length, fallback.requests[0]!.body === body]).toEqual([1, true])
    if (mirror) expect((await shadow.received()).body === body).toBe(true)
  })

  it('to no one, where more has been let go of than is kept, is answered for', async () => {
    const backend = await serveRaw((connection) => { void connection.sees('end').then(() => connection.reset()) })
    const fallback = await serveBackend()
    const proxy = await startProxy({ backends: { a: backend.port, b: fallback.port }, route: 'backend: a, fallback: b' })
    expect(statusOf(await (await open(proxy)).ask(post(`${LETTERS.slice(0, 200_000)}end`)))).toBe(502)
    expect(fallback.requests).toEqual([])
  })
})

describe('connections that are reset in the middle of large bodies', () => {
  it.each([false, true])('harm no other: mirror %s', async (mirror) => {
    const seed = runSeed()
    const random = new Random(seed)
    const doomed = LETTERS.slice(0, 400_000)
    // it answers while it is sent to, so that both directions are under way when either side resets
    const backend = await serveRaw((connection) => {
      let doomedHere = false
      connection.socket.on('data', () => {
        if (connection.text.startsWith('POST /whole')) {
          const message = readRequest(connection.text)
          if (message === undefined) return
          connection.text = ''
          connection.send(ok(message.body))
        } else if (!doomedHere && connection.text.includes('\r\n\r\n')) {
          doomedHere = true
          connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${2 * doomed.length}\r\n\r\n${doomed}`)
          if (connection.text.startsWith('POST /reset')) setImmediate(() => connection.reset())
        }
      })
    })
    const shadow = await serveBackend()
    const proxy = await startProxy({ backends: { a: [backend.port, 'eject: { failures: 1000000 }'], b: shadow.port }, route: `backend: a, ${mirror ? 'mirrors: [{ backend: b, percent: 100 }]' : ''}` })
    for (let round = 0; round < 40; round++) {
      const how = random.pick(['/reset', '/left'])
      // oxlint-disable-next-line no-await-in-loop -- one round after another
      const client = await open(proxy)
      client.send(post(doomed, '', how).slice(0, -1 - random.below(200_000)))
      // oxlint-disable-next-line no-await-in-loop -- one round after another
      if (how === '/left') await client.raw.sees('\r\n\r\n')
      const body = LETTERS.slice(round, round + 1 + random.below(300_000))
      // oxlint-disable-next-line no-await-in-loop -- one round after another
      const other = await open(proxy)
      const answered = other.ask(post(body, '', '/whole'))
      if (how === '/left') client.raw.reset()
      // oxlint-disable-next-line no-await-in-loop -- one round after another
      expect((await answered).body === body, `SEED=${seed}, round ${round}`).toBe(true)
      // oxlint-disable-next-line no-await-in-loop -- one round after another
      await client.raw.closed
    }
    await eventually(() => proxy.data.inFlight === 0)
    expect(shadow.requests.filter(({ target, body }) => target === '/whole' && !LETTERS.includes(body))).toEqual([])
  })
})
