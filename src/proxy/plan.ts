import type { Chaos } from '../chaos/decide.ts'
import type { Experiment } from '../chaos/experiment.ts'
import type { ExchangeObserver } from '../core/exchange.ts'
import type { Counter } from '../core/meter.ts'
import type { Pace } from '../core/pace.ts'
import type { Deadlines } from '../http/deadlines.ts'
import type { Matcher } from '../route/matcher.ts'
import type { Split } from '../route/split.ts'
import type { UnitReader } from '../route/unit.ts'
import type { Legs } from '../shadow/legs.ts'
import type { HeldRequests } from './inject/held.ts'
import type { Peers } from './peers.ts'
import type { Upstream } from './upstream.ts'

export interface Timeouts {
  /** ms for a connection to be there. */
  readonly connectMs: number
  /** ms from the end of the request to the first octet of the answer. */
  readonly firstByteMs: number
  /** ms between octets of the answer. */
  readonly idleMs: number
}

/** A route, compiled: closures chosen once, and an absent feature is an empty list. */
export interface Route {
  readonly name: string
  /** Cheapest first; those that read the body last. */
  readonly matchers: readonly Matcher[]
  readonly unit: UnitReader
  readonly split: Split<Upstream>
  readonly fallback: Upstream | undefined
  readonly timeouts: Timeouts
  /** Octets of a body that may be kept to decide on or to send again. */
  readonly maxBufferBytes: number
  readonly mirrors: readonly Legs[]
  /** How fast its backends answer; absent where nobody asks. */
  readonly pace: Pace | undefined
  readonly experiments: readonly Experiment[]
  readonly unitMissing: Counter
  readonly bodyUnread: Counter
  readonly fallbacks: Counter
}

/** Everything a request needs to know, immutable. A request reads it once and keeps it to its end. */
export interface Plan {
  /** Hash of the config it was made from. */
  readonly hash: string
  readonly routes: readonly Route[]
  /** Absent when no experiment is configured. */
  readonly chaos: Chaos | undefined
  /** Octets of a body that may be read before a route is found. */
  readonly maxMatchBytes: number
}

/** What a data-plane thread serves with; the plan is read anew for each request. */
export interface DataPlane {
  plan: Plan
  /** Requests being served. */
  inFlight: number
  /** Set when no more requests should come on a connection. */
  draining: boolean
  /** Monotonic and the same in all threads, ms. */
  readonly clock: () => number
  /** What the wall clock said at a time of `clock`, ms since 1970. */
  readonly wallTimeOf: (ms: number) => number
  readonly deadlines: Deadlines
  /** A new request id. */
  readonly mint: () => string
  readonly peers: Peers
  readonly held: HeldRequests
  /** What ends each tunnel that is open. */
  readonly tunnels: Set<() => void>
  /** Hears of each tunnel that has ended. */
  onTunnelEnd?: () => void
  /** The Date line of now, with CR LF. */
  readonly dateLine: () => string
  readonly observe: ExchangeObserver
  /** Counts an observer that threw. */
  readonly observerFailed: () => void
  /** Counts a request the parser refused, by reason. */
  readonly refused: (reason: string) => void
}
