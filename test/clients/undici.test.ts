import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { buffer, text } from 'node:stream/consumers'
import { Agent, errors, fetch, FormData, Pool, request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { steady } from '../http/support/signal.ts'
import { ON_FREE_PORTS, until, Windtunnel } from '../support/windtunnel.ts'
import { echo, type Handler, Origin, sendJson } from './support/origin.ts'

const MIB = 1024 * 1024
/** What two kernels' socket buffers and the processes on the way may hold, with room to spare. */
const IN_BUFFERS = 48 * MIB
const OFFERED = 128 * MIB

const ROUTES: Readonly<Record<string, Handler>> = {
  '/echo': echo,
  '/what': async ({ method = '', headers, ...rest }, response) => sendJson(response, { method, headers, url: rest.url }),
  '/numbered': (incoming, response) => {
    const number = Number(new URL(incoming.url ?? '', 'http://a').searchParams.get('n'))
    // each is as long as its number says, so that an answer taken for another shows
    response.writeHead(200, { 'content-length': number * 3, 'x-number': number }).end('abc'.repeat(number))
  },
  '/moved': (_incoming, response) => { response.writeHead(302, { location: '/numbered?n=2' }).end() },
  '/cookies': (_incoming, response) => { response.setHeader('set-cookie', ['a=1', 'b=2; Expires=Wed, 21 Oct 2099 07:28:00 GMT']).end('ok') },
  '/trailers': (_incoming, response) => {
    response.writeHead(200, { trailer: 'x-sum' }).write('body')
    response.addTrailers({ 'x-sum': '4' })
    response.end()
  },
  '/cut': (_incoming, response) => { response.writeHead(200, { 'content-length': 10 }).write('half', () => response.destroy()) },
  '/hold': () => undefined,
  '/begin': (_incoming, response) => { response.writeHead(200).write('begun') },
  '/pieces': async (_incoming, response) => { await pipeline(Readable.from(pieces(OFFERED)), response) },
  '/slow': async (incoming, response, origin) => {
    await origin.changed.until(() => origin.seen.some(({ url }) => url === '/go'))
    const hash = createHash('sha256')
    for await (const chunk of incoming) hash.update(chunk as Buffer)
    response.end(hash.digest('hex'))
  }
}

const PIECE = randomBytes(65_536)
let given = 0
function * pieces(bytes: number): Generator<Buffer> {
  for (given = 0; given < bytes; given += PIECE.length) yield PIECE
}
const hashOfPieces = (): string => {
  const hash = createHash('sha256')
  for (let i = 0; i < OFFERED / PIECE.length; i++) hash.update(PIECE)
  return hash.digest('hex')
}

describe('undici', () => {
  let origin: Origin
  let tunnel: Windtunnel
  let dispatcher: Agent
  beforeAll(async () => {
    origin = await Origin.start((incoming, response, server) => {
      const handler = ROUTES[new URL(incoming.url ?? '', 'http://a').pathname]
      return handler === undefined ? void response.end() : handler(incoming, response, server)
    })
    tunnel = await Windtunnel.start(`${ON_FREE_PORTS}
backends:
  model: { url: "${origin.url}" }
routes:
  - { name: all, backend: model }
`)
    dispatcher = new Agent()
  })
  afterAll(() => dispatcher.destroy())
  const urlOf = (path: string): string => `${tunnel.url}${path}`
  /** A request that the server tells apart from all others. */
  const aborted = async (path: string, ask: (url: string, signal: AbortSignal) => Promise<unknown>, when: (url: string) => Promise<unknown>): Promise<void> => {
    const url = `${path}?${randomBytes(6).toString('hex')}`
    const controller = new AbortController()
    const asked = ask(urlOf(url), controller.signal).then(() => 'answered', (error: Error) => error.name)
    await when(url)
    controller.abort()
    expect(await asked).toBe('AbortError')
    await origin.lost((seen) => seen.url === url)
  }

  describe('fetch', () => {
    it('sends and gets JSON', async () => {
      const body = { inputs: [[1.5, -2]], text: 'häßlich 数' }
      const response = await fetch(urlOf('/echo'), { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' }, dispatcher })
      expect([response.status, await response.json()]).toEqual([200, body])
    })

    it('sends a form with a file', async () => {
      const form = new FormData()
      form.set('prompt', 'what is this?')
      form.set('image', new Blob([PIECE], { type: 'image/png' }), 'a.png')
      const back = await (await fetch(urlOf('/echo'), { method: 'POST', body: form, dispatcher })).formData()
      expect(back.get('prompt')).toBe('what is this?')
      expect(Buffer.from(await (back.get('image') as File).arrayBuffer())).toEqual(PIECE)
    })

    it('is left to follow redirects itself', async () => {
      const response = await fetch(urlOf('/moved'), { dispatcher })
      expect([response.redirected, response.url, await response.text()]).toEqual([true, urlOf('/numbered?n=2'), 'abcabc'])
      expect((await fetch(urlOf('/moved'), { redirect: 'manual', dispatcher })).headers.get('location')).toBe('/numbered?n=2')
    })

    it('gets each cookie by itself', async () => {
      const { headers } = await fetch(urlOf('/cookies'), { dispatcher })
      expect(headers.getSetCookie()).toEqual(['a=1', 'b=2; Expires=Wed, 21 Oct 2099 07:28:00 GMT'])
    })

    it('fails when the server dies in the middle of an answer', async () => {
      const response = await fetch(urlOf('/cut'), { dispatcher })
      await expect(response.text()).rejects.toThrow('terminated')
    })

    it('that is aborted while it waits for the answer closes the connection to the server', async () => {
      await aborted('/hold', (url, signal) => fetch(url, { signal, dispatcher }), (url) => origin.saw((seen) => seen.url === url))
    })

    it('that is aborted in the middle of the answer closes the connection to the server', async () => {
      let began: () => void
      const begun = new Promise<void>((resolve) => { began = resolve })
      await aborted('/begin', async (url, signal) => {
        const response = await fetch(url, { signal, dispatcher })
        for await (const chunk of response.body!) {
          expect(Buffer.from(chunk).toString()).toBe('begun')
          began()
        }
      }, () => begun)
    })

    it('that is aborted in the middle of its own body closes the connection to the server', async () => {
      const endless = Readable.from((async function * () {
        for (;;) {
          yield 'on and on '
          await new Promise((resolve) => { setTimeout(resolve, 5) })
        }
      })())
      await aborted('/hold', (url, signal) => fetch(url, { method: 'POST', body: endless, duplex: 'half', signal, dispatcher }),
        async (url) => {
          const { request: incoming } = await origin.saw((seen) => seen.url === url)
          await new Promise((resolve) => { incoming.once('data', resolve) })
        })
    })

    it('gets 500 answers asked for at once, each its own', async () => {
      const bodies = Array.from({ length: 500 }, (_, i) => `${i}:${'x'.repeat(i * 7)}`)
      const answers = await Promise.all(bodies.map(async (body) => {
        const response = await fetch(urlOf('/echo'), { method: 'POST', body, dispatcher })
        return [response.status, await response.text()]
      }))
      expect(answers).toEqual(bodies.map((body) => [200, body]))
    })
  })

  describe('request', () => {
    it('streams a body of unknown length both ways', async () => {
      const { body, headers } = await request(urlOf('/echo'), { method: 'PUT', body: Readable.from([PIECE, PIECE, PIECE]), dispatcher })
      expect(Buffer.compare(await buffer(body), Buffer.concat([PIECE, PIECE, PIECE]))).toBe(0)
      expect(headers['transfer-encoding']).toBe('chunked')
    })

    it('gets trailers when it says that it takes them', async () => {
      const { body, trailers } = await request(urlOf('/trailers'), { headers: { te: 'trailers' }, dispatcher })
      expect([await body.text(), trailers]).toEqual(['body', { 'x-sum': '4' }])
    })

    it('gets a HEAD answer with the length the body would have', async () => {
      const { headers, body } = await request(urlOf('/numbered?n=1000'), { method: 'HEAD', dispatcher })
      expect([headers['content-length'], await body.text()]).toEqual(['3000', ''])
    })

    it('is slowed down by a server that does not read, and then gets everything there', async () => {
      const answer = request(urlOf('/slow'), { method: 'POST', body: Readable.from(pieces(OFFERED)), dispatcher })
      await origin.saw(({ url }) => url === '/slow')
      await until(() => given > MIB)
      expect(await steady(() => given)).toBeLessThan(IN_BUFFERS)
      await (await request(urlOf('/go'), { dispatcher })).body.dump()
      expect(await (await answer).body.text()).toBe(hashOfPieces())
    })

    it('slows a server down while it does not read, and then gets everything', async () => {
      const { body } = await request(urlOf('/pieces'), { dispatcher })
      await until(() => given > MIB)
      expect(await steady(() => given)).toBeLessThan(IN_BUFFERS)
      const hash = createHash('sha256')
      for await (const chunk of body) hash.update(chunk as Buffer)
      expect(hash.digest('hex')).toBe(hashOfPieces())
    })

    it('fails when the server dies in the middle of an answer', async () => {
      const { body } = await request(urlOf('/cut'), { dispatcher })
      await expect(text(body)).rejects.toThrow(errors.SocketError)
    })
  })

  describe('a pool that pipelines ten requests on one connection', () => {
    let pool: Pool
    beforeAll(() => { pool = new Pool(tunnel.url, { connections: 1, pipelining: 10 }) })
    afterAll(() => pool.destroy())

    it('gets 300 answers, each its own', async () => {
      const numbers = Array.from({ length: 300 }, (_, i) => 1 + (i * 7919) % 5000)
      const answers = await Promise.all(numbers.map(async (number) => {
        const { body, headers } = await pool.request({ method: 'GET', path: `/numbered?n=${number}` })
        return [Number(headers['x-number']), (await body.text()).length]
      }))
      expect(answers).toEqual(numbers.map((number) => [number, number * 3]))
    })

    it('gets answers of all kinds in turn', async () => {
      const asked = [['GET', '/numbered?n=4'], ['HEAD', '/numbered?n=4'], ['GET', '/moved'], ['GET', '/trailers'], ['OPTIONS', '/what'], ['GET', '/cookies']] as const
      const answers = await Promise.all([...asked, ...asked, ...asked].map(async ([method, path]) => {
        const { statusCode, body } = await pool.request({ method, path })
        return [statusCode, (await body.text()).slice(0, 16)]
      }))
      const once = [[200, 'abcabcabcabc'], [200, ''], [302, ''], [200, 'body'], [200, '{"method":"OPTIO'], [200, 'ok']]
      expect(answers).toEqual([...once, ...once, ...once])
    })

    it('used no more connections than one for all of that', async () => {
      expect(pool.stats.connected).toBe(1)
      expect(await tunnel.metric('requests_total', { code: '302' })).toBeGreaterThanOrEqual(3)
    })
  })

  it('leaves nothing behind', async () => {
    await tunnel.rests()
  })
})
