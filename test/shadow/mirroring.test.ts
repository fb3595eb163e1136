import { describe, expect, it } from 'vitest'
import type { Legs } from '../../src/shadow/legs.ts'
import { Mirroring } from '../../src/shadow/mirroring.ts'
import { legsOf, mirrored, offlineMirror, type OfflineMirror, requestHead, responseHead } from './support/offline.ts'

const GET = requestHead()
const POST = requestHead('content-length: 2\r\n', 'POST / HTTP/1.1')

const begin = (mirrors: readonly Legs[], head = GET, backend = 'live'): Mirroring | undefined => Mirroring.begin(mirrors, mirrored(head), backend)

/** How many requests were drawn, are under way and have ended. */
const countsOf = ({ sampled, inFlight, outcomes }: OfflineMirror): unknown => [sampled.value, inFlight.value, outcomes()]

describe('the mirroring of a request', () => {
  it('is none without mirrors, outside of their samples and for a copy', () => {
    const [out, next] = [offlineMirror({ share: 0 }), offlineMirror()]
    expect(begin([])).toBeUndefined()
    expect(begin([legsOf(out)])).toBeUndefined()
    expect(begin([legsOf(next)], requestHead('x-windtunnel-mirror: elsewhere\r\n'))).toBeUndefined()
    expect([countsOf(out), countsOf(next)]).toEqual([[0, 0, {}], [0, 0, {}]])
  })

  it('is counted and not begun when nothing of it could be compared', () => {
    const next = offlineMirror()
    expect(Mirroring.begin([legsOf(next)], mirrored(), 'live', 'dropped_injected')).toBeUndefined()
    expect(countsOf(next)).toEqual([1, 0, { dropped_injected: 1 }])
  })

  it.each([
    ['there is no place', { maxInFlight: 0 }, GET, 'dropped_in_flight'],
    ['it is too large', { maxBodyBytes: 1 }, POST, 'dropped_oversize'],
    ['there is no room', { maxBytes: 1 }, POST, 'dropped_bytes'],
    ['it asks for a tunnel', {}, requestHead('connection: upgrade\r\nupgrade: websocket\r\n'), 'dropped_upgrade']
  ])('is refused by one mirror where %s, and begun for the other', (_name, options, head, outcome) => {
    const [full, other] = [offlineMirror(options), offlineMirror(outcome === 'dropped_upgrade' ? options : {})]
    const mirroring = begin([legsOf(full), legsOf(other)], head)
    expect(countsOf(full)).toEqual([1, 0, { [outcome]: 1 }])
    if (outcome === 'dropped_upgrade') expect(mirroring).toBeUndefined()
    else expect(countsOf(other)).toEqual([1, 1, {}])
  })

  it.each([
    ['goes to the baseline\'s own backend', 1, {}, 'live', 1],
    ['goes elsewhere', 1, {}, 'canary', 0],
    ['the shadow was not drawn', 0, {}, 'live', 0],
    ['the shadow had no place for it', 1, { maxInFlight: 0 }, 'live', 0]
  ])('takes in the baseline or not when the request %s', (_name, share, options, backend, drawn) => {
    const [shadow, baseline] = [offlineMirror({ share, ...options }), offlineMirror({ leg: 'baseline', backend: 'live' })]
    begin([legsOf(shadow, baseline)], GET, backend)
    expect([baseline.sampled.value, baseline.inFlight.value]).toEqual([drawn, drawn])
  })

  it('wants as much of the body as the mirror that takes most', () => {
    expect(begin([legsOf(offlineMirror({ maxBodyBytes: 7 })), legsOf(offlineMirror({ maxBodyBytes: 70 }))])?.maxBodyBytes).toBe(70)
  })

  it('sends each copy once, says where the request came from, and takes the body whole', () => {
    const [next, after] = [offlineMirror(), offlineMirror()]
    const mirroring = begin([legsOf(next), legsOf(after)], POST)!
    const identity = { drop: 0, dropNames: undefined, lines: 'forwarded: for=192.0.2.1\r\n' }
    for (let i = 0; i < 2; i++) mirroring.send([Buffer.from('{'), Buffer.from('}')], 2, identity)
    for (const { waiting, connect, sent } of [next, after]) {
      expect(waiting).toHaveLength(1)
      connect()
      expect(sent).toHaveLength(1)
      expect(sent[0]).toMatch(/^POST \/ HTTP\/1\.1\r\nhost: a\r\nforwarded: for=192\.0\.2\.1\r\ncontent-length: 2\r\nx-request-id: r1\r\nx-windtunnel-mirror: next\r\n\r\n$/)
    }
  })

  it.each<[string, readonly Buffer[] | undefined, number, string]>([
    ['that was not kept', undefined, 2, 'dropped_early_answer'],
    ['that has grown too large', [Buffer.alloc(101)], 101, 'dropped_oversize'],
    ['that has grown too large to be kept', undefined, 101, 'dropped_oversize']
  ])('drops a copy of a body %s', (_name, body, octets, outcome) => {
    const next = offlineMirror()
    const chunked = requestHead('transfer-encoding: chunked\r\n', 'POST / HTTP/1.1')
    const mirroring = begin([legsOf(next)], chunked)!
    mirroring.send(body, octets)
    mirroring.primaryEnded('answered', 'live')
    expect([countsOf(next), next.bytesHeld.value]).toEqual([[1, 0, { [outcome]: 1 }], 0])
  })

  it('drops a copy that was never sent, and sends none afterwards', () => {
    const next = offlineMirror()
    const mirroring = begin([legsOf(next)], POST)!
    mirroring.primaryEnded('answered', 'live')
    mirroring.send([Buffer.from('{}')], 2)
    expect([countsOf(next), next.bytesHeld.value, next.waiting.length]).toEqual([[1, 0, { dropped_early_answer: 1 }], 0, 0])
  })

  it('times the primary from when the whole request could be asked, as it times the copy', () => {
    const next = offlineMirror()
    const mirroring = begin([legsOf(next)], POST)!
    next.time = 500
    mirroring.send([Buffer.from('{}')], 2)
    const copy = next.connect()
    next.time = 520
    mirroring.primaryHead(responseHead())
    mirroring.primaryBody(Buffer.from('ok'))
    next.time = 550
    mirroring.primaryEnded('answered', 'live')
    next.time = 600
    copy.onResponse(undefined as never, responseHead(201))
    copy.onResponseBody(Buffer.from('no'))
    copy.onResponseEnd()
    const [pair] = next.pairs()
    expect([pair?.primary.firstByteMs, pair?.primary.durationMs, pair?.other.firstByteMs, pair?.other.durationMs]).toEqual([20, 50, 100, 100])
    expect([pair?.primary.status, String(pair?.primary.body), pair?.other.status, String(pair?.other.body)]).toEqual([200, 'ok', 201, 'no'])
  })

  it('times a primary that answers before it has all from the beginning', () => {
    const next = offlineMirror()
    const mirroring = begin([legsOf(next)], POST)!
    next.time = 20
    mirroring.primaryHead(responseHead())
    mirroring.primaryBody(Buffer.from('ok'))
    next.time = 500
    mirroring.send([Buffer.from('{}')], 2)
    const copy = next.connect()
    next.time = 550
    mirroring.primaryEnded('answered', 'live')
    copy.onResponse(undefined as never, responseHead())
    copy.onResponseEnd()
    const [pair] = next.pairs()
    expect([pair?.primary.firstByteMs, pair?.primary.durationMs, pair?.other.firstByteMs]).toEqual([20, 550, 50])
  })

  it('keeps the primary\'s answer until the last copy is done with it', () => {
    const [next, after] = [offlineMirror(), offlineMirror()]
    const mirroring = begin([legsOf(next), legsOf(after)])!
    mirroring.send([], 0)
    mirroring.primaryHead(responseHead())
    mirroring.primaryBody(Buffer.from('ok'))
    const [first, second] = [next.connect(), after.connect()]
    first.onOutboundFailed('closed')
    expect([next.bytesHeld.value, after.bytesHeld.value]).toEqual([0, 2])
    mirroring.primaryEnded('answered', 'live')
    second.onResponse(undefined as never, responseHead())
    second.onResponseBody(Buffer.from('ok'))
    second.onResponseEnd()
    expect([countsOf(next), countsOf(after), after.pairs().map(({ primary }) => String(primary.body))]).toEqual([[1, 0, { shadow_error: 1 }], [1, 0, {}], ['ok']])
  })
})
