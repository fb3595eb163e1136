import type { Deadlines, Timed } from './deadlines.ts'
import type { Outbound, OutboundFailure } from './outbound.ts'

/** Why no connection could be had. */
export type PoolFailure = Extract<OutboundFailure, 'connect_refused' | 'connect_timeout'> | 'pool_full' | 'pool_timeout' | 'pool_closed'

/** Who waits for a connection. */
export interface Waiter {
  /** Its place in the line, for nobody else to set; undefined while it is in none. */
  ticket: Ticket | undefined
  onConnected(outbound: Outbound): void
  onUnconnected(failure: PoolFailure): void
}

/** One waiter's place in the line. */
export class Ticket implements Timed {
  deadlineMs: number
  place = -1
  /** Tickets are numbered as they are drawn. */
  readonly number: number
  readonly waiter: Waiter
  /** Whether it must be a new connection. */
  readonly fresh: boolean
  /** Who stands before and behind it. */
  before: Ticket | undefined = undefined
  behind: Ticket | undefined = undefined
  readonly line: WaitingLine

  constructor(line: WaitingLine, number: number, waiter: Waiter, fresh: boolean, deadlineMs: number) {
    this.line = line
    this.number = number
    this.waiter = waiter
    this.fresh = fresh
    this.deadlineMs = deadlineMs
  }

  expire(): void {
    this.line.onExpired(this)
  }
}

/**
 * Who waits for a connection, in the order they came. Under load nearly every request stands here for part of a turn, so
 * that coming and going costs a few assignments: no hashing, and nothing that those who have left are still tied to.
 */
export class WaitingLine {
  length = 0
  /** How many of them want a new connection. */
  freshLength = 0
  /** Tickets drawn so far. */
  drawn = 0
  /** The first. */
  first: Ticket | undefined = undefined
  /** Hears of a ticket whose time is up. */
  readonly onExpired: (ticket: Ticket) => void
  private last: Ticket | undefined = undefined
  private readonly deadlines: Deadlines

  constructor(deadlines: Deadlines, onExpired: (ticket: Ticket) => void) {
    this.deadlines = deadlines
    this.onExpired = onExpired
  }

  /** Puts a waiter at the end, for `waitMs` at most. */
  join(waiter: Waiter, fresh: boolean, waitMs: number): void {
    const { deadlines, last } = this
    const ticket = new Ticket(this, ++this.drawn, waiter, fresh, deadlines.after(waitMs))
    waiter.ticket = ticket
    ticket.before = last
    if (last === undefined) this.first = ticket
    else last.behind = ticket
    this.last = ticket
    this.length++
    if (fresh) this.freshLength++
    deadlines.add(ticket)
  }

  /** Takes a ticket out, wherever it stands. */
  leave(ticket: Ticket): void {
    const { before, behind, waiter } = ticket
    if (waiter.ticket !== ticket || ticket.line !== this) return
    waiter.ticket = undefined
    if (before === undefined) this.first = behind
    else before.behind = behind
    if (behind === undefined) this.last = before
    else behind.before = before
    ticket.before = undefined
    ticket.behind = undefined
    this.length--
    if (ticket.fresh) this.freshLength--
    this.deadlines.delete(ticket)
  }

  /** Who waits for longest, of those who may have a used connection if it is one. */
  next(used: boolean): Ticket | undefined {
    let ticket = this.first
    if (used) while (ticket?.fresh === true) ticket = ticket.behind
    return ticket
  }
}
