import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { TestDataPlane } from '../support/data-plane.ts'
import { BAD_SHADOWS, serveBadly } from './support/bad-shadows.ts'
import { accountOf, chunked, converse, type Got, heldBy, serveMirrored, settled, unmirrored } from './support/mirrored.ts'
import { json, type Serve, serveModel } from './support/origin.ts'

/** How the primary answers, by path. */
const ANSWERS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/json': (response) => json(response, { label: 'cat', score: 0.25 }),
  '/none': (response) => void response.writeHead(204, { 'x-empty': 'yes' }).end(),
  '/missing': (response) => json(response, { error: 'no such model' }, 404),
  '/busy': (response) => json(response, { error: 'overloaded' }, 503),
  '/large': (response) => void response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 300_000 }).end('l'.repeat(300_000)),
  '/chunked': (response) => {
    response.writeHead(200, { 'content-type': 'text/plain', trailer: 'x-sum' })
    response.write('c'.repeat(100_000))
    response.addTrailers({ 'x-sum': '1' })
    response.end('d')
  },
  '/events': (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    let sent = 0
    const next = (): void => {
      response.write(`data: ${sent}\n\n`)
      if (++sent === 3) response.end()
      else setImmediate(next)
    }
    next()
  },
  '/broken': (response) => {
    response.writeHead(200, { 'content-length': 100 })
    response.write('half of it')
    setImmediate(() => response.destroy())
  },
  '/gone': (response) => void response.destroy()
}

const primary: Serve = (request, response) => ANSWERS[(request.url ?? '').split('?')[0] ?? '']!(response)

const CLOSE = 'connection: close\r\n'
const head = (method: string, target: string, lines = ''): string => `${method} ${target} HTTP/1.1\r\nhost: models.example\r\nx-request-id: r1\r\nauthorization: Bearer secret\r\n${lines}`

/** What clients send, and how the primary's side of it ends. */
const REQUESTS: readonly { readonly name: string, readonly raw: string | readonly string[], readonly count?: number, readonly outcome?: string }[] = [
  { name: 'a GET', raw: `${head('GET', '/json?x=1', CLOSE)}\r\n` },
  { name: 'a HEAD', raw: `${head('HEAD', '/json', CLOSE)}\r\n` },
  { name: 'a POST with a length', raw: `${head('POST', '/json', `${CLOSE}content-length: 7\r\n`)}\r\n{"a":1}` },
  { name: 'a POST in chunks', raw: `${head('POST', '/json', `${CLOSE}transfer-encoding: chunked\r\n`)}\r\n${chunked('{"a":1}', 3)}` },
  { name: 'a POST that arrives in pieces', raw: [`${head('POST', '/json', `${CLOSE}content-length: 14\r\n`)}\r\n{"a"`, ':1,"b":', '234'] },
  { name: 'a large POST', raw: `${head('POST', '/json', `${CLOSE}content-length: 200000\r\n`)}\r\n${'p'.repeat(200_000)}` },
  { name: 'a POST that waits for 100', raw: `${head('POST', '/json', `${CLOSE}content-length: 2\r\nexpect: 100-continue\r\n`)}\r\n{}` },
  { name: 'an HTTP/1.0 GET', raw: 'GET /json HTTP/1.0\r\nhost: models.example\r\nx-request-id: r1\r\n\r\n' },
  { name: 'two requests at once', raw: `${head('GET', '/json')}\r\n${head('GET', '/missing', CLOSE)}\r\n`, count: 2 },
  { name: 'an answer without a body', raw: `${head('GET', '/none', CLOSE)}\r\n` },
  { name: 'a large answer', raw: `${head('GET', '/large', CLOSE)}\r\n` },
  { name: 'an answer in chunks with a trailer', raw: `${head('GET', '/chunked', `te: trailers\r\nconnection: close, te\r\n`)}\r\n` },
  { name: 'a stream of events', raw: `${head('GET', '/events', CLOSE)}\r\n` },
  { name: 'an answer of 503', raw: `${head('GET', '/busy', CLOSE)}\r\n`, outcome: 'primary_error' },
  { name: 'an answer that breaks off', raw: `${head('GET', '/broken', CLOSE)}\r\n`, outcome: 'primary_error' },
  { name: 'no answer', raw: `${head('GET', '/gone', CLOSE)}\r\n`, outcome: 'primary_error' }
]

/** What all of them are answered, and how the account changes in between. */
async function askAll(plane: TestDataPlane, between: () => void = () => undefined): Promise<Record<string, readonly Got[]>> {
  const got: Record<string, readonly Got[]> = {}
  for (const { name, raw } of REQUESTS) {
    // oxlint-disable-next-line no-await-in-loop -- one after another, so that what is under way is known
    got[name] = await converse(plane.port, raw)
    between()
  }
  return got
}

const drawn = REQUESTS.reduce((sum, { count = 1 }) => sum + count, 0)
const failed = REQUESTS.filter(({ outcome }) => outcome === 'primary_error').length

describe('a client', () => {
  it.each(BAD_SHADOWS)('gets the same octets when the shadow is $name, and waits for nothing', async (bad) => {
    const [origin, shadow] = [await serveModel(primary), await serveBadly(bad)]
    const alone = await serveMirrored(unmirrored(origin.port))
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, mirror: 'percent: 100, timeout: 60s' })
    const without = await askAll(alone)
    const heads = bad.headIsFine === true ? 1 : 0
    const together = await askAll(plane, () => {
      // this client has its whole answer, and every copy so far is still being waited for
      if (bad.hangs) expect(accountOf(plane).ended).toBeLessThanOrEqual(heads)
    })
    expect(together).toEqual(without)
    expect(without['a GET']).toEqual([expect.objectContaining({ body: '{"label":"cat","score":0.25}', whole: true })])
    expect(accountOf(plane).sampled).toBe(drawn)
    if (bad.hangs) {
      expect(heldBy(plane).inFlight).toBe(drawn - heads)
      shadow.close()
    }
    const expected: Record<string, number> = { primary_error: failed, pair: heads }
    expected[bad.outcome] = (expected[bad.outcome] ?? 0) + drawn - failed - heads
    if (expected['pair'] === 0) delete expected['pair']
    expect(await settled(plane, drawn)).toEqual(expected)
    expect(heldBy(plane)).toEqual({ inFlight: 0, bytes: 0 })
  })
})
