import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Methods, Refusal, type RunningServer, startJsonServer } from '../../src/demo/json-server.ts'

let server: RunningServer
const entered = Promise.withResolvers<void>()
const gone = Promise.withResolvers<void>()

beforeAll(async () => {
  server = await startJsonServer({
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: 1000,
    errorBody: ({ message, param }) => ({ message, param }),
    paths: new Map<string, Methods>([
      ['/echo', { POST: async ({ body }) => ({ body }), GET: async () => ({ hello: true }) }],
      ['/refuse', { GET: async () => { throw new Refusal(418, 'no coffee', 'drink') } }],
      ['/fail', { GET: async () => { throw new Error('a bug') } }],
      ['/halfway', { GET: async ({ response }) => {
        response.writeHead(200, { 'content-length': 100 })
        response.write('half')
        throw new Error('a bug')
      } }],
      ['/never', { GET: ({ signal }) => new Promise<undefined>((_, reject) => {
        entered.resolve()
        signal.addEventListener('abort', () => {
          gone.resolve()
          reject(signal.reason)
        })
      }) }]
    ])
  })
})
afterAll(() => server.close())

const post = (path: string, body: string | Uint8Array<ArrayBuffer>): Promise<Response> => fetch(server.url + path, { method: 'POST', body })

describe('the JSON server', () => {
  it.each([
    ['an unknown path', '/none', {}, 404],
    ['a path that is a name of every object', '/constructor', {}, 404],
    ['a method that is not served', '/echo', { method: 'DELETE' }, 405],
    ['a POST where there is only GET', '/fail', { method: 'POST', body: '{}' }, 405],
    ['a body that is no JSON', '/echo', { method: 'POST', body: '{"a":' }, 400],
    ['an empty body', '/echo', { method: 'POST', body: '' }, 400],
    ['a body that is no UTF-8', '/echo', { method: 'POST', body: Uint8Array.of(0x22, 0xff, 0x22) }, 400],
    ['a body that is too large', '/echo', { method: 'POST', body: JSON.stringify('x'.repeat(1000)) }, 413],
    ['a handler that refuses', '/refuse', {}, 418],
    ['a handler that fails', '/fail', {}, 500]
  ])('answers %s with an error in JSON', async (_name, path, init, status) => {
    const answer = await fetch(server.url + path, init)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(typeof (await answer.json() as { message: string }).message).toBe('string')
  })

  it('says what it serves when the method is not', async () => {
    expect((await fetch(`${server.url}/echo`, { method: 'PUT', body: '1' })).headers.get('allow')).toBe('POST, GET')
  })

  it('names the field that was refused', async () => {
    expect(await (await fetch(`${server.url}/refuse`)).json()).toEqual({ message: 'no coffee', param: 'drink' })
  })

  it('does not look at the query, and answers HEAD like GET without a body', async () => {
    expect(await (await fetch(`${server.url}/echo?a=/b`)).json()).toEqual({ hello: true })
    const head = await fetch(`${server.url}/echo`, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '14', ''])
  })

  it('takes a body of just the size allowed', async () => {
    const word = 'x'.repeat(998)
    expect(await (await post('/echo', JSON.stringify(word))).json()).toEqual({ body: word })
  })

  it.each([
    ['content-length', `content-length: 400000\r\n\r\n${'x'.repeat(400_000)}`],
    ['chunked', `transfer-encoding: chunked\r\n\r\n${`3e8\r\n${'x'.repeat(1000)}\r\n`.repeat(400)}0\r\n\r\n`]
  ])('keeps the connection through a body that is too large (%s)', async (_name, rest) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.write(`POST /echo HTTP/1.1\r\nhost: a\r\n${rest}`)
    socket.write('GET /echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
    const answers = await text(socket)
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200'])
  })

  it('breaks off an answer that fails halfway, so that it is not taken for a whole one', async () => {
    const answer = await fetch(`${server.url}/halfway`)
    expect(answer.status).toBe(200)
    await expect(answer.text()).rejects.toThrow()
  })

  it('tells its handler that the client is gone', async () => {
    const leaving = new AbortController()
    const answer = fetch(`${server.url}/never`, { signal: leaving.signal })
    await entered.promise
    leaving.abort()
    await expect(answer).rejects.toThrow()
    await gone.promise
  })

  it('goes on serving after a client that left in the middle of its body', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.write('POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{"a"')
    await once(socket, 'connect')
    socket.destroy()
    await once(socket, 'close')
    expect((await post('/echo', '[]')).status).toBe(200)
  })

  it('closes with requests under way and connections not yet used', async () => {
    const asked = Promise.withResolvers<void>()
    const other = await startJsonServer({
      host: '127.0.0.1',
      port: 0,
      maxBodyBytes: 10,
      errorBody: () => ({}),
      paths: new Map<string, Methods>([['/', { GET: () => {
        asked.resolve()
        return new Promise<undefined>(() => undefined)
      } }]])
    })
    const answer = fetch(other.url).catch((error: unknown) => error)
    const unused = connect(Number(new URL(other.url).port), '127.0.0.1')
    const closed = new Promise((resolve) => unused.on('error', () => undefined).on('close', resolve))
    await Promise.all([asked.promise, once(unused, 'connect')])
    await other.close()
    expect(await answer).toBeInstanceOf(Error)
    await closed
    await expect(fetch(other.url)).rejects.toThrow()
  })

  it('rejects when the port is taken', async () => {
    const port = Number(new URL(server.url).port)
    await expect(startJsonServer({ host: '127.0.0.1', port, maxBodyBytes: 10, errorBody: () => ({}), paths: new Map() })).rejects.toThrow('EADDRINUSE')
  })
})
