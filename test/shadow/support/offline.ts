import { Ejection } from '../../../src/core/ejection.ts'
import { Handover, HANDOVER_MEMORY_BYTES } from '../../../src/core/handover.ts'
import { saltOf } from '../../../src/core/hash.ts'
import { RecordReader } from '../../../src/core/records.ts'
import { Deadlines } from '../../../src/http/deadlines.ts'
import type { Outbound } from '../../../src/http/outbound.ts'
import type { Pool, Waiter } from '../../../src/http/pool.ts'
import { RequestHead } from '../../../src/http/request-head.ts'
import { ResponseHead } from '../../../src/http/response-head.ts'
import type { GuardedCopy } from '../../../src/shadow/guarded-copy.ts'
import { type Fate, Mirror, type MirrorOptions } from '../../../src/shadow/mirror.ts'
import { Legs, type MirroredRequest } from '../../../src/shadow/legs.ts'
import { readTrial } from '../../../src/shadow/trial.ts'
import type { Trial } from '../../../src/core/trial.ts'
import { keyOf } from '../../../src/core/hash.ts'
import { HeadView } from '../../../src/proxy/request-view.ts'
import { type Pair, pairsOf } from '../../support/pairs.ts'
import { Count } from '../../support/count.ts'

const LIMITS = { maxHeadBytes: 16_384, maxFields: 100 }

/** A request's head, parsed. */
export function requestHead(lines = '', start = 'GET / HTTP/1.1'): RequestHead {
  const head = new RequestHead()
  const raw = Buffer.from(`${start}\r\nhost: a\r\n${lines}\r\n`, 'latin1')
  if (head.parse(raw, 0, raw.length, LIMITS) !== undefined) throw new Error(`not a request: ${raw.toString('latin1')}`)
  return head
}

/** An answer's head, parsed. */
export function responseHead(status = 200, lines = 'content-length: 2\r\n'): ResponseHead {
  const head = new ResponseHead()
  const raw = Buffer.from(`HTTP/1.1 ${status} x\r\n${lines}\r\n`, 'latin1')
  if (head.parse(raw, raw.length, 'GET', LIMITS) !== undefined) throw new Error(`not an answer: ${raw.toString('latin1')}`)
  return head
}

/** A mirror without a network: a test says what its connections do, in any order it likes. */
export interface OfflineMirror {
  readonly mirror: Mirror
  readonly sampled: Count
  readonly inFlight: Count
  readonly bytesHeld: Count
  /** Of requests by whether the primary and the other failed. */
  readonly answers: Readonly<Record<Fate, Readonly<Record<Fate, Count>>>>
  /** How copies ended, pairs aside. */
  readonly outcomes: () => Readonly<Record<string, number>>
  readonly pairs: () => readonly Pair[]
  /** Copies that want a connection, in the order they asked. */
  readonly waiting: GuardedCopy[]
  /** Heads that were sent, and connections that were given up. */
  readonly sent: string[]
  readonly destroyed: () => number
  /** Gives the copy that has waited longest a connection. */
  readonly connect: () => GuardedCopy
  /** What the clock says, ms. */
  time: number
}

export function offlineMirror(options: Partial<MirrorOptions> = {}): OfflineMirror {
  const outcomes = new Map<string, Count>()
  const posted: Trial[] = []
  const handover = new Handover(1 << 24)
  handover.connect(({ memory, size }) => {
    const reader = new RecordReader(memory, size)
    while (!reader.done) {
      reader.byte()
      posted.push(readTrial(reader))
    }
  }, new SharedArrayBuffer(HANDOVER_MEMORY_BYTES))
  const waiting: GuardedCopy[] = []
  const sent: string[] = []
  const clock = { time: 0 }
  let destroyed = 0
  const pool = {
    acquire: (waiter: Waiter) => void waiting.push(waiter as GuardedCopy), // holds: only copies ask here
    cancel: (waiter: Waiter) => void (waiting.includes(waiter as GuardedCopy) && waiting.splice(waiting.indexOf(waiter as GuardedCopy), 1))
  } as unknown as Pool // a copy asks nothing else of it
  const outbound = { reused: false, answered: false, send: (_sink: unknown, _method: string, head: string) => void sent.push(head), destroy: () => { destroyed++ } } as unknown as Outbound
  const answers = { ok: { ok: new Count(), failed: new Count() }, failed: { ok: new Count(), failed: new Count() } }
  const [sampled, inFlight, bytesHeld] = [new Count(), new Count(), new Count()]
  return {
    sampled, inFlight, bytesHeld, waiting, sent, answers,
    get time() { return clock.time },
    set time(time) { clock.time = time },
    outcomes: () => Object.fromEntries([...outcomes].filter(([, { value }]) => value > 0).map(([name, { value }]) => [name, value])),
    pairs: () => {
      handover.flush()
      return pairsOf(posted)
    },
    destroyed: () => destroyed,
    connect: () => {
      const copy = waiting.shift()!
      copy.onConnected(outbound)
      return copy
    },
    mirror: new Mirror({
      route: 'all', backend: 'next', mirror: 'next', leg: 'shadow', share: 1, salt: saltOf('mirror', 'all', 'next', 'shadow'), timeoutMs: 1000,
      maxBodyBytes: 100, maxInFlight: 10, maxBytes: 1000, forward: { host: undefined, defaultHost: '', setLines: '', dropNames: undefined }, keepCredentials: false, rewrite: undefined, strike: undefined,
      limits: { isShedding: undefined, breaker: undefined, rate: undefined, budget: undefined }, wantsRequest: false, answerHeaders: [], pool,
      ejection: new Ejection({ failures: 0, baseMs: 1, maxMs: 1 }), healthy: () => true, deadlines: new Deadlines(() => clock.time), clock: () => clock.time, handover,
      outcome: (outcome) => outcomes.get(outcome) ?? outcomes.set(outcome, new Count()).get(outcome)!,
      answers: (primary, other) => answers[primary][other],
      sampled, inFlight, bytesHeld, pairs: new Count(),
      ...options
    })
  }
}

/** A request as mirroring sees it. */
export const mirrored = (head: RequestHead = requestHead(), requestId = 'r1'): MirroredRequest =>
  ({ head, view: new HeadView(head), requestId, requestKey: keyOf(requestId), unitKey: keyOf(requestId) })

/** The legs of a mirror, of which each request is in the sample by its key. */
export const legsOf = (shadow: OfflineMirror, baseline?: OfflineMirror): Legs =>
  new Legs({ shadow: shadow.mirror, baseline: baseline?.mirror, matchers: [], sampleKey: ({ requestKey }) => requestKey, requestHeaders: [] })
