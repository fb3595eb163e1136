import type { Facts } from './facts.ts'
import type { Expectation, Round } from './plan.ts'

export type VerdictKind = 'detected' | 'late' | 'missed' | 'suppressed' | 'misrouted' | 'rule_error' | 'flapped' | 'already_firing' | 'under_dosed' | 'unobserved'

/** What became of an expected alert, and why. */
export interface Verdict {
  readonly kind: VerdictKind
  readonly reason: string
}

/** Verdicts that say nothing of the alerting. */
const INCONCLUSIVE: ReadonlySet<VerdictKind> = new Set(['already_firing', 'under_dosed', 'unobserved'])

export const isConclusive = (kind: VerdictKind): boolean => !INCONCLUSIVE.has(kind)

/** Share of its time that an alert may have gone unwatched for silence to count. */
const MAX_BLIND = 0.1

/**
 * Judges what was seen of an expected alert. What a fault cannot be blamed for comes first, then what was seen for sure; that
 * nothing was seen counts only where enough was injected, and someone looked.
 */
export function verdictOf(facts: Facts, { withinMs }: Pick<Expectation, 'withinMs'>, { minInjected }: Pick<Round, 'minInjected'>): Verdict {
  const { dose, beganMs, firingMs, notified, firings, blind } = facts
  if (facts.activeBefore !== undefined) return { kind: 'already_firing', reason: facts.activeBefore }
  if (notified === undefined && facts.ruleProblem !== undefined) return { kind: 'rule_error', reason: facts.ruleProblem }
  const isBlind = blind !== undefined && blind.ms > MAX_BLIND * withinMs
  const unobserved: Verdict = { kind: 'unobserved', reason: `${blind?.source ?? ''} did not answer for ${seconds(blind?.ms ?? 0)}` }
  if (beganMs === undefined) return isBlind && blind.source === 'Windtunnel' ? unobserved : { kind: 'under_dosed', reason: 'nothing was injected' }
  const deadlineMs = beganMs + withinMs
  if (notified !== undefined && notified.atMs <= deadlineMs) {
    return firings > 1
      ? { kind: 'flapped', reason: `noticed after ${seconds(notified.atMs - beganMs)}, but it fired ${firings} times` }
      : { kind: 'detected', reason: `noticed after ${seconds(notified.atMs - beganMs)}` }
  }
  if (notified === undefined && facts.suppressedBy !== undefined) return { kind: 'suppressed', reason: `it fired, and Alertmanager kept quiet: ${facts.suppressedBy.join(', ') || 'it does not say why'}` }
  if (notified === undefined && facts.misroutedTo !== undefined) return { kind: 'misrouted', reason: `it went to ${facts.misroutedTo.join(', ')}${facts.receiver === undefined ? '' : ` and not to ${facts.receiver}`}` }
  if (dose.count < minInjected) return { kind: 'under_dosed', reason: `${dose.count} faults were injected, of ${minInjected} that would tell` }
  if (notified !== undefined) {
    // it may have been there before it could be seen
    return isBlind && notified.by !== 'webhook' ? unobserved
      : { kind: 'late', reason: `noticed after ${seconds(notified.atMs - beganMs)}, ${seconds(notified.atMs - deadlineMs)} too late` }
  }
  // what arrives at our own receiver needs nobody's answer to be seen
  if (isBlind && (firingMs === undefined || facts.watchedBy !== 'webhook')) return unobserved
  return { kind: 'missed', reason: missedBecause(facts) }
}

function missedBecause({ dose, beganMs, pendingMs, firingMs, watchedBy }: Facts): string {
  if (pendingMs === undefined) return `it never became pending, with ${dose.count} faults injected`
  if (firingMs === undefined) return `it became pending after ${seconds(pendingMs - (beganMs ?? pendingMs))}, but never fired`
  return watchedBy === 'webhook' ? 'it fired, but no notification arrived' : 'it fired, but Alertmanager did not have it'
}

/** Time for people: `12.3 s`, `4 min 5 s`. */
export function seconds(ms: number): string {
  if (ms < 119_950) return `${(ms / 1000).toFixed(1)} s`
  const whole = Math.round(ms / 1000)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}
