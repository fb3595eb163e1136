import type { Ending } from '../core/exchange.ts'
import type { Outbound } from '../http/outbound.ts'
import type { PoolFailure, Waiter } from '../http/pool.ts'
import type { PrimaryEnding } from '../shadow/copy-outcome.ts'
import type { Mirroring } from '../shadow/mirroring.ts'
import type { AlteredAnswer } from './inject/altered-answer.ts'
import { RequestState } from './request-state.ts'

/** All that has been begun for one request - an exchange with a backend, a fault, copies - and how it ends: once, and all of it. */
export abstract class BegunRequest extends RequestState implements Waiter {
  ticket: Waiter['ticket'] = undefined
  mirroring: Mirroring | undefined = undefined
  protected outbound: Outbound | undefined = undefined
  /** What the answer goes through, where a fault is to be had on it. */
  protected altered: AlteredAnswer | undefined = undefined
  protected ended = false

  abstract onConnected(outbound: Outbound): void
  abstract onUnconnected(failure: PoolFailure): void

  protected sendMirrors(): void {
    const { mirroring, head, body, peer, data: { peers } } = this
    const identity = { drop: peer.drop, dropNames: peers.replaced(peer), lines: peers.lines(peer, head) }
    mirroring?.send(body.whole ? body.pieces : undefined, body.bytes, identity)
  }

  // runs once per accepted request, whatever happened to it
  protected finish(ending: Ending): void {
    if (this.ended) return
    this.record(ending)
    this.endMirroring(ending)
  }

  // ends everything that was begun for the request, and tells those who watch
  protected record(ending: Ending): void {
    const { data, upstream, outbound } = this
    this.ended = true
    this.endedMs = data.clock()
    data.inFlight--
    this.outbound = undefined
    this.injector?.end()
    this.altered = undefined
    if (ending === 'client_gone' || ending === 'broken') upstream?.pool.cancel(this)
    outbound?.destroy()
    this.attempts.end()
    this.body.forget()
    try {
      data.observe(this.exchange(ending))
    } catch {
      data.observerFailed() // who watches may fail; who is watched may not
    }
  }

  protected endMirroring(ending: Ending): void {
    const { mirroring } = this
    this.mirroring = undefined
    mirroring?.primaryEnded((this.injector?.injected.length ?? 0) === 0 ? PRIMARY_ENDINGS[ending] : 'injected', this.upstream?.name ?? '', this.endedMs)
  }
}

const PRIMARY_ENDINGS: Readonly<Record<Ending, PrimaryEnding>> = { answered: 'answered', local: 'failed', broken: 'failed', client_gone: 'client_gone', tunnel: 'tunnel' }
