import type { Strike } from '../chaos/decide.ts'
import { unreachable } from '../core/unreachable.ts'
import type { Effect } from '../chaos/fault.ts'

/** A request that waits because a fault says so. */
export interface HeldRequest {
  readonly experiment: string
  /** Lets it go on now. */
  release(): void
}

/** Requests that are being held back, so that stopping an experiment lets them go at once. */
export class HeldRequests {
  private readonly members = new Set<HeldRequest>()

  add(held: HeldRequest): void {
    this.members.add(held)
  }

  delete(held: HeldRequest): void {
    this.members.delete(held)
  }

  get size(): number {
    return this.members.size
  }

  /** Lets go what one experiment holds, or everything. */
  release(experiment?: string): void {
    for (const held of [...this.members]) if (experiment === undefined || held.experiment === experiment) held.release()
  }
}

/** What strikes are carried out on. */
export interface Target {
  /** Notes that a fault was had. */
  struck(strike: Strike): void
  /** Sends the fault's answer; the request is over. */
  answerInjected(effect: Extract<Effect, { do: 'answer' }>): void
}

/**
 * Carries out strikes one after another, then goes on. The only place that waits or answers because of chaos.
 * @returns what cancels it when the client leaves
 */
export function inject(strikes: readonly Strike[], target: Target, held: HeldRequests, goOn: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  let waiting: HeldRequest | undefined
  const step = (index: number): void => {
    const strike = strikes[index]
    if (strike === undefined) return goOn()
    const { effect, injection } = strike
    target.struck(strike)
    switch (effect.do) {
      case 'wait': {
        const next = (): void => {
          cancel()
          step(index + 1)
        }
        // released requests go on without the faults that were still to come
        waiting = { experiment: injection.experiment, release: () => { cancel(); goOn() } }
        held.add(waiting)
        timer = setTimeout(next, effect.ms)
        return
      }
      case 'answer':
        return target.answerInjected(effect)
      default:
        return unreachable(effect)
    }
  }
  const cancel = (): void => {
    clearTimeout(timer)
    if (waiting !== undefined) held.delete(waiting)
    waiting = undefined
  }
  step(0)
  return cancel
}
