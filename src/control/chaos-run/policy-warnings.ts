import { formatDuration } from '../../core/scalars.ts'
import type { RunPolicy } from './policy.ts'

/** What a policy cannot do as it stands, for whoever wrote it; a run goes by it all the same. @param control share of the control group, 0..1 */
export function policyWarnings({ baselineMs, recoveryMs, stages, watched, harm, minRequests }: RunPolicy, control: number): readonly string[] {
  const longest = Math.max(0, ...watched.map(({ condition }) => condition.kind === 'own' ? condition.window : 0))
  const shorter = (what: string, ms: number): readonly string[] => ms >= longest ? [] : [`${what} of ${formatDuration(ms)} is shorter than the longest window, ${formatDuration(longest)}: it would be judged by few requests`]
  const slow = watched.filter(({ forMs }) => stages.every(({ durationMs }) => forMs >= durationMs))
  return [
    ...stages.length === 0 ? ['there are no stages'] : [],
    ...watched.length + harm.length === 0 ? ['there is no condition and no limit of harm: the verdict will be INCONCLUSIVE'] : [],
    ...shorter('a baseline', baselineMs),
    ...recoveryMs === 0 ? [] : shorter('a recovery', recoveryMs),
    ...slow.map(({ condition }) => `${condition.name}: no stage lasts as long as it must be violated`),
    ...harm.length > 0 && control === 0 ? ['harm is measured against a control group, and there is none'] : [],
    ...minRequests > 0 ? [] : ['without a number of requests that are wanted, a run that none was part of may pass']
  ]
}
