import type { Strike } from '../../chaos/decide.ts'
import type { Break, Effect } from '../../chaos/fault.ts'
import type { HeldExchange, HeldRequests } from './held.ts'

/** What strikes are carried out on. */
export interface Target {
  /** Notes that a fault was had. */
  struck(strike: Strike): void
  /** Notes that one was not. */
  spared(strike: Strike, reason: string): void
  /** Sends the fault's answer; the request is over. */
  answerInjected(effect: Extract<Effect, { do: 'answer' }>): void
  /** Breaks the connection; the request is over. */
  breakConnection(how: Exclude<Break, { how: 'hang' }>): void
}

/** Whether a fault happens before the backend is asked. */
export const isBefore = ({ effect }: Strike): boolean =>
  (effect.do === 'wait' || effect.do === 'answer' || effect.do === 'break') && effect.phase === 'before'

/**
 * Carries out strikes one after another before the backend is asked, then goes on: waits, and the first of what ends the
 * request. Who is released goes on without those that were still to come.
 * @returns what cancels it when the client leaves
 */
export function injectBefore(strikes: readonly Strike[], target: Target, held: HeldRequests, goOn: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  let waiting: HeldExchange | undefined
  const cancel = (): void => {
    clearTimeout(timer)
    if (waiting !== undefined) held.delete(waiting)
    waiting = undefined
  }
  const spare = (from: number, reason: string): void => {
    for (const strike of strikes.slice(from)) target.spared(strike, reason)
  }
  const hold = ({ injection }: Strike, index: number): void => {
    waiting = {
      experiments: [injection.experiment],
      release: () => {
        cancel()
        spare(index + 1, 'released')
        goOn()
      }
    }
    held.add(waiting)
  }
  const step = (index: number): void => {
    const strike = strikes[index]
    if (strike === undefined) return goOn()
    const { effect } = strike
    target.struck(strike)
    if (effect.do === 'wait') {
      hold(strike, index)
      timer = setTimeout(() => {
        cancel()
        step(index + 1)
      }, effect.ms)
      return
    }
    spare(index + 1, 'preempted')
    if (effect.do === 'answer') return target.answerInjected(effect)
    if (effect.do !== 'break') return goOn() // not of this phase
    if (effect.break.how === 'hang') return hold(strike, index)
    target.breakConnection(effect.break)
  }
  step(0)
  return cancel
}
