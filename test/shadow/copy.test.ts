import { describe, expect, it } from 'vitest'
import { Ejection } from '../../src/core/ejection.ts'
import { CapturedAnswer } from '../../src/shadow/captured.ts'
import { MirrorCopy } from '../../src/shadow/copy.ts'
import type { PrimaryEnding } from '../../src/shadow/copy-outcome.ts'
import type { GuardedCopy } from '../../src/shadow/guarded-copy.ts'
import { UNVOUCHED } from '../../src/shadow/mirror.ts'
import { PendingTrial } from '../../src/shadow/pending-trial.ts'
import { legsOf, mirrored, offlineMirror, type OfflineMirror, requestHead, responseHead } from './support/offline.ts'

const BODY = Buffer.from('{"rooms":3}')
const POST = requestHead(`content-length: ${BODY.length}\r\n`, 'POST / HTTP/1.1')

/** A copy under way, and the connection it has once it was given one. */
interface Scene extends OfflineMirror {
  readonly copy: MirrorCopy
  readonly primary: CapturedAnswer
  connection: GuardedCopy | undefined
}

const copyOf = (offline: OfflineMirror, primary = new CapturedAnswer(100, 1)): MirrorCopy =>
  new MirrorCopy(offline.mirror, new PendingTrial(legsOf(offline), mirrored(POST), primary, 1), offline.mirror.reserve(POST))

function begin(maxBodyBytes = 100): Scene {
  const offline = offlineMirror({ maxBodyBytes })
  expect(offline.mirror.enter(POST)).toBeUndefined()
  const primary = new CapturedAnswer(maxBodyBytes, 1)
  const copy = copyOf(offline, primary)
  copy.send(mirrored(POST), UNVOUCHED, BODY, BODY.length)
  return Object.assign(offline, { copy, primary, connection: undefined })
}

type Event = (scene: Scene) => void

// what the primary's side does, and what the exchange comes to when the shadow answers well
const head = (status: number): Event => ({ primary, copy }) => {
  primary.head(responseHead(status))
  copy.primaryHead(responseHead(status))
}
const body = (octets: number): Event => ({ primary, copy }) => {
  primary.body(Buffer.alloc(octets, 'p'), 0)
  copy.primaryHolds(octets)
}
const ended = (ending: PrimaryEnding): Event => ({ copy }) => copy.primaryEnded(ending, 'live')
const PRIMARIES: Readonly<Record<string, { readonly events: readonly Event[], readonly outcome: string }>> = {
  'answers': { events: [head(200), body(2), ended('answered')], outcome: 'pair' },
  'answers 503': { events: [head(503), body(2), ended('answered')], outcome: 'primary_error' },
  'breaks off': { events: [head(200), body(2), ended('failed')], outcome: 'primary_error' },
  'fails': { events: [ended('failed')], outcome: 'primary_error' },
  'is left by its client': { events: [head(200), ended('client_gone')], outcome: 'dropped_client_abort' },
  'was under a fault': { events: [head(200), body(2), ended('injected')], outcome: 'dropped_injected' },
  'became a tunnel': { events: [ended('tunnel')], outcome: 'dropped_upgrade' }
}

// what the shadow's side does, as far as it still has something to do it with
const connect: Event = (scene) => { if (scene.waiting.length > 0) scene.connection = scene.connect() }
const heard = (event: (connection: GuardedCopy) => void): Event => ({ connection, destroyed }) => { if (connection !== undefined && destroyed() === 0) event(connection) }
const unconnected = (failure: Parameters<GuardedCopy['onUnconnected']>[0]): Event => ({ waiting }) => waiting.shift()?.onUnconnected(failure)
const answer = (status: number, lines?: string): Event => heard((connection) => connection.onResponse(undefined as never, responseHead(status, lines)))
const octets = (count: number): Event => heard((connection) => connection.onResponseBody(Buffer.alloc(count, 's')))
const whole: Event = heard((connection) => connection.onResponseEnd())
// `judged`: only when both answers are there
const SHADOWS: Readonly<Record<string, { readonly events: readonly Event[], readonly outcome: string, readonly judged?: true }>> = {
  'answers': { events: [connect, answer(200), octets(2), whole], outcome: 'pair', judged: true },
  'answers 404': { events: [connect, answer(404), octets(2), whole], outcome: 'pair', judged: true },
  'answers 500': { events: [connect, answer(500), octets(2), whole], outcome: 'shadow_error', judged: true },
  'breaks off': { events: [connect, answer(200), heard((connection) => connection.onOutboundFailed('closed'))], outcome: 'shadow_error' },
  'is slow': { events: [connect, heard((connection) => connection.onOutboundFailed('first_byte_timeout'))], outcome: 'shadow_timeout' },
  'answers too much': { events: [connect, answer(200, 'content-length: 101\r\n')], outcome: 'dropped_oversize' },
  'answers too much, piece by piece': { events: [connect, answer(200, 'transfer-encoding: chunked\r\n'), octets(100), octets(1)], outcome: 'dropped_oversize' },
  'wants to switch': { events: [connect, answer(101, 'connection: upgrade\r\nupgrade: x\r\n')], outcome: 'shadow_error' },
  'refuses': { events: [unconnected('connect_refused')], outcome: 'shadow_error' },
  'cannot be reached in time': { events: [unconnected('connect_timeout')], outcome: 'shadow_timeout' },
  'has no connection free': { events: [unconnected('pool_full')], outcome: 'dropped_in_flight' },
  'takes longer than all its time': { events: [connect, ({ copy }) => copy.expire()], outcome: 'shadow_timeout' }
}

/** All orders of two lists, each of which keeps its own. */
function orders<T>(a: readonly T[], b: readonly T[]): readonly (readonly T[])[] {
  if (a.length === 0 || b.length === 0) return [[...a, ...b]]
  return [...orders(a.slice(1), b).map((rest) => [a[0]!, ...rest]), ...orders(a, b.slice(1)).map((rest) => [b[0]!, ...rest])]
}

/** Lets things happen, and says what came of it; whatever that is, nothing may be left. */
function play(events: readonly Event[], label: string): string {
  const scene = begin()
  for (const event of events) event(scene)
  const outcomes = (): readonly string[] => [...Object.entries(scene.outcomes()).flatMap(([name, count]) => Array.from({ length: count }, () => name)), ...scene.pairs().map(() => 'pair')]
  const [first] = outcomes()
  expect(outcomes(), label).toHaveLength(1)
  expect([scene.inFlight.value, scene.bytesHeld.value, scene.waiting.length], label).toEqual([0, 0, 0])
  expect([scene.primary.pieces.length, scene.primary.bytes], label).toEqual([0, 0])
  // what comes too late changes nothing
  scene.copy.expire()
  scene.copy.primaryEnded('failed', 'live')
  scene.copy.broke()
  scene.copy.fail('dropped_error')
  expect(outcomes(), label).toEqual([first])
  expect([scene.inFlight.value, scene.bytesHeld.value], label).toEqual([0, 0])
  return first!
}

describe.each(Object.entries(PRIMARIES))('a copy of a request whose primary %s', (_, primary) => {
  it.each(Object.entries(SHADOWS))('ends in one outcome and holds nothing when the shadow %s, in whatever order', (_name, shadow) => {
    const expected = primary.outcome === 'pair' ? shadow.outcome : primary.outcome
    for (const [i, events] of orders(primary.events, shadow.events).entries()) expect(play(events, `order ${i}`), `order ${i}`).toBe(expected)
  })
})

describe('a copy of a request whose primary answers too much', () => {
  it.each(Object.entries(SHADOWS))('ends by what was known first when the shadow %s', (_name, shadow) => {
    const seen = new Set(orders([head(200), body(101), ended('answered')], shadow.events).map((events, i) => play(events, `order ${i}`)))
    expect(seen).toEqual(new Set(['dropped_oversize', ...shadow.judged === true ? [] : [shadow.outcome]]))
  })
})

describe('a copy', () => {
  it('says of its pair what both answered, and how long each took from when its connection was handed the request', () => {
    const scene = begin()
    scene.time = 10
    connect(scene)
    scene.time = 25
    answer(404)(scene)
    scene.time = 40
    octets(2)(scene)
    whole(scene)
    for (const event of PRIMARIES['answers']!.events) event(scene)
    const [pair] = scene.pairs()
    expect(pair).toMatchObject({ route: 'all', backend: 'next', mirror: 'next', leg: 'shadow', requestId: 'r1' })
    expect(pair!.primary).toMatchObject({ status: 200, body: Buffer.from('pp') })
    expect(pair!.other).toMatchObject({ status: 404, body: Buffer.from('ss'), firstByteMs: 15, durationMs: 30 })
  })

  it('gives up its connection as soon as no pair can come of it, and not when it is done with it', () => {
    const [left, done] = [begin(), begin()]
    connect(left)
    left.copy.primaryHolds(0)
    expect(left.destroyed()).toBe(0)
    left.copy.fail('dropped_oversize')
    expect([left.destroyed(), left.inFlight.value, left.bytesHeld.value]).toEqual([1, 0, 0])
    for (const event of SHADOWS['answers']!.events) event(done)
    expect(done.destroyed()).toBe(0)
  })

  it('holds the request no longer than until it is answered', () => {
    const scene = begin()
    expect(scene.bytesHeld.value).toBe(BODY.length)
    for (const event of SHADOWS['answers']!.events) event(scene)
    expect([scene.bytesHeld.value, scene.inFlight.value]).toEqual([2, 1])
  })

  it('is not sent to a shadow that is known to be ill', () => {
    const offline = offlineMirror({ healthy: () => false })
    offline.mirror.enter(POST)
    const copy = copyOf(offline)
    copy.send(mirrored(POST), UNVOUCHED, BODY, BODY.length)
    copy.primaryEnded('answered', 'live')
    expect([offline.waiting.length, offline.outcomes()]).toEqual([0, { shadow_error: 1 }])
  })

  it('that was to try a shadow which is out leaves that to the next when it is given up before it could', () => {
    const ejection = new Ejection({ failures: 1, baseMs: 10, maxMs: 10 })
    ejection.failed(0, ejection.epoch)
    const offline = offlineMirror({ ejection })
    const next = (): MirrorCopy => {
      offline.mirror.enter(POST)
      const copy = copyOf(offline)
      copy.send(mirrored(POST), UNVOUCHED, BODY, BODY.length)
      return copy
    }
    next()
    expect(offline.waiting).toHaveLength(0)
    offline.time = 10
    const probe = next()
    next()
    expect(offline.waiting).toHaveLength(1)
    probe.fail('dropped_bytes')
    expect(offline.waiting).toHaveLength(0)
    next()
    offline.connect()
    expect(ejection.ejected).toBe(false)
  })

  it('that was to try a shadow the breaker has let go leaves that to the next when it breaks', () => {
    const breaker = new Ejection({ failures: 1, baseMs: 10, maxMs: 10 })
    breaker.failed(0, breaker.epoch)
    const offline = offlineMirror({ limits: { isShedding: undefined, breaker, rate: undefined, budget: undefined } })
    expect(offline.mirror.enter(POST)).toBe('dropped_breaker')
    offline.time = 10
    expect(offline.mirror.enter(POST)).toBeUndefined()
    const probe = copyOf(offline)
    expect(offline.mirror.enter(POST)).toBe('dropped_breaker')
    Object.assign(offline.mirror, { leave: () => { throw new Error('breaks on purpose') } })
    probe.broke()
    expect(offline.mirror.enter(POST)).toBeUndefined()
  })

  it('of the baseline is no pair when another backend has answered', () => {
    const [shadow, offline] = [offlineMirror(), offlineMirror({ leg: 'baseline', backend: 'live' })]
    for (const backend of ['live', 'spare']) {
      offline.mirror.enter(POST)
      const primary = new CapturedAnswer(100, 1)
      const copy = new MirrorCopy(offline.mirror, new PendingTrial(legsOf(shadow, offline), mirrored(POST), primary, 1), BODY.length)
      copy.send(mirrored(POST), UNVOUCHED, BODY, BODY.length)
      const scene = Object.assign(offline, { copy, primary, connection: undefined })
      for (const event of SHADOWS['answers']!.events) event(scene)
      copy.primaryEnded('answered', backend)
    }
    expect([shadow.pairs().length, offline.outcomes(), offline.inFlight.value]).toEqual([1, { dropped_fallback: 1 }, 0])
  })
})
