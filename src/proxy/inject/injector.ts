import type { Chaos, Strike, Verdict } from '../../chaos/decide.ts'
import type { Break, Effect } from '../../chaos/fault.ts'
import type { Change, Decision, Injection } from '../../core/exchange.ts'
import type { BodyFraming } from '../../http/body-writer.ts'
import type { ResponseHead } from '../../http/response-head.ts'
import { type Alteration, AlteredAnswer, type Client, type HeadMaker } from './altered-answer.ts'
import { injectBefore, isBefore } from './before.ts'
import type { HeldRequests } from './held.ts'

/** What an injector needs of the exchange it acts on. */
export interface Struck {
  /** Answers with what a fault says; the exchange is over. */
  answerInjected(effect: Extract<Effect, { do: 'answer' }>, mark: string): void
  /** Breaks the client's connection; the exchange is over. */
  breakConnection(how: Exclude<Break, { how: 'hang' }>): void
  respond(head: string, framing: BodyFraming, octets: Buffer | undefined): boolean
  write(octets: Buffer): boolean
  complete(trailers: string): void
  cutAnswer(how: 'fin' | 'rst'): void
  pauseBackend(paused: boolean): void
}

/** Chaos in one exchange: carries out what was decided, keeps account of it, and can be stopped at any moment. */
export class Injector implements Client {
  /** What was had so far, in order. */
  readonly injected: Injection[] = []
  readonly decisions: readonly Decision[]
  private readonly strikes: readonly Strike[]
  private readonly exchange: Struck
  private readonly chaos: Chaos
  private readonly held: HeldRequests
  private answer: AlteredAnswer | undefined
  private cancelBefore: (() => void) | undefined
  private isOver = false

  constructor(exchange: Struck, { strikes, decisions }: Verdict, chaos: Chaos, held: HeldRequests) {
    this.exchange = exchange
    this.strikes = strikes
    this.decisions = decisions
    this.chaos = chaos
    this.held = held
  }

  /** Does what is to be done before the backend is asked, then goes on, unless that ends the request. */
  before(goOn: () => void): void {
    const strikes = this.strikes.filter(isBefore)
    if (strikes.length === 0) return goOn()
    this.cancelBefore = injectBefore(strikes, this, this.held, goOn)
  }

  /** The backend's answer begins. @returns what it goes through; undefined when it goes to the client as it is */
  alter(head: ResponseHead, framing: BodyFraming, rules: Pick<Alteration, 'path' | 'maxBytes' | 'minor'>, isRunning: (slot: number) => boolean, makeHead: HeadMaker): AlteredAnswer | undefined {
    // a script that was had on the answer of a backend which then failed is in the midst of it, and not to be had on another's
    const strikes = this.strikes.filter((strike) => !isBefore(strike) && strike.record.result === 'planned')
    if (strikes.length === 0) return undefined
    this.answer = new AlteredAnswer({ ...rules, strikes, isRunning }, this)
    this.held.add(this.answer)
    this.answer.begin(head, framing, makeHead)
    return this.answer
  }

  /** What clients are told, where an experiment says so: a line with CR LF, or nothing. */
  get mark(): string {
    const marked = this.strikes.filter(({ mark, record }) => mark && record.result !== 'skipped')
    return marked.length === 0 ? '' : `x-windtunnel-chaos: ${marked.map(({ injection: { experiment, fault } }) => `${experiment}/${fault}`).join(', ')}\r\n`
  }

  /** The backend has failed, and what was to be done with its answer is not; another may be asked. */
  forgetAnswer(): void {
    if (this.answer === undefined) return
    this.answer.cancel()
    this.held.delete(this.answer)
    this.answer = undefined
  }

  /** The exchange is over: whatever waits is let go, and what never happened is counted so. */
  end(): void {
    if (this.isOver) return
    this.cancelBefore?.()
    this.forgetAnswer()
    for (const strike of this.strikes) if (strike.record.result === 'planned') this.spared(strike, 'not_reached')
    this.isOver = true
    if (this.strikes.length > 0) this.chaos.switchboard.leave()
  }

  // --- what is told of faults

  struck(strike: Strike): void {
    if (strike.record.result !== 'planned') return
    strike.record.result = 'injected'
    this.injected.push(strike.injection)
    this.chaos.injected(strike.injection, 'primary').add()
  }

  spared(strike: Strike, reason: string): void {
    if (strike.record.result !== 'planned') return
    strike.record.result = 'skipped'
    strike.record.reason = reason
    this.chaos.skipped(strike.injection.experiment, reason).add()
  }

  changed(strike: Strike, change: Change): void {
    this.struck(strike)
    if (this.chaos.keepsChanges) strike.record.change = change
  }

  // --- what is done to the exchange

  answerInjected(effect: Extract<Effect, { do: 'answer' }>): void {
    this.exchange.answerInjected(effect, this.mark)
  }

  breakConnection(how: Exclude<Break, { how: 'hang' }>): void {
    this.exchange.breakConnection(how)
  }

  respond(head: string, framing: BodyFraming, octets: Buffer | undefined): boolean {
    return this.exchange.respond(head, framing, octets)
  }

  write(octets: Buffer): boolean {
    return this.exchange.write(octets)
  }

  complete(trailers: string): void {
    this.exchange.complete(trailers)
  }

  cutAnswer(how: 'fin' | 'rst'): void {
    this.exchange.cutAnswer(how)
  }

  pauseBackend(paused: boolean): void {
    this.exchange.pauseBackend(paused)
  }
}
