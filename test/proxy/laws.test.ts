import { describe, expect, it } from 'vitest'
import { Random, runSeed } from '../http/support/random.ts'
import { onRequests, serveRaw } from '../http/support/raw-server.ts'
import { eventually, steady } from '../http/support/signal.ts'
import { ok, serveBackend } from './support/backend.ts'
import { answerOf, requestOf } from './support/generate.ts'
import { type Field, type Message, statusOf, valuesOf, without } from './support/message.ts'
import { askOnce, type Client, get, leftOver, open, post, reload, type Setup, startProxy, upstreamOf } from './support/proxy.ts'

describe('law 1: a bare route is transparent', () => {
  // stated by each hop for itself, and what we add
  const HOP = ['connection', 'transfer-encoding', 'te']
  const ADDED = ['via', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-request-id']

  /** What an end sees of a message: all that is not its hop's. */
  const seen = ({ start, fields, body, trailers }: Message, ...added: readonly string[]): readonly unknown[] => [start, without(fields, ...HOP, ...added), trailers, body]

  it('any request and answer are the same as in a direct call, both ways', { timeout: 60_000 }, async () => {
    const random = new Random(runSeed())
    let next = { raw: '', closes: false }
    const backend = await serveBackend(({ connection }) => {
      const cut = random.below(next.raw.length)
      connection.send(next.raw.slice(0, cut))
      setImmediate(() => {
        connection.send(next.raw.slice(cut))
        if (next.closes) connection.end()
      })
      return undefined
    })
    const proxy = await startProxy({ backends: { a: backend.port } })
    let through = await open(proxy)
    for (let i = 0; i < 400; i++) {
      const { raw, method } = requestOf(random)
      next = answerOf(random, method)
      const what = `seed ${random.seed}, exchange ${i}: ${JSON.stringify(raw.slice(0, 500))} answered ${JSON.stringify(next.raw.slice(0, 500))}`
      /* oxlint-disable no-await-in-loop -- one after another is the point */
      const direct = await open(backend)
      const directAnswer = await direct.ask(raw)
      direct.raw.reset()
      if (random.once(4)) {
        const cut = random.below(raw.length)
        await through.raw.sendApart([raw.slice(0, cut)])
        through.send(raw.slice(cut))
      } else {
        through.send(raw)
      }
      const answer = await through.next(method).catch((error: unknown) => { throw new Error(what, { cause: error }) })
      /* oxlint-enable no-await-in-loop */
      const [asked, forwarded] = backend.requests.slice(-2)
      expect(seen(forwarded!, ...ADDED), what).toEqual(seen(asked!))
      expect([forwarded!.framing, forwarded!.extended, answer.extended], what).toEqual([asked!.framing, 0, 0])
      const takesTrailers = valuesOf(asked!.fields, 'te').length > 0
      const dated = valuesOf(directAnswer.fields, 'date').length > 0
      const [start, fields, trailers, body] = seen(directAnswer) as [string, Field[], Field[], string]
      expect(seen(answer, 'x-request-id', ...dated ? [] : ['date']), what).toEqual([start, fields, takesTrailers ? trailers : [], body])
      if (valuesOf(answer.fields, 'connection').includes('close')) {
        // oxlint-disable-next-line no-await-in-loop -- one after another is the point
        through = await open(proxy)
      }
    }
    expect(proxy.exchanges.map(({ ending }) => ending)).toEqual(Array.from({ length: 400 }, () => 'answered'))
  })
})

describe('law 4: a request has one plan, whatever is reloaded meanwhile', () => {
  const delayed = 'limits: { percent: 100, active: 100 }, experiments: [{ name: slow, route: old, where: { headers: { x-slow: "1" } }, percent: 100, duration: 1h, faults: [{ kind: delay, fixed: 10m }] }]'
  /** Which phase a request is held in, by its path; then it goes on. */
  const HOLDS = ['/waiting', '/answering', '/uploading', '/tunnel']

  async function start(): Promise<{ proxy: Awaited<ReturnType<typeof startProxy>>, older: Awaited<ReturnType<typeof serveRaw>>, setup: (name: string, port: number) => Setup }> {
    const older = await serveRaw((connection) => onRequests(connection, (_number, head) => {
      const target = head.split(' ')[1]!
      if (target === '/answering') connection.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nbegun')
      else if (!HOLDS.includes(target)) connection.send(ok('older'))
    }))
    const setup = (name: string, port: number): Setup => ({
      backends: { a: [port, 'maxConnections: 5'] },
      routes: [`name: ${name}-json, match: { path: { prefix: /json }, body: { /model: x } }, backend: a`, `name: ${name}, unit: { header: x-user }, backend: a`],
      ...name === 'old' && { chaos: delayed }
    })
    const proxy = await startProxy(setup('old', older.port))
    proxy.startChaos()
    return { proxy, older, setup }
  }

  it('requests that are held at every phase end by the plan they began with, and those that follow by the next', async () => {
    const { proxy, older, setup } = await start()
    const newer = await serveBackend(() => ok('newer'))
    // with the connections to the backend there are then: the last finds none free
    const requests: readonly (readonly [name: string, raw: string, connections: number])[] = [
      ['answering', get('/answering'), 1],
      ['waiting', get('/waiting'), 2],
      ['uploading', 'POST /uploading HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nbegun', 3],
      ['tunnel', get('/tunnel', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'), 4],
      ['slow', get('/slow', 'X-Slow: 1\r\n'), 4],
      ['reading', 'POST /json HTTP/1.1\r\nHost: a\r\nContent-Length: 13\r\n\r\n{"mod', 4],
      ['filling', get('/waiting'), 5],
      ['queued', get('/queued'), 5]
    ]
    const clients = new Map<string, Client>()
    for (const [name, raw, connections] of requests) {
      // oxlint-disable-next-line no-await-in-loop -- in this order, so that the last finds no connection free
      clients.set(name, (await open(proxy)).send(raw))
      // oxlint-disable-next-line no-await-in-loop -- in this order
      await eventually(() => proxy.data.inFlight === clients.size)
      // oxlint-disable-next-line no-await-in-loop -- in this order
      await eventually(() => older.connections.length === connections)
    }
    await eventually(() => upstreamOf(proxy, 1).pool.counts.waiting === 1)
    const client = (name: string): Client => clients.get(name)!
    await client('answering').raw.sees('begun')

    const before = proxy.data.plan
    reload(proxy, setup('new', newer.port))
    expect(proxy.data.plan).not.toBe(before)
    expect((await askOnce(proxy, get('/fresh'))).body).toBe('newer')

    const connection = (target: string): (typeof older.connections)[number] => older.connections.find(({ text }) => text.includes(` ${target} `))!
    connection('/answering').send(' ends')
    expect((await client('answering').next()).body).toBe('begun ends')
    for (const one of older.connections.filter(({ text }) => text.includes(' /waiting '))) one.send(ok('older'))
    for (const name of ['waiting', 'filling', 'queued']) {
      // oxlint-disable-next-line no-await-in-loop -- any order would do
      expect([name, (await client(name).next()).body]).toEqual([name, 'older'])
    }
    client('uploading').send(' ends')
    await connection('/uploading').sees('begun ends')
    connection('/uploading').send(ok('older'))
    expect((await client('uploading').next()).body).toBe('older')
    client('reading').send('el":"x"}')
    expect((await client('reading').next()).body).toBe('older')
    proxy.data.held.release()
    expect((await client('slow').next()).body).toBe('older')
    connection('/tunnel').send('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    expect(statusOf(await client('tunnel').next())).toBe(101)

    // the next request on each connection is served by the new plan
    for (const name of ['answering', 'waiting', 'filling', 'queued', 'uploading', 'reading', 'slow']) {
      // oxlint-disable-next-line no-await-in-loop -- any order would do
      expect([name, (await client(name).ask(post('{"model":"x"}', '', '/json'))).body]).toEqual([name, 'newer'])
    }
    const routes = new Map(proxy.exchanges.map(({ path, route }) => [path, route]))
    expect(['/answering', '/waiting', '/queued', '/uploading', '/slow', '/tunnel', '/fresh'].map((path) => routes.get(path))).toEqual(['old', 'old', 'old', 'old', 'old', 'old', 'new'])
    expect(new Set(proxy.exchanges.filter(({ path }) => path === '/json').map(({ route }) => route))).toEqual(new Set(['old-json', 'new-json']))
    client('tunnel').raw.reset()
    // connections to the old backend end with what was on them
    await eventually(() => older.connections.every(({ socket }) => socket.destroyed))
  })

  it('no request fails for a reload, and each is answered by the backend of its own plan', async () => {
    const backends = await Promise.all(Array.from({ length: 4 }, (_, i) => serveBackend(({ connection }) => {
      setImmediate(() => connection.send(ok(`${i}`)))
      return undefined
    })))
    const setup = (i: number): Setup => ({ backends: { a: backends[i]!.port }, routes: [`name: plan-${i}, backend: a`] })
    const proxy = await startProxy(setup(0))
    let over = false
    const clients = Promise.all(Array.from({ length: 10 }, async () => {
      const client = await open(proxy)
      const bodies: string[] = []
      // oxlint-disable-next-line no-await-in-loop, no-unmodified-loop-condition -- one after another, until the reloads are over
      while (!over) bodies.push((await client.ask(post('x'))).body)
      return bodies
    }))
    for (let i = 1; i <= 20; i++) {
      const asked = proxy.exchanges.length
      // oxlint-disable-next-line no-await-in-loop -- some requests for each plan
      await eventually(() => proxy.exchanges.length >= asked + 30)
      reload(proxy, setup(i % 4))
    }
    over = true
    const bodies = (await clients).flat()
    expect(bodies.toSorted()).toEqual(proxy.exchanges.map(({ route }) => route.replace('plan-', '')).toSorted())
    expect([proxy.exchanges.length >= 600, proxy.exchanges.every(({ status, attempts }) => status === 200 && attempts === 1)]).toEqual([true, true])
    expect(leftOver(proxy)['inFlight']).toBe(0)
    await eventually(() => backends.slice(1).every((backend) => backend.open === 0))
  })
})

describe('law 5: a fault that does not strike leaves no trace', () => {
  const experiment = (percent: number, where = ''): string =>
    `limits: { percent: 100, active: 10 }, experiments: [{ name: one, route: all, where: { ${where} }, percent: ${percent}, duration: 1m, faults: [{ kind: delay, fixed: 1s }, { kind: abort, status: 500 }] }]`
  const ANSWERS: Readonly<Record<string, string>> = {
    '/length': ok('body', 'X: 1\r\nSet-Cookie: a=1\r\n'),
    '/chunks': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX-Sum: 1\r\n\r\n',
    '/interim': `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok()}`,
    '/none': 'HTTP/1.1 204 No Content\r\n\r\n',
    '/error': 'HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno'
  }
  const TRAFFIC = Object.keys(ANSWERS).flatMap((target) => [
    get(target, 'X-Tenant: acme\r\n'), post('{"tier":"free"}', 'Cookie: a=1\r\n', target), `HEAD ${target} HTTP/1.1\r\nHost: a\r\n\r\n`,
    `POST ${target} HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: TE\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX-Sum: 1\r\n\r\n`
  ]).concat('GET /length HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  const EXPECTING = 'POST /length HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nbody'

  /** All octets that a backend and a client got of the same traffic. */
  async function octets(chaos: string | undefined, traffic: readonly string[], prepare: (proxy: Awaited<ReturnType<typeof startProxy>>) => void = () => undefined): Promise<readonly string[]> {
    const backend = await serveBackend(({ target, method }) => {
      const answer = ANSWERS[target]!
      return method === 'HEAD' ? answer.slice(0, answer.lastIndexOf('\r\n\r\n') + 4).replace(/\r\n\r\n(?:4\r\nbody\r\n0\r\nX-Sum: 1\r\n\r\n)$/, '\r\n\r\n') : answer
    })
    const proxy = await startProxy({ backends: { a: backend.port }, ...chaos !== undefined && { chaos } })
    prepare(proxy)
    const client = await open(proxy)
    for (const request of traffic) {
      // oxlint-disable-next-line no-await-in-loop -- one after another, so that the octets have one order
      await client.ask(request)
      // oxlint-disable-next-line no-await-in-loop -- the connection to the backend is there again
      await eventually(() => upstreamOf(proxy).pool.counts.idle === 1)
    }
    await steady(() => client.raw.text.length)
    expect(proxy.exchanges.every(({ injected }) => injected.length === 0)).toBe(true)
    return [...backend.connections.map(({ text }) => text), '----', client.raw.text]
  }

  it.each<[string, string, (proxy: Awaited<ReturnType<typeof startProxy>>) => void]>([
    ['at 0 %', experiment(0), (proxy) => proxy.startChaos()],
    ['at 0 %, for some tenants', experiment(0, 'headers: { x-tenant: acme }'), (proxy) => proxy.startChaos()],
    ['at 100 %, for no one', experiment(100, 'headers: { x-tenant: nobody }'), (proxy) => proxy.startChaos()],
    ['past its duration', experiment(100), ({ switchboard, data }) => switchboard.start(0, { nowMs: 0, untilMs: data.clock() - 1 })],
    ['past its duration, for some bodies', experiment(100, 'body: { /tier: free }'), ({ switchboard, data }) => switchboard.start(0, { nowMs: 0, untilMs: data.clock() - 1 })],
    ['stopped', experiment(100), (proxy) => {
      proxy.startChaos()
      proxy.switchboard.stopAll()
    }],
    ['never started', experiment(100, 'body: { /tier: free }'), () => undefined]
  ])('%s every octet at the backend and at the client is the same as without it', async (_name, chaos, prepare) => {
    const traffic = [EXPECTING, ...TRAFFIC]
    expect(await octets(chaos, traffic, prepare)).toEqual(await octets(undefined, traffic))
  })

  it('at 0 %, for some bodies, every octet is the same', async () => {
    expect(await octets(experiment(0, 'body: { /tier: free }'), TRAFFIC, (proxy) => proxy.startChaos())).toEqual(await octets(undefined, TRAFFIC))
  })
})
