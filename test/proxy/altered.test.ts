import { createHash } from 'node:crypto'
import { brotliCompressSync, brotliDecompressSync, deflateRawSync, gunzipSync, gzipSync, inflateRawSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { eventually, steady } from '../http/support/signal.ts'
import type { TestDataPlane } from '../support/data-plane.ts'
import { type Backend, ok, serveBackend } from './support/backend.ts'
import { statusOf, valuesOf } from './support/message.ts'
import { askOnce, exchange, get, leftOver, metric, open, post, startProxy, upstreamOf } from './support/proxy.ts'

const REST = { inFlight: 0, held: 0, tunnels: 0, places: 0 }
const ANSWER = '{"id":12345678901234567890,"label":"a","score":1.0,"at":0.1000}'
const FLIPPED = ANSWER.replace('"a"', 'null')
const json = (body = ANSWER, lines = ''): string => ok(body, `Content-Type: application/json\r\n${lines}`)
const NULL = 'kind: null-field, at: /label'
const FOREVER = 'phase: after, fixed: 10m'

interface Experiment { readonly faults: readonly string[], readonly more?: string }

/** A proxy with an experiment that hits everything, in front of a backend. */
async function struck({ faults, more = '' }: Experiment, answer: () => string | undefined = () => json(), route = ''): Promise<{ proxy: TestDataPlane, backend: Backend }> {
  const backend = await serveBackend(answer)
  const proxy = await startProxy({
    backends: { a: backend.port }, route,
    chaos: `limits: { percent: 100, active: 1000 }, experiments: [{ name: one, route: all, percent: 100, duration: 1h, ${more}${more === '' ? '' : ', '}faults: [${faults.map((fault) => `{ ${fault} }`).join(', ')}] }]`
  })
  proxy.startChaos()
  return { proxy, backend }
}

const skips = (proxy: TestDataPlane, reason: string): number => metric(proxy, 'chaos_skipped_total', { reason })

describe('a whole answer that a fault changes', () => {
  it('differs in the octets of its target alone, and says how long it is', async () => {
    const { proxy } = await struck({ faults: [NULL] })
    const answer = await askOnce(proxy, get())
    expect(answer.body).toBe(FLIPPED)
    expect(valuesOf(answer.fields, 'content-length')).toEqual([String(FLIPPED.length)])
    expect((await exchange(proxy)).injected).toEqual([{ experiment: 'one', fault: 'null-field' }])
    expect([(await exchange(proxy)).ending, leftOver(proxy)]).toEqual(['answered', REST])
  })

  it('that came in chunks goes on with a length, and the connection is kept', async () => {
    const { proxy } = await struck({ faults: [NULL] }, () =>
      `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${[...ANSWER].map((octet) => `1\r\n${octet}\r\n`).join('')}0\r\nX-Sum: 1\r\n\r\n`)
    const client = await open(proxy)
    const [first, second] = [await client.ask(get('/', 'TE: trailers\r\nConnection: te\r\n')), await client.ask(get())]
    expect([first.body, second.body]).toEqual([FLIPPED, FLIPPED])
    expect([valuesOf(first.fields, 'content-length'), valuesOf(first.fields, 'transfer-encoding')]).toEqual([[String(FLIPPED.length)], []])
  })

  it.each<[string, (body: Buffer) => Buffer, (body: Buffer) => Buffer]>([
    ['gzip', gzipSync, gunzipSync],
    ['br', brotliCompressSync, brotliDecompressSync],
    ['zstd', zstdCompressSync, zstdDecompressSync],
    ['deflate', deflateRawSync, inflateRawSync]
  ])('is decoded, changed and encoded again: %s', async (coding, encode, decode) => {
    const body = encode(Buffer.from(ANSWER)).toString('latin1')
    const { proxy } = await struck({ faults: [NULL] }, () => json(body, `Content-Encoding: ${coding}\r\n`))
    const answer = await askOnce(proxy, get())
    expect([valuesOf(answer.fields, 'content-encoding'), decode(Buffer.from(answer.body, 'latin1')).toString()]).toEqual([[coding], FLIPPED])
  })

  it('has its digests made right, those nobody can know left out, and no ETag', async () => {
    const sum = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('base64')
    const { proxy } = await struck({ faults: [NULL] }, () => json(ANSWER, `ETag: "1"\r\nContent-Digest: sha-256=:${sum('sha256', ANSWER)}:, made-up=:AAAA:\r\nRepr-Digest: sha-512=:${sum('sha512', ANSWER)}:\r\nDigest: SHA-256=${sum('sha256', ANSWER)}\r\nContent-MD5: ${sum('md5', ANSWER)}\r\n`))
    const { fields } = await askOnce(proxy, get())
    expect(['etag', 'content-digest', 'repr-digest', 'digest', 'content-md5'].map((name) => valuesOf(fields, name))).toEqual([
      [], [`sha-256=:${sum('sha256', FLIPPED)}:`], [`sha-512=:${sum('sha512', FLIPPED)}:`], [`SHA-256=${sum('sha256', FLIPPED)}`], [sum('md5', FLIPPED)]
    ])
  })

  it.each<[string, string, string]>([
    ['its target is not there', json('{"other":1}'), 'target_absent'],
    ['it is no JSON', json('<html>'), 'not_json'],
    ['its coding is unknown', json(ANSWER, 'Content-Encoding: made-up\r\n'), 'unknown_encoding'],
    ['its coding is broken', json(ANSWER, 'Content-Encoding: gzip\r\n'), 'bad_encoding'],
    ['it is no text', json('\xff\xfe'), 'not_text'],
    ['it is too large', json(`{"label":"${'x'.repeat(3000)}"}`), 'too_large'],
    ['it has no body', 'HTTP/1.1 204 No Content\r\n\r\n', 'no_body'],
    ['it is a stream', ok('data: {"label":"a"}\n\n', 'Content-Type: text/event-stream\r\n'), 'streamed']
  ])('passes octet by octet where %s, and is counted', async (_why, sent, reason) => {
    const { proxy } = await struck({ faults: [NULL] }, () => sent, 'maxBuffer: 2KiB')
    const bare = await startProxy({ backends: { a: (await serveBackend(() => sent)).port } })
    const [answer, plain] = [await askOnce(proxy, get()), await askOnce(bare, get())]
    expect([answer.start, answer.fields, answer.body]).toEqual([plain.start, plain.fields, plain.body])
    expect([skips(proxy, reason), (await exchange(proxy)).injected]).toEqual([1, []])
  })

  it('too large without a length passes as it came, from its first octet to its last', async () => {
    const body = `{"label":"${'x'.repeat(100_000)}"}`
    const { proxy, backend } = await struck({ faults: [NULL] }, () => `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n${body}`, 'maxBuffer: 2KiB')
    const client = (await open(proxy)).send('GET / HTTP/1.0\r\n\r\n')
    await client.raw.sees('"}')
    backend.connections[0]!.end()
    expect([(await client.next()).body === body, await client.raw.closed]).toEqual([true, 'fin'])
    expect(skips(proxy, 'too_large')).toBe(1)
  })

  it('has several faults on it, one after the other, and one that fails leaves it as it was', async () => {
    const { proxy } = await struck({ faults: [NULL, 'kind: rename-field, at: /label, to: klass', 'kind: null-field, at: /nowhere'] })
    expect((await askOnce(proxy, get())).body).toBe(FLIPPED.replace('"label"', '"klass"'))
    expect(skips(proxy, 'target_absent')).toBe(1)
  })

  it('of HEAD is left alone', async () => {
    const { proxy } = await struck({ faults: [NULL] }, () => `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${ANSWER.length}\r\n\r\n`)
    const client = (await open(proxy)).send('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(valuesOf((await client.next('HEAD')).fields, 'content-length')).toEqual([String(ANSWER.length)])
  })

  it('is told to clients where that is asked for', async () => {
    const { proxy } = await struck({ faults: [NULL], more: 'mark: header' })
    expect(valuesOf((await askOnce(proxy, get())).fields, 'x-windtunnel-chaos')).toEqual(['one/null-field'])
  })
})

describe('after the backend has worked', () => {
  it('its answer is held back', async () => {
    const { proxy, backend } = await struck({ faults: [`kind: delay, ${FOREVER}`] })
    const client = (await open(proxy)).send(get())
    await eventually(() => backend.requests.length === 1 && proxy.data.held.size === 1)
    expect(client.raw.text).toBe('')
    proxy.data.held.release()
    expect((await client.next()).body).toBe(ANSWER)
  })

  it('its answer is lost, and another is given', async () => {
    const { proxy, backend } = await struck({ faults: ['kind: abort, status: 500, dialect: openai, phase: after', NULL] })
    const answer = await askOnce(proxy, get())
    expect([statusOf(answer), JSON.parse(answer.body).error.type, backend.requests.length]).toEqual([500, 'server_error', 1])
    expect([(await exchange(proxy)).injected.map(({ fault }) => fault), skips(proxy, 'preempted')]).toEqual([['abort'], 1])
    // the connection to the backend is whole
    await eventually(() => upstreamOf(proxy).pool.counts.idle === 1)
  })

  it.each(['before', 'after'])('or before, the connection is reset (%s)', async (phase) => {
    const { proxy, backend } = await struck({ faults: [`kind: reset, phase: ${phase}`] })
    const client = (await open(proxy)).send(post('body'))
    expect([await client.raw.closed, client.raw.text, backend.requests.length]).toEqual(['reset', '', phase === 'after' ? 1 : 0])
    expect(await exchange(proxy)).toMatchObject({ ending: 'broken', code: 'injected', status: phase === 'after' ? 200 : 0 })
  })

  it.each<[string, RegExp]>([
    ['kind: empty', /^$/],
    ['kind: garbage, octets: 100', /^[\x80-\xff]{100}$/],
    ['kind: malformed-chunk, body: "{}"', /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n2\r\n\{\}\r\nzz\r\n$/]
  ])('or before, it ends with a FIN behind: %s', async (fault, expected) => {
    for (const phase of ['before', 'after']) {
      // oxlint-disable-next-line no-await-in-loop -- two
      const { proxy } = await struck({ faults: [`${fault}, phase: ${phase}`] })
      // oxlint-disable-next-line no-await-in-loop -- two
      const client = (await open(proxy)).send(get())
      // oxlint-disable-next-line no-await-in-loop -- two
      expect(await client.raw.closed).toBe('fin')
      expect(client.raw.text).toMatch(expected)
    }
  })

  it('or before, nothing comes at all until that is released', async () => {
    const { proxy, backend } = await struck({ faults: ['kind: hang'] })
    const client = (await open(proxy)).send(get())
    await eventually(() => proxy.data.held.size === 1)
    expect(backend.requests.length).toBe(0)
    proxy.data.held.release('one')
    expect((await client.next()).body).toBe(ANSWER)
    const after = await struck({ faults: ['kind: hang, phase: after'] })
    const other = (await open(after.proxy)).send(get())
    await eventually(() => after.proxy.data.held.size === 1 && metric(after.proxy, 'chaos_injected_total') === 1)
    after.proxy.data.held.release('one')
    expect([await other.raw.closed, other.raw.text]).toEqual(['fin', ''])
  })

  it('it is not had on the answer of an experiment that was stopped meanwhile', async () => {
    const { proxy, backend } = await struck({ faults: [NULL] }, () => undefined)
    const client = (await open(proxy)).send(get())
    await backend.received()
    proxy.switchboard.stop(0)
    backend.connections[0]!.send(json())
    expect([(await client.next()).body, skips(proxy, 'stopped')]).toEqual([ANSWER, 1])
  })
})

describe('a client that leaves', () => {
  it.each(['kind: hang', 'kind: hang, phase: after', `kind: delay, ${FOREVER}`, NULL])('leaves nothing behind: %s', async (fault) => {
    const { proxy, backend } = await struck({ faults: [fault] }, () => fault === NULL ? undefined : json())
    for (let round = 0; round < 3; round++) {
      // oxlint-disable-next-line no-await-in-loop -- rounds
      const clients = await Promise.all(Array.from({ length: 50 }, async () => (await open(proxy)).send(get())))
      // oxlint-disable-next-line no-await-in-loop -- rounds
      await eventually(() => proxy.switchboard.active === 50)
      for (const { raw } of clients) raw.reset()
      // oxlint-disable-next-line no-await-in-loop -- rounds
      await eventually(() => proxy.data.inFlight === 0)
      expect(leftOver(proxy)).toEqual(REST)
    }
    expect(backend.requests.length).toBeLessThanOrEqual(150)
  })
})

describe('a backend that fails', () => {
  it('before its answer has begun is answered for as ever, or the fallback is asked, and the fault is had on that', async () => {
    const bad = await serveBackend(() => 'not http')
    const good = await serveBackend(() => json())
    const proxy = await startProxy({
      backends: { a: bad.port, b: good.port }, route: 'split: [{ backend: a, weight: 1 }], fallback: b',
      chaos: `limits: { percent: 100, active: 10 }, experiments: [{ name: one, route: all, percent: 100, duration: 1h, faults: [{ ${NULL} }] }]`
    })
    proxy.startChaos()
    expect((await askOnce(proxy, get())).body).toBe(FLIPPED)
  })

  it('within an answer that is kept whole is answered for with 502', async () => {
    const { proxy, backend } = await struck({ faults: [NULL] }, () => undefined)
    const client = (await open(proxy)).send(get())
    await backend.received()
    backend.connections[0]!.send('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"label"')
    backend.connections[0]!.end()
    expect([statusOf(await client.next()), leftOver(proxy)]).toEqual([502, REST])
    expect((await exchange(proxy)).injected).toEqual([])
  })
})

const SSE = 'data: 1\n\ndata: 2\n\ndata: 3\n\ndata: [DONE]\n\n'
const stream = (body = SSE, lines = ''): string => ok(body, `Content-Type: text/event-stream\r\n${lines}`)

describe('a stream that a fault changes', () => {
  it('is sent in chunks, as its length is another, and to a client of HTTP/1.0 until close', async () => {
    const { proxy } = await struck({ faults: ['kind: drop-events, share: 1'] }, () => stream())
    const client = await open(proxy)
    const answer = await client.ask(get())
    expect([answer.body, valuesOf(answer.fields, 'transfer-encoding'), valuesOf(answer.fields, 'content-length')]).toEqual(['data: [DONE]\n\n', ['chunked'], []])
    expect((await client.ask(get())).body).toBe('data: [DONE]\n\n')
    const old = (await open(proxy)).send('GET / HTTP/1.0\r\n\r\n')
    expect((await old.next()).body).toBe('data: [DONE]\n\n')
  })

  it('goes through event by event, each as soon as it is whole', async () => {
    const { proxy, backend } = await struck({ faults: ['kind: corrupt-event, at: 1'] }, () => undefined)
    const client = (await open(proxy)).send(get())
    await backend.received()
    const [connection] = backend.connections
    connection!.send('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n')
    await client.raw.sees('text/event-stream')
    const send = (text: string): void => void connection!.send(`${text.length.toString(16)}\r\n${text}\r\n`)
    send('data: {"a":1}\n')
    send('\n')
    await client.raw.sees('data: {"a":1}')
    send('data: {"b":2}\n\n')
    await client.raw.sees('data: {"b')
    connection!.send('0\r\n\r\n')
    expect((await client.next()).body).toBe('data: {"a":1}\n\ndata: {"b\n\n')
  })

  it.each<[string, string, string]>([
    ['is no stream', json(), 'not_a_stream'], ['is encoded', stream('x', 'Content-Encoding: gzip\r\n'), 'encoded'], ['is too short for it', stream(), 'not_reached']
  ])('passes octet by octet where it %s', async (_why, sent, reason) => {
    const { proxy } = await struck({ faults: ['kind: cut-stream, events: 100'] }, () => sent)
    const bare = await startProxy({ backends: { a: (await serveBackend(() => sent)).port } })
    const [answer, plain] = [await askOnce(proxy, get()), await askOnce(bare, get())]
    expect(answer.body).toBe(plain.body)
    expect([skips(proxy, reason), (await exchange(proxy)).injected]).toEqual([1, []])
  })

  it.each<[string, 'fin' | 'reset', string]>([['fin', 'fin', '3\r\n'], ['rst', 'reset', '']])('is cut by %s, and the backend is let go', async (how, end) => {
    const { proxy, backend } = await struck({ faults: [`kind: cut-stream, events: 1, how: ${how}`] }, () => `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n12\r\ndata: 1\n\ndata: 2\n\n\r\n`)
    const client = (await open(proxy)).send(get())
    expect([await client.raw.closed, client.raw.text.includes('data: 1'), client.raw.text.includes('data: 2'), client.raw.text.endsWith('0\r\n\r\n')]).toEqual([end, true, false, false])
    await eventually(() => backend.open === 0)
    expect([await exchange(proxy), leftOver(proxy)]).toMatchObject([{ ending: 'broken', code: 'injected' }, REST])
  })

  it('that stalls holds the backend back, and nothing grows; released, it goes on with every octet', async () => {
    const body = `data: ${'x'.repeat(1000)}\n\n`.repeat(20_000)
    const { proxy, backend } = await struck({ faults: ['kind: stall, events: 1, forever: true'] }, () => undefined)
    const client = (await open(proxy)).send(get())
    await backend.received()
    backend.connections[0]!.send(`HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    await client.raw.sees('data: x')
    await steady(() => backend.connections[0]!.socket.writableLength)
    expect(backend.connections[0]!.socket.writableLength).toBeGreaterThan(1_000_000)
    expect(client.raw.text.length).toBeLessThan(3000)
    proxy.data.held.release()
    expect((await client.next()).body === body).toBe(true)
    expect((await exchange(proxy)).injected.map(({ fault }) => fault)).toEqual(['stall'])
  })

  it('released within an event or a window loses no octet', async () => {
    const { proxy, backend } = await struck({ faults: ['kind: reorder-events, window: 10', 'kind: coalesce-events, events: 4', 'kind: slow-close, fixed: 10m'] }, () => undefined)
    const client = (await open(proxy)).send(get())
    await backend.received()
    const [connection] = backend.connections
    connection!.send(`HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: ${SSE.length}\r\n\r\n${SSE.slice(0, 22)}`)
    await client.raw.sees('text/event-stream')
    proxy.data.held.release()
    await client.raw.sees('data: 2')
    connection!.send(SSE.slice(22))
    expect([...(await client.next()).body].toSorted().join('')).toBe([...SSE].toSorted().join(''))
  })

  it('with a slow client keeps to its pace, and loses nothing', async () => {
    const body = `data: ${'y'.repeat(5000)}\n\n`.repeat(1000)
    const { proxy } = await struck({ faults: ['kind: duplicate-events, share: 1'] }, () => stream(body))
    const client = await open(proxy)
    client.raw.socket.pause()
    client.send(get())
    await new Promise((resolve) => setTimeout(resolve, 30))
    client.raw.socket.resume()
    expect((await client.next()).body.length).toBe(body.length * 2)
  })
})

describe('the octets of an answer', () => {
  it.each(['kind: bandwidth, rate: 1MiB', 'kind: dribble, octets: 7, every: 1ms', 'kind: resplit, octets: 1', 'kind: slow-close, fixed: 5ms'])('are the same, with the length they had: %s', async (fault) => {
    const { proxy } = await struck({ faults: [fault] })
    const answer = await askOnce(proxy, get())
    expect([answer.body, valuesOf(answer.fields, 'content-length')]).toEqual([ANSWER, [String(ANSWER.length)]])
    expect((await exchange(proxy)).injected).toHaveLength(1)
  })

  it.each<[string, 'fin' | 'reset']>([['fin', 'fin'], ['rst', 'reset']])('break off where they should (%s)', async (how, end) => {
    const { proxy } = await struck({ faults: [`kind: truncate, octets: 10, how: ${how}`] })
    const client = (await open(proxy)).send(get())
    expect([await client.raw.closed, client.raw.text.split('\r\n\r\n')[1]]).toEqual([end, ANSWER.slice(0, 10)])
    expect((await exchange(proxy)).ending).toBe('broken')
  })

  it('are shaped after a payload was degraded', async () => {
    const { proxy } = await struck({ faults: [NULL, 'kind: resplit, octets: 3'] })
    expect((await askOnce(proxy, get())).body).toBe(FLIPPED)
    expect((await exchange(proxy)).injected.map(({ fault }) => fault)).toEqual(['null-field', 'resplit'])
  })
})
