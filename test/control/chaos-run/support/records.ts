import { recordOf, type RunRecord } from '../../../../src/control/chaos-run/record.ts'
import type { RunPolicy } from '../../../../src/control/chaos-run/policy.ts'
import { play, type Script } from './play.ts'

/** When runs of the tests begin: 2026-03-02T10:00:00Z. */
export const STARTED = Date.UTC(2026, 2, 2, 10)

/** The record of a run that was played to its end. */
export function played(policy: RunPolicy, script: Script = {}, more: Partial<RunRecord> = {}): RunRecord {
  const { state, actions } = play(policy, script)
  const log = actions.flatMap((action) => action.do === 'log' ? [action.entry] : [])
  const record = recordOf(state, { id: 'e-1', experiment: 'slow-model', policy, createdAtMs: STARTED, log, unread: { noData: 0, failed: 0 } }, STARTED)
  if (record === undefined) throw new Error('it has not ended')
  return { ...record, ...more }
}
