/** How an accepted request ended. */
export type Ending =
  | 'answered' // a backend's answer was sent whole
  | 'local' // answered here: no route, an injected abort, a backend that could not be reached
  | 'client_gone' // the client left, or broke the rules, before it had a whole answer
  | 'broken' // the backend failed after its answer had begun; the client saw a broken transfer
  | 'tunnel' // switched to another protocol; the exchange ends when the switch is made

/** What chaos did to an exchange. */
export interface Injection {
  readonly experiment: string
  readonly fault: string
}

/** What became of one fault of a request that was hit. */
export interface FaultRecord {
  readonly kind: string
  /** `planned` until it happens or is known not to. */
  result: 'planned' | 'injected' | 'skipped'
  /** Why it was skipped; empty otherwise. */
  reason: string
  /** What was drawn: ms of a delay, status of an abort. */
  readonly detail: string
  /** The answer's text before and after, for faults that change it and where that is kept. */
  change: Change | undefined
}

/** A change of an answer's text. */
export interface Change {
  readonly before: string
  readonly after: string
}

/** Whether an experiment hits a request, or holds those it hits against it. */
export type Group = 'experiment' | 'control' | 'rest'

/** What one running chaos experiment decided for one request in its scope. */
export interface Decision {
  readonly experiment: string
  /** Whose answer: the client's, or a copy's. */
  readonly side: 'primary' | 'shadow'
  readonly group: Group
  /** The draw: it is hit when this is below `share`. -1 where the share is taken in blocks. */
  readonly drawn: number
  readonly share: number
  /** Why a request that was drawn is not hit after all; empty when it is, or was not drawn. */
  skip: string
  readonly faults: readonly FaultRecord[]
}

/** The frozen record of one finished client request: what was decided, what happened, what was injected. */
export interface Exchange {
  readonly requestId: string
  /** Wall clock at the request's head, ms since 1970. */
  readonly startedAtMs: number
  readonly method: string
  /** Path without its query. */
  readonly path: string
  readonly host: string
  readonly client: string
  /** Route name; empty when none matched. */
  readonly route: string
  /** Backend that answered, or the last one asked; empty when none was. */
  readonly backend: string
  /** Backend the split assigned, whoever answered. */
  readonly arm: string
  /** Status sent to the client; 0 when none was. */
  readonly status: number
  readonly ending: Ending
  /** Why Windtunnel answered or gave up itself; empty when it did not. */
  readonly code: string
  readonly requestBytes: number
  readonly responseBytes: number
  /** ms from the request's head to the first octet of the backend's answer; -1 when none came. */
  readonly firstByteMs: number
  /** ms from the request's head to the end. */
  readonly durationMs: number
  /** Times a backend was asked. */
  readonly attempts: number
  readonly injected: readonly Injection[]
  /** What running chaos experiments decided for it, hit or not. */
  readonly decisions: readonly Decision[]
}

/** Who is told of finished exchanges. Must not throw and must not wait: it runs where requests are served. */
export type ExchangeObserver = (exchange: Exchange) => void
