import { degradeBody } from '../chaos/answers/degrade-body.ts'
import { type Chaos, decide, type Strike, type Verdict } from '../chaos/decide.ts'
import type { Experiment } from '../chaos/experiment.ts'
import type { Effect } from '../chaos/fault.ts'
import type { CopyAnswer, CopyFaults } from '../core/copy-faults.ts'
import type { RequestView } from '../core/request-view.ts'
import type { HeldRequests } from '../proxy/inject/held.ts'
import type { MirroredRequest } from '../shadow/legs.ts'
import type { MirrorOptions } from '../shadow/mirror.ts'
import type { CompileDependencies } from './compile.ts'

/** The experiments of a route, with what all share. */
export interface RouteChaos {
  readonly chaos: Chaos
  readonly experiments: readonly Experiment[]
}

/** What experiments do to the copies a mirror sends, which no client notices; undefined where none is on copies. */
export function shadowStrike(backend: string, route: string, { chaos, experiments }: RouteChaos, { clock, wallClock, held, recordChaos }: CompileDependencies): MirrorOptions['strike'] {
  const concerned = experiments.filter(({ scope: { arm } }) => arm !== 'primary')
  if (concerned.length === 0) return undefined
  const readsBody = concerned.some(({ scope }) => scope.needsBody)
  return (mirrored, body) => {
    const nowMs = clock()
    if (chaos.switchboard.isIdle(nowMs)) return undefined
    const request = readsBody ? withBody(mirrored.view, body) : mirrored.view
    const verdict = decide(concerned, chaos, { request, backend, keys: { request: mirrored.requestKey, unit: mirrored.unitKey }, nowMs, side: 'shadow' })
    if (verdict.decisions.length === 0) return undefined
    const record = { requestId: mirrored.requestId, atMs: wallClock(), route, backend, decisions: verdict.decisions }
    return new StruckCopy(verdict, mirrored, chaos, held, () => recordChaos(record))
  }
}

// the data plane need not have read it, and need not wait for it
function withBody(view: RequestView, body: Buffer): RequestView {
  let parsed: { readonly json: unknown } | undefined
  const json = (): unknown => (parsed ??= { json: view.json() ?? parse(body) }).json
  return {
    method: view.method, path: view.path, host: view.host, json,
    header: (name) => view.header(name), query: (name) => view.query(name), cookie: (name) => view.cookie(name)
  }
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

/** Chaos in one copy. */
class StruckCopy implements CopyFaults {
  readonly waitMs: number
  readonly answer: CopyFaults['answer']
  private readonly strikes: readonly Strike[]
  private readonly chaos: Chaos
  private readonly held: HeldRequests
  private readonly path: string
  private readonly record: () => void
  private isOver = false

  constructor({ strikes }: Verdict, { head }: MirroredRequest, chaos: Chaos, held: HeldRequests, record: () => void) {
    this.strikes = strikes
    this.chaos = chaos
    this.held = held
    this.record = record
    this.path = head.path
    this.waitMs = strikes.reduce((sum, { effect }) => effect.do === 'wait' ? sum + effect.ms : sum, 0)
    this.answer = this.firstAnswer()
  }

  hold(goOn: () => void): () => void {
    for (const strike of this.strikes) if (strike.effect.do === 'wait' || (strike.effect.do === 'answer' && strike.record.result === 'planned')) this.struck(strike)
    if (this.waitMs === 0) {
      goOn()
      return () => undefined
    }
    const done = (): void => {
      cancel()
      goOn()
    }
    const waiting = { experiments: this.strikes.map(({ injection }) => injection.experiment), release: done }
    const timer = setTimeout(done, this.waitMs)
    const cancel = (): void => {
      clearTimeout(timer)
      this.held.delete(waiting)
    }
    this.held.add(waiting)
    return cancel
  }

  degrade({ status, contentType, contentEncoding, body }: CopyAnswer, streamed: boolean): Buffer | undefined {
    const strikes = this.strikes.filter(({ effect, record }) => effect.do === 'degrade' && record.result === 'planned')
    if (strikes.length === 0) return undefined
    if (streamed) for (const strike of strikes) this.spared(strike, 'streamed')
    const wanted = streamed ? [] : strikes.flatMap((strike) => strike.effect.do !== 'degrade' ? [] : [{
      degrade: strike.effect.degrade,
      done: (change: { readonly before: string, readonly after: string } | undefined, reason: string) => {
        if (change === undefined) return this.spared(strike, reason)
        this.struck(strike)
        if (this.chaos.keepsChanges) strike.record.change = change
      }
    }])
    return wanted.length === 0 ? undefined : degradeBody({ path: this.path, status, contentType }, contentEncoding, body, wanted)
  }

  end(): void {
    if (this.isOver) return
    this.isOver = true
    for (const strike of this.strikes) this.spared(strike, 'not_reached')
    if (this.strikes.length > 0) this.chaos.switchboard.leave()
    this.record()
  }

  private firstAnswer(): CopyFaults['answer'] {
    const [first, ...rest] = this.strikes.filter(({ effect }) => effect.do === 'answer')
    if (first?.effect.do !== 'answer') return undefined
    for (const strike of rest) this.spared(strike, 'preempted')
    return answerOf(first.effect)
  }

  private struck({ record, injection }: Strike): void {
    if (record.result !== 'planned') return
    record.result = 'injected'
    this.chaos.injected(injection, 'shadow').add()
  }

  private spared({ record, injection }: Strike, reason: string): void {
    if (record.result !== 'planned') return
    record.result = 'skipped'
    record.reason = reason
    this.chaos.skipped(injection.experiment, reason).add()
  }
}

function answerOf({ status, headers, body }: Extract<Effect, { do: 'answer' }>): NonNullable<CopyFaults['answer']> {
  const contentType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  return { status, contentType, body: Buffer.from(body, 'utf8') }
}
