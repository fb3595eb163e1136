import { describe, expect, it } from 'vitest'
import { RequestHead } from '../../src/http/request-head.ts'
import { type Identity, UNVOUCHED } from '../../src/shadow/mirror.ts'
import { Random, runSeed } from '../http/support/random.ts'
import type { TestDataPlane } from '../support/data-plane.ts'
import { NOBODY } from './support/bad-shadows.ts'
import { accountOf, chunked, converse, mirrorOf, serveMirrored, settled, type Setup, yamlOf } from './support/mirrored.ts'
import { type Origin, type Seen, serveModel } from './support/origin.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'REPORT']
const TARGETS = ['/', '//', '/v1/models/house:predict', '/a/../b/./c', '/%2e%2E/%00', '/a;v=1,2', '/~tilde/(x)/!$&\'*+=:@', '/?', '/?a=1&a=2&b=%20+', '/x?y=/?z', '/%7e?q="']
/** Fields that are for one hop, or prove who the client is, or are written anew. */
const DROPPED = [
  'Authorization: Bearer secret', 'authorization: Basic eDp5', 'Proxy-Authorization: Basic eDp5', 'Cookie: session=1', 'COOKIE: b=2; c=3', 'Keep-Alive: timeout=5',
  'Proxy-Connection: keep-alive', 'TE: gzip', 'X-Nominated: by connection'
]
/** What clients say about where they come from. */
const CLAIMS = ['X-Forwarded-For: 6.6.6.6', 'x-forwarded-host: evil.example', 'X-Real-IP: 6.6.6.6', 'Forwarded: for=6.6.6.6', 'X-Windtunnel-Debug: 1', 'Via: 1.1 somewhere']
const isClaim = (line: string): boolean => /^(?:x-forwarded-|x-real-ip:|forwarded:|x-windtunnel-(?!mirror)|via:)/i.test(line)
const KEPT = [
  'Accept: */*', 'accept: application/json;q=0.5', 'User-Agent: tests/1.0 (of, all sorts)', 'X-Tenant: acme', 'x-TENANT: Zo\xeb', 'X-Empty:', 'Content-Type: application/json',
  'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', 'x-api-version:  padded \t', 'Cookie2: no', 'X-Authorization: no', 'X-Request-Id-Too: 1', 'Content-Language: \xff'
]

interface Sent {
  readonly raw: string
  readonly method: string
  readonly target: string
  readonly body: string
  /** Lines a copy should begin with. */
  readonly kept: readonly string[]
  readonly id: string
  readonly hasBody: boolean
}

const trimmed = (line: string): string => line.replace(/:[ \t]*/, ': ').replace(/[ \t]*$/, '').replace(/:$/, ': ')

/** A request with fields in any order, and what of them a copy should have. */
function requestOf(random: Random, index: number): Sent {
  const method = random.pick(METHODS)
  const target = random.pick(TARGETS)
  const framing = random.pick(['none', 'length', 'chunked'])
  const id = `copy-${index}`
  let body = ''
  if (framing !== 'none') for (let i = random.pick([0, 1, 300, 5000]); i > 0; i--) body += String.fromCharCode(random.below(256))
  const lines: { text: string, kept: boolean }[] = [
    { text: 'Host: Models.Example:8080', kept: true }, { text: `x-request-id: ${id}`, kept: false }, { text: 'Connection: close, x-nominated', kept: false },
    ...framing === 'length' ? [{ text: `Content-Length: ${body.length}`, kept: false }] : framing === 'chunked' ? [{ text: 'Transfer-Encoding: chunked', kept: false }] : [],
    ...framing !== 'none' && body !== '' && random.once(3) ? [{ text: 'Expect: 100-continue', kept: false }] : []
  ]
  for (let i = random.below(10); i > 0; i--) lines.push(random.once(2) ? { text: random.pick([...DROPPED, ...CLAIMS]), kept: false } : { text: random.pick(KEPT), kept: true })
  for (let i = lines.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const held = lines[i]!
    lines[i] = lines[j]!
    lines[j] = held
  }
  const raw = `${method} ${target} HTTP/1.1\r\n${lines.map(({ text }) => `${text}\r\n`).join('')}\r\n${framing === 'chunked' ? chunked(body, 1 + random.below(400)) : body}`
  return { raw, method, target, body, id, hasBody: framing !== 'none', kept: lines.filter(({ kept }) => kept).map(({ text }) => trimmed(text)) }
}

async function start(setup: Partial<Setup> = {}): Promise<{ plane: TestDataPlane, origin: Origin, shadow: Origin }> {
  const [origin, shadow] = [await serveModel(), await serveModel()]
  return { origin, shadow, plane: await serveMirrored({ primary: origin.port, shadow: shadow.port, ...setup }) }
}

async function copyOf(raw: string, setup: Partial<Setup> = {}): Promise<{ primary: Seen, copy: Seen }> {
  const { plane, origin, shadow } = await start(setup)
  await converse(plane.port, raw)
  expect(await settled(plane, 1)).toEqual({ pair: 1 })
  return { primary: (await origin.got(1))[0]!, copy: (await shadow.got(1))[0]! }
}

const CLOSE = 'connection: close\r\n'
const named = ({ lines }: Seen, name: string): string[] => lines.filter((line) => line.toLowerCase().startsWith(`${name}:`)).map((line) => line.slice(name.length + 2))

describe('a copy', () => {
  it('is the client\'s request, octet by octet, without what was for its hop and without credentials', async () => {
    const random = new Random(runSeed())
    const { plane, origin, shadow } = await start()
    for (let i = 0; i < 150; i++) {
      const sent = requestOf(random, i)
      // oxlint-disable-next-line no-await-in-loop -- one after another, so that they can be told apart
      const answers = await converse(plane.port, sent.raw)
      const label = `seed ${random.seed} request ${i}: ${JSON.stringify(sent.raw)}`
      expect(answers, label).toHaveLength(1)
      // oxlint-disable-next-line no-await-in-loop -- the same
      const copy = (await shadow.got(i + 1))[i]!
      const length = sent.hasBody ? [`content-length: ${sent.body.length}`] : []
      expect({ ...copy, lines: copy.lines.filter((line) => !isClaim(line)) }, label).toEqual({
        method: sent.method, target: sent.target, body: sent.body, whole: true,
        lines: [...sent.kept, ...length, `x-request-id: ${sent.id}`, 'x-windtunnel-mirror: next']
      })
      // oxlint-disable-next-line no-await-in-loop -- the same
      const primary = (await origin.got(i + 1))[i]!
      expect([primary.method, primary.target, primary.body, named(primary, 'x-request-id')], label).toEqual([copy.method, copy.target, copy.body, named(copy, 'x-request-id')])
      // of where the request came from a copy says no more than the primary is told
      expect(copy.lines.filter((line) => isClaim(line) && !primary.lines.includes(line)), label).toEqual([])
    }
    expect(await settled(plane, 150)).toEqual({ pair: 150 })
  })

  it('carries the id the primary was given when the client gave none', async () => {
    const { primary, copy } = await copyOf(`GET / HTTP/1.1\r\nhost: a\r\n${CLOSE}\r\n`)
    expect(named(copy, 'x-request-id')).toEqual(named(primary, 'x-request-id'))
    expect(named(copy, 'x-request-id')).toEqual([expect.stringMatching(/^.+$/)])
  })

  it('carries the id the primary was given when the client\'s is of no use', async () => {
    const { primary, copy } = await copyOf(`GET / HTTP/1.1\r\nhost: a\r\nx-request-id: two words\r\n${CLOSE}\r\n`)
    expect(named(copy, 'x-request-id')).toEqual(named(primary, 'x-request-id'))
    expect(copy.lines.join()).not.toContain('two words')
  })

  it('says of where the request came from what it is given to say', async () => {
    const { plane } = await start({ next: 'headers: { remove: [x-debug] }' })
    const raw = Buffer.from('GET / HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 6.6.6.6\r\nx-debug: 1\r\nforwarded: for=6.6.6.6\r\nx-real-ip: 6.6.6.6\r\n\r\n')
    const head = new RequestHead()
    expect(head.parse(raw, 0, raw.length, { maxHeadBytes: 1000, maxFields: 10 })).toBeUndefined()
    const copyHead = (identity: Identity): string => mirrorOf(plane).copyHead(head, identity, 'r1', 0)
    const own = 'x-request-id: r1\r\nx-windtunnel-mirror: next\r\n\r\n'
    expect(copyHead(UNVOUCHED)).toBe(`GET / HTTP/1.1\r\nhost: a\r\n${own}`)
    // a proxy that is trusted is believed, and added to
    expect(copyHead({ drop: 0, dropNames: new Set(['x-forwarded-for']), lines: 'x-forwarded-for: 6.6.6.6, 10.0.0.1\r\n' }))
      .toBe(`GET / HTTP/1.1\r\nhost: a\r\nforwarded: for=6.6.6.6\r\nx-real-ip: 6.6.6.6\r\nx-forwarded-for: 6.6.6.6, 10.0.0.1\r\n${own}`)
  })

  it('carries credentials where the config keeps them', async () => {
    const { copy } = await copyOf(`GET / HTTP/1.1\r\nhost: a\r\nAuthorization: Bearer secret\r\nCookie: a=1\r\ncookie: b=2\r\n${CLOSE}\r\n`, { mirror: 'percent: 100, credentials: keep' })
    expect(copy.lines.slice(1, 4)).toEqual(['Authorization: Bearer secret', 'Cookie: a=1', 'cookie: b=2'])
  })

  it.each(['strip', 'keep'])('carries the backend\'s own headers in place of the client\'s (credentials: %s)', async (credentials) => {
    const { primary, copy } = await copyOf(`GET / HTTP/1.1\r\nhost: a\r\nAuthorization: Bearer client\r\nX-Model: mine\r\nX-Debug: 1\r\n${CLOSE}\r\n`, {
      mirror: `percent: 100, credentials: ${credentials}`, next: 'headers: { set: { authorization: "Bearer shadow", x-model: "next-✓" }, remove: [x-debug] }'
    })
    expect(named(copy, 'authorization')).toEqual(['Bearer shadow'])
    expect(named(copy, 'x-model').map((value) => Buffer.from(value, 'latin1').toString())).toEqual(['next-✓'])
    expect(named(copy, 'x-debug')).toEqual([])
    expect([named(primary, 'authorization'), named(primary, 'x-model'), named(primary, 'x-debug')]).toEqual([['Bearer client'], ['mine'], ['1']])
  })

  it.each([
    ['the client\'s', '', 'GET /x?y HTTP/1.1\r\nHost: models.example:81\r\n', ['models.example:81'], '/x?y'],
    ['the one of its URL', 'host: backend', 'GET /x?y HTTP/1.1\r\nHost: models.example:81\r\n', ['127.0.0.1:PORT'], '/x?y'],
    ['the one it is given', 'host: "next.example:82"', 'GET /x?y HTTP/1.1\r\nHost: models.example:81\r\n', ['next.example:82'], '/x?y'],
    ['the target\'s', '', 'GET http://models.example:83/x?y HTTP/1.1\r\nHost: models.example:83\r\n', ['models.example:83'], '/x?y'],
    ['the one of its URL for want of any', '', 'GET /x?y HTTP/1.0\r\n', ['127.0.0.1:PORT'], '/x?y']
  ])('names %s as its Host', async (_name, next, start_, expected, target) => {
    const [origin, shadow] = [await serveModel(), await serveModel()]
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, next })
    await converse(plane.port, `${start_}${start_.includes('1.1') ? CLOSE : ''}\r\n`)
    const [copy] = await shadow.got(1)
    expect(named(copy!, 'host')).toEqual(expected.map((value) => value.replace('PORT', String(shadow.port))))
    expect(copy!.target).toBe(target)
  })

  it('of a request in chunks has its length, and neither trailers nor Expect', async () => {
    const { primary, copy } = await copyOf(`POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ntrailer: x-sum\r\ntransfer-encoding: chunked\r\n${CLOSE}\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n`)
    expect(named(copy, 'content-length')).toEqual(['11'])
    expect([named(copy, 'transfer-encoding'), named(copy, 'expect'), named(copy, 'x-sum')]).toEqual([[], [], []])
    expect(copy.body).toBe('hello world')
    expect([named(primary, 'expect'), primary.body]).toEqual([['100-continue'], 'hello world'])
  })

  it('of an empty body says so', async () => {
    const { copy } = await copyOf(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n${CLOSE}\r\n`)
    expect([named(copy, 'content-length'), copy.body]).toEqual([['0'], ''])
  })

  it('of one of several requests in a row is of that one', async () => {
    const { plane, shadow } = await start()
    const requests = ['/one', '/two', '/three'].map((target, i) => `POST ${target} HTTP/1.1\r\nhost: host-${i}\r\nx-request-id: id-${i}\r\ncontent-length: 1\r\n${i === 2 ? CLOSE : ''}\r\n${i}`)
    await converse(plane.port, requests.join(''))
    expect(await settled(plane, 3)).toEqual({ pair: 3 })
    const copies = await shadow.got(3)
    expect(copies.map((copy) => [copy.target, named(copy, 'host')[0], named(copy, 'x-request-id')[0], copy.body]).toSorted()).toEqual([
      ['/one', 'host-0', 'id-0', '0'], ['/three', 'host-2', 'id-2', '2'], ['/two', 'host-1', 'id-1', '1']
    ])
  })

  it('of the baseline is marked by the mirror it belongs to', async () => {
    const { plane, origin } = await start({ mirror: 'percent: 100, baseline: { backend: live, percent: 100 }' })
    await converse(plane.port, `GET / HTTP/1.1\r\nhost: a\r\n${CLOSE}\r\n`)
    await settled(plane, 1, { backend: 'live', leg: 'baseline' })
    expect((await origin.got(2)).map((seen) => named(seen, 'x-windtunnel-mirror')).toSorted()).toEqual([[], ['next']])
  })

  it('says of the client what the primary is told', async () => {
    const { plane, origin, shadow } = await start({})
    await converse(plane.port, `GET / HTTP/1.1\r\nHost: models.example\r\nX-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\n${CLOSE}\r\n`)
    await settled(plane, 1)
    const told = ([seen]: readonly Seen[]): unknown => ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'forwarded', 'via'].map((name) => named(seen!, name))
    const copy = told(await shadow.got(1))
    expect(copy).toEqual([['127.0.0.1'], ['http'], ['models.example'], [], [expect.stringMatching(/^1\.1 windtunnel-/)]])
    expect(copy).toEqual(told(await origin.got(1)))
  })

  it('leaves out keys that model servers take under other names', async () => {
    const { plane, shadow } = await start({})
    const names = ['api-key', 'X-Api-Key', 'x-goog-api-key', 'X-Auth-Token', 'x-amz-security-token', 'Ocp-Apim-Subscription-Key']
    await converse(plane.port, `GET / HTTP/1.1\r\nhost: a\r\n${names.map((name) => `${name}: secret\r\n`).join('')}${CLOSE}\r\n`)
    await settled(plane, 1)
    const [copy] = await shadow.got(1)
    expect(JSON.stringify(copy)).not.toContain('secret')
  })

  it('is never mirrored again, through however many sidecars it goes', async () => {
    const [origin, behind, beyond] = [await serveModel(), await serveModel(), await serveModel()]
    const second = await serveMirrored({ primary: behind.port, shadow: beyond.port })
    const first = await serveMirrored({ primary: origin.port, shadow: second.port })
    const [answer] = await converse(first.port, `POST /x HTTP/1.1\r\nhost: a\r\nx-request-id: r1\r\n${CLOSE}content-length: 2\r\n\r\nhi`)
    expect(answer!.body).toBe('{"ok":true}')
    expect(await settled(first, 1)).toEqual({ pair: 1 })
    const [copy] = await behind.got(1)
    expect([named(copy!, 'x-windtunnel-mirror'), named(copy!, 'x-request-id'), copy!.body]).toEqual([['next'], ['r1'], 'hi'])
    expect(accountOf(second).sampled).toBe(0)
    expect(beyond.seen).toHaveLength(0)
    expect(second.exchanges.map(({ requestId }) => requestId)).toEqual(['r1'])
  })

  it('is not mirrored without end by two sidecars that are each other\'s shadow', async () => {
    const [origin, other] = [await serveModel(), await serveModel()]
    const first = await serveMirrored({ primary: origin.port, shadow: NOBODY })
    const second = await serveMirrored({ primary: other.port, shadow: first.port })
    first.reload(yamlOf({ primary: origin.port, shadow: second.port }))
    await converse(first.port, `GET / HTTP/1.1\r\nhost: a\r\n${CLOSE}\r\n`)
    await converse(second.port, `GET / HTTP/1.1\r\nhost: a\r\n${CLOSE}\r\n`)
    expect([await settled(first, 1), await settled(second, 1)]).toEqual([{ pair: 1 }, { pair: 1 }])
    expect([origin.seen.length, other.seen.length]).toEqual([2, 2])
  })
})
