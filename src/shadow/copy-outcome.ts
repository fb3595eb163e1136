import type { Fate, MirrorOutcome } from './mirror.ts'

/** How the primary's side of an exchange ended, as far as a comparison cares. */
export type PrimaryEnding = 'answered' | 'failed' | 'client_gone' | 'injected' | 'tunnel' | 'other_backend'

/** How both sides of a copied request have ended. */
export interface Ends {
  readonly primary: PrimaryEnding
  readonly primaryStatus: number
  /** Why nothing will be compared; undefined where the copy was answered. */
  readonly failure: MirrorOutcome | undefined
  readonly status: number
}

/** What a copy ends in; undefined for answers that can be compared, of which the comparison says it. */
export function outcomeOf(ends: Ends): MirrorOutcome | undefined {
  switch (ends.primary) {
    case 'injected': return 'dropped_injected'
    case 'tunnel': return 'dropped_upgrade'
    case 'other_backend': return 'dropped_fallback'
    case 'client_gone': return 'dropped_client_abort'
    default: return primaryFate(ends) === 'failed' ? 'primary_error' : ends.failure ?? (ends.status >= 500 ? 'shadow_error' : undefined)
  }
}

/** Whether the primary and the other have failed, where it is known of both: a request that was dropped says nothing of it. */
export function fatesOf(ends: Ends): readonly [primary: Fate, other: Fate] | undefined {
  const { primary, failure, status } = ends
  if (primary !== 'answered' && primary !== 'failed') return undefined
  if (failure !== undefined && failure !== 'shadow_error' && failure !== 'shadow_timeout') return undefined
  return [primaryFate(ends), failure !== undefined || status >= 500 ? 'failed' : 'ok']
}

const primaryFate = ({ primary, primaryStatus }: Ends): Fate => primary === 'failed' || primaryStatus >= 500 ? 'failed' : 'ok'
