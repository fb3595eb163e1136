import { createHash, type Hash } from 'node:crypto'
import { type IncomingMessage, createServer as createHttp, request as askHttp, type RequestListener, type Server } from 'node:http'
import { createServer as createHttps, request as askHttps } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import type { Writable } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Random, runSeed } from '../http/support/random.ts'
import { serveRaw } from '../http/support/raw-server.ts'
import { eventually } from '../http/support/signal.ts'
import { startDataPlane, type TestDataPlane } from '../support/data-plane.ts'
import { ok, serveBackend } from './support/backend.ts'
import { statusOf } from './support/message.ts'
import { chunkedHead, chunks, LETTERS, POSITIONS } from './support/octets.ts'
import { get, leftOver, metric, open, post, startProxy } from './support/proxy.ts'
import { certificate, listenTls } from './support/tls.ts'

const MIB = 1024 * 1024
const digest = (octets: Buffer): string => createHash('sha256').update(octets).digest('hex')

async function digestOf(message: IncomingMessage, slowly = false): Promise<string> {
  const hash: Hash = createHash('sha256')
  let reads = 0
  for await (const chunk of message) {
    hash.update(chunk as Buffer)
    // now and then the reader is away until all that the ways between can hold has come
    if (slowly && ++reads % 16 === 0) await new Promise((resolve) => { setTimeout(resolve, 1) })
  }
  return hash.digest('hex')
}

/** Writes `octets` in pieces of many sizes, as fast as they are taken. */
async function pour(octets: Buffer, to: Writable, random: Random): Promise<void> {
  for (let at = 0; at < octets.length && !to.destroyed;) {
    const size = random.pick([1, 100, 16_384, 16_385, 32_767, 32_768, 40_000, 65_536, 200_000])
    // oxlint-disable-next-line no-await-in-loop -- as fast as it is taken
    if (!to.write(octets.subarray(at, at + size))) await new Promise<void>((resolve) => { to.once('drain', resolve) })
    at += size
  }
  to.end()
}

/** What backends were sent, by the name of the backend. */
type Seen = Record<string, string[]>

async function serve(name: string, tls: boolean, seen: Seen, framing: string, answer: Buffer, random: Random): Promise<number> {
  const listener: RequestListener = (request, response) => {
    void digestOf(request, framing === 'slow').then((sum) => {
      (seen[name] ??= []).push(sum)
      if (framing === 'close') response.shouldKeepAlive = false
      if (framing === 'close') response.useChunkedEncodingByDefault = false
      response.writeHead(200, framing === 'length' ? { 'content-length': answer.length } : {})
      return pour(answer, response, random)
    })
  }
  const server: Server = tls ? createHttps(certificate, listener) : createHttp(listener)
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

async function start(ports: Readonly<Record<string, readonly [port: number, tls: boolean]>>, tls: boolean, mirror: boolean): Promise<TestDataPlane> {
  const proxy = await startDataPlane(`version: 1
listen: { address: 127.0.0.1:8080, ${tls ? listenTls : ''} }
backends:
${Object.entries(ports).map(([name, [port, secure]]) => `  ${name}: { url: "${secure ? 'https' : 'http'}://127.0.0.1:${port}", ${secure ? 'tls: { verify: false }' : ''} }`).join('\n')}
routes:
  - { name: all, backend: a, ${mirror ? 'mirrors: [{ backend: b, percent: 100, maxBody: 8MiB }]' : ''} }
`)
  onTestFinished(async () => {
    await proxy.close()
    expect(leftOver(proxy)).toEqual({ inFlight: 0, held: 0, tunnels: 0, places: 0 })
  })
  return proxy
}

async function send(port: number, tls: boolean, framing: string, body: Buffer, random: Random): Promise<string> {
  const options = { port, host: '127.0.0.1', method: 'POST', agent: false as const, rejectUnauthorized: false, headers: framing === 'length' ? { 'content-length': body.length } : {} }
  const request = tls ? askHttps(options) : askHttp(options)
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve)
    request.once('error', reject)
  })
  await pour(body, request, random)
  return digestOf(await answered, framing === 'slow')
}

const yesOrNo = [false, true]
const ways = yesOrNo.flatMap((tls) => yesOrNo.flatMap((backendTls) => yesOrNo.flatMap((mirror) => ['length', 'chunked', 'close', 'slow'].map((framing) => ({ tls, backendTls, mirror, framing })))))

describe('a large body', () => {
  it.each(ways)('is the same at the other end, both ways: client TLS $tls, backend TLS $backendTls, mirror $mirror, $framing', async ({ tls, backendTls, mirror, framing }) => {
    const seed = runSeed()
    const random = new Random(seed)
    const body = POSITIONS.subarray(0, MIB + random.below(2 * MIB))
    const answer = POSITIONS.subarray(4096, 4096 + MIB + random.below(2 * MIB))
    const seen: Seen = {}
    const ports = { a: [await serve('a', backendTls, seen, framing, answer, random), backendTls], b: [await serve('b', backendTls, seen, framing, answer, random), backendTls] } as const
    const proxy = await start(ports, tls, mirror)
    const rounds = 2 // memory that was given back too soon is another's by the second
    for (let i = 0; i < rounds; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      expect(await send(proxy.port, tls, framing, body, random), `SEED=${seed}`).toBe(digest(answer))
    }
    await eventually(() => metric(proxy, 'mirror_in_flight') === 0)
    const sums = Array.from({ length: rounds }, () => digest(body))
    expect(seen, `SEED=${seed}`).toEqual(mirror ? { a: sums, b: sums } : { a: sums })
  })

  it('of a mirrored exchange is compared as it came', async () => {
    const seed = runSeed()
    const random = new Random(seed)
    const answer = POSITIONS.subarray(0, 300_000)
    const seen: Seen = {}
    const proxy = await start({ a: [await serve('a', false, seen, 'chunked', answer, random), false], b: [await serve('b', false, seen, 'length', answer, random), false] }, false, true)
    await send(proxy.port, false, 'length', POSITIONS.subarray(0, 200_000), random)
    await eventually(() => metric(proxy, 'mirror_in_flight') === 0)
    proxy.handover.flush()
    expect(proxy.pairs.map(({ primary, other }) => [primary.body, other.body].map((octets) => digest(Buffer.from(octets)))), `SEED=${seed}`).toEqual([[digest(answer), digest(answer)]])
  })
})

describe('pipelined requests', () => {
  it.each(yesOrNo)('of all sizes get their own answers, of all sizes, in order, however the reads fall: mirror %s', { timeout: 30_000 }, async (mirror) => {
    const seed = runSeed()
    const random = new Random(seed)
    const sizes = [0, 1, 300, 5000, 16_384, 16_385, 32_768, 33_000, 60_000, 66_000, 131_072]
    const sent = Array.from({ length: 120 }, (_, i) => ({ target: `/${i}`, body: LETTERS.slice(i, i + random.pick(sizes)), chunk: random.pick([0, 11_000, 40_000, 65_536]) }))
    const answers = sent.map(({ target }, i) => `${target} ${LETTERS.slice(2 * i, 2 * i + random.pick(sizes))}`)
    const backend = await serveBackend(({ target }) => {
      const text = answers[Number(target.slice(1))]!
      const interim = random.once(3) ? 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n' : ''
      return interim + (random.once(2) ? ok(text) : `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks(text, random.pick([7000, 40_000, 65_536]))}`)
    })
    const shadow = await serveBackend(({ target }) => ok(answers[Number(target.slice(1))]))
    const proxy = await startProxy({ backends: { a: backend.port, b: shadow.port }, route: `backend: a, ${mirror ? 'mirrors: [{ backend: b, percent: 100, maxInFlight: 1000 }]' : ''}` })
    const client = await open(proxy)
    const all = Buffer.from(sent.map(({ target, body, chunk }) => chunk === 0
      ? post(body, '', target)
      : chunkedHead(target) + chunks(body, chunk)).join(''), 'latin1')
    for (let at = 0; at < all.length;) {
      const size = 1 + random.below(90_000)
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await client.raw.sendApart([all.subarray(at, at + size)])
      at += size
    }
    for (const [i, answer] of answers.entries()) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      for (let message = await client.next(); ; message = await client.next()) {
        if (statusOf(message) === 103) continue
        expect([i, statusOf(message), message.body === answer], `SEED=${seed}`).toEqual([i, 200, true])
        break
      }
    }
    expect(backend.requests.map(({ target, body }, i) => [target, body === sent[i]!.body]), `SEED=${seed}`).toEqual(sent.map(({ target }) => [target, true]))
    await eventually(() => metric(proxy, 'mirror_in_flight') === 0)
    expect(shadow.requests.length, `SEED=${seed}`).toBe(mirror ? sent.length : 0)
    expect(shadow.requests.filter(({ target, body }) => body !== sent[Number(target.slice(1))]!.body), `SEED=${seed}`).toEqual([])
  })
})

describe('a conversation that is cut at every octet', () => {
  const question = 'POST /a HTTP/1.1\r\nHost: a.example\r\nTE: trailers\r\nConnection: te\r\nTransfer-Encoding: chunked\r\n\r\n3;x="y"\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n'
  const answer = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: U\r\n\r\n3\r\nfgh\r\n0\r\nU: 2\r\n\r\n'
  const after = get('/b')

  it('is the same conversation', async () => {
    const cuts = Math.max((question + after).length, answer.length)
    let cut = 0
    const backend = await serveBackend(({ target, connection }) => {
      if (target === '/b') return ok('second')
      void connection.sendApart([answer.slice(0, cut), answer.slice(cut)])
      return undefined
    })
    const proxy = await startProxy({ backends: { a: backend.port } })
    for (cut = 1; cut < cuts; cut++) {
      // oxlint-disable-next-line no-await-in-loop -- one cut after another
      const client = await open(proxy)
      const all = question + after
      // oxlint-disable-next-line no-await-in-loop -- one cut after another
      await client.raw.sendApart([all.slice(0, cut), all.slice(cut)])
      // oxlint-disable-next-line no-await-in-loop -- one cut after another
      const got = [await client.next(), await client.next(), await client.next()]
      expect(got.map((message) => [statusOf(message), message.body, message.trailers]), `cut at ${cut}`).toEqual([[103, '', []], [200, 'fgh', [['U', '2']]], [200, 'second', []]])
      expect(backend.requests.slice(-2).map(({ body, trailers }) => [body, trailers]), `cut at ${cut}`).toEqual([['abcde', [['T', '1']]], ['', []]])
      client.raw.reset()
    }
    expect(cut).toBe(cuts)
  })
})

describe('ways that are slow', () => {
  /** Passes on what comes, late and in pieces of any size, in order. */
  async function delay(port: number, random: Random): Promise<number> {
    const { port: own } = await serveRaw(({ socket: near }) => {
      const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
      onTestFinished(() => { far.destroy() })
      for (const [from, to] of [[near, far], [far, near]] as const) {
        let before = Promise.resolve()
        from.on('data', (chunk: Buffer) => {
          for (let at = 0; at < chunk.length;) {
            const piece = chunk.subarray(at, at + 1 + random.below(20_000))
            at += piece.length
            const late = new Promise((resolve) => { setTimeout(resolve, random.below(8)) })
            before = Promise.all([before, late]).then(() => void to.write(piece))
          }
        })
        from.on('error', () => to.destroy()).on('end', () => { void before.then(() => to.end()) })
      }
    })
    return own
  }

  it('to clients and to backends change nothing', async () => {
    const seed = runSeed()
    const random = new Random(seed)
    const backend = await serveBackend(({ body, target }) => ok(target === '/long' ? LETTERS.slice(0, 100_000) : `${body.length} ${body.slice(-20)}`))
    const proxy = await startProxy({ backends: { a: await delay(backend.port, random) } })
    const port = await delay(proxy.port, random)
    await Promise.all(Array.from({ length: 8 }, async (_, i) => {
      const client = await open({ port })
      for (let round = 0; round < 5; round++) {
        const body = LETTERS.slice(i, i + 1 + random.below(70_000))
        // oxlint-disable-next-line no-await-in-loop -- one after another is the point
        expect((await client.ask(post(body))).body, `SEED=${seed}`).toBe(`${body.length} ${body.slice(-20)}`)
        // oxlint-disable-next-line no-await-in-loop -- one after another is the point
        expect((await client.ask(get('/long'))).body === LETTERS.slice(0, 100_000), `SEED=${seed}`).toBe(true)
      }
    }))
  })
})
