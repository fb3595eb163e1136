import { armsSince } from './arms.ts'
import type { RunPolicy } from './policy.ts'
import type { EndedHow, RunReason, RunState, RunVerdict } from './state.ts'
import { about } from './watch.ts'

/**
 * What a run has shown. FAIL: it was halted, or a hypothesis did not hold while faults were on, or not again at the end of
 * recovery. INCONCLUSIVE: it did not run to its end, or too little was seen of it. PASS: neither.
 */
export function judge(state: RunState, policy: RunPolicy, how: EndedHow, reason: RunReason): RunVerdict {
  const failed = [...how === 'halted' ? [reason] : [], ...violated(state, policy), ...state.notRecovered]
  if (how !== 'completed' && how !== 'halted') return { kind: failed.length > 0 ? 'FAIL' : 'INCONCLUSIVE', reasons: [...failed, reason] }
  if (failed.length > 0) return { kind: 'FAIL', reasons: failed }
  const missing = tooLittle(state, policy)
  return missing.length > 0 ? { kind: 'INCONCLUSIVE', reasons: missing } : { kind: 'PASS', reasons: [held(state, policy)] }
}

const violated = ({ watches }: RunState, { watched }: RunPolicy): readonly RunReason[] => watched.flatMap((one, i) => {
  const watch = watches[i]
  return one.role === 'hypothesis' && watch?.broken === true ? [about('hypothesis_violated', one, { value: watch.brokenBy })] : []
})

function tooLittle({ watches, armsBefore, arms, stages, after }: RunState, { watched, harm, minRequests, noDataMs, recoveryMs }: RunPolicy): readonly RunReason[] {
  if (stages.length === 0 || watched.length + harm.length === 0) return [{ code: 'nothing_checked', text: stages.length === 0 ? 'there are no stages' : 'there is no condition and no limit of harm' }]
  const { experiment, control } = armsSince(armsBefore, arms)
  const groups = [{ what: 'under faults', requests: experiment.requests }, ...harm.length === 0 ? [] : [{ what: 'in the control group', requests: control.requests }]]
  const few = groups.filter(({ requests }) => requests < minRequests)
    .map(({ what, requests }): RunReason => ({ code: 'too_few_requests', text: `${requests} requests ${what}, of ${minRequests} that are wanted`, value: requests, limit: minRequests }))
  const unseen = watched.filter((one, i) => {
    const watch = watches[i]
    const isUnknownAfter = recoveryMs > 0 && one.role === 'hypothesis' && after?.readings[i]?.value === undefined
    return watch === undefined || watch.readable === 0 || watch.longestGapMs >= noDataMs || isUnknownAfter
  })
  return [...few, ...unseen.map((one) => about('no_data', one, { value: undefined, problem: 'not seen all along' }))]
}

function held({ watches }: RunState, { watched, harm }: RunPolicy): RunReason {
  const checks = watches.reduce((sum, { readable }) => sum + readable, 0)
  return {
    code: 'hypothesis_held',
    text: [...watched.length === 0 ? [] : [`${watched.length} conditions held in ${checks} checks`], ...harm.length === 0 ? [] : ['harm was not shown to be past its limit']].join(', ')
  }
}
