import type { Ending, Exchange } from '../core/exchange.ts'
import { type Key, keyOf } from '../core/hash.ts'
import { X_REQUEST_ID } from '../http/field-id.ts'
import type { Inbound } from '../http/inbound.ts'
import type { RequestHead } from '../http/request-head.ts'
import { Attempts } from './attempts.ts'
import type { RequestFacts } from './heads.ts'
import type { Injector } from './inject/injector.ts'
import type { Peer } from './peers.ts'
import type { DataPlane, Plan, Route } from './plan.ts'
import { RequestBody } from './request-body.ts'
import { HeadView } from './request-view.ts'
import type { Upstream } from './upstream.ts'

// longest x-request-id taken from a client
const MAX_ID = 128

/** What is known of one accepted request, and in the end its record. */
export class RequestState implements RequestFacts {
  readonly data: DataPlane
  /** Read once; a reload during the request changes nothing for it. */
  readonly plan: Plan
  readonly head: RequestHead
  readonly view: HeadView
  readonly peer: Peer
  readonly requestId: string
  readonly idTaken: boolean
  readonly requestKey: Key
  readonly startedMs: number
  readonly body: RequestBody
  route: Route | undefined = undefined
  /** Whom the assignment sticks to. */
  unitKey: Key
  arm = ''
  upstream: Upstream | undefined = undefined
  /** What chaos does to it; undefined for almost every request. */
  injector: Injector | undefined = undefined
  protected readonly attempts: Attempts = new Attempts()
  protected status = 0
  protected code = ''
  protected responseBytes = 0
  protected firstByteMs = -1
  protected endedMs = 0

  constructor(data: DataPlane, inbound: Inbound, peer: Peer) {
    const { head } = inbound
    this.data = data
    this.plan = data.plan
    this.head = head
    this.peer = peer
    this.startedMs = data.clock()
    const given = head.has(X_REQUEST_ID) ? head.known(X_REQUEST_ID) ?? '' : ''
    this.idTaken = given !== '' && given.length <= MAX_ID && /^[\x21-\x7e]+$/.test(given)
    this.requestId = this.idTaken ? given : data.mint()
    this.requestKey = keyOf(this.requestId)
    this.unitKey = this.requestKey
    this.view = new HeadView(head)
    this.body = new RequestBody(inbound)
  }

  get continued(): boolean {
    return this.body.continued
  }

  /** The record of it. */
  protected exchange(ending: Ending): Exchange {
    const { data, head } = this
    const durationMs = this.endedMs - this.startedMs
    return Object.freeze({
      requestId: this.requestId,
      startedAtMs: data.wallTimeOf(this.startedMs),
      method: head.method,
      path: head.path,
      host: head.authority,
      client: this.peer.address,
      route: this.route?.name ?? '',
      backend: this.upstream?.name ?? '',
      arm: this.arm,
      status: this.status,
      ending,
      code: this.code,
      requestBytes: this.body.bytes,
      responseBytes: this.responseBytes,
      firstByteMs: this.firstByteMs,
      durationMs,
      attempts: this.attempts.count,
      injected: this.injector?.injected ?? NOTHING,
      decisions: this.injector?.decisions ?? NOTHING
    })
  }
}

const NOTHING: readonly never[] = Object.freeze([])
