import { NO_ARMS, type Arms } from '../../../../src/control/chaos-run/arms.ts'
import { newRun, step } from '../../../../src/control/chaos-run/lifecycle.ts'
import type { RunPolicy } from '../../../../src/control/chaos-run/policy.ts'
import type { Reading, RunAction, RunEvent, RunState } from '../../../../src/control/chaos-run/state.ts'

/** A run that was played: its last state and all that was done. */
export interface Played {
  readonly state: RunState
  readonly actions: readonly RunAction[]
  /** In a line: what was done at which second. */
  readonly story: readonly string[]
}

export interface Script {
  /** Numbers of the policy's conditions at a second; undefined is no data. */
  readonly readings?: (second: number) => readonly (number | undefined)[]
  readonly arms?: (second: number) => Arms
  /** What happens besides, at that second, before it is looked. */
  readonly events?: (second: number) => readonly RunEvent[]
  readonly seconds?: number
}

/** Counts of a group that got so many requests, of which a share were errors. */
export const arm = (requests: number, errors = 0, slow = 0): Arms['experiment'] => ({ requests, errors: Math.round(errors), slow: Math.round(slow) })

/** Twenty requests a second in each group, none of them wrong. */
export const allWell = (second: number): Arms => ({ experiment: arm(20 * second), control: arm(20 * second) })

export function play(policy: RunPolicy, { readings = () => policy.watched.map(() => 1), arms = allWell, events = () => [], seconds = 120 }: Script = {}): Played {
  let state = newRun(policy, 0)
  const actions: RunAction[] = []
  const story: string[] = []
  for (let second = 0; second <= seconds; second++) {
    const tick: RunEvent = { kind: 'tick', atMs: second * 1000, readings: readings(second).map((value): Reading => ({ value })), arms: arms(second) ?? NO_ARMS }
    for (const event of [...events(second), tick]) {
      const next = step(state, event, policy)
      state = next.state
      actions.push(...next.actions)
      for (const action of next.actions) if (action.do !== 'log') story.push(`${second} ${action.do}${action.do === 'setStage' ? ` ${action.stage}` : action.do === 'stop' ? ` ${action.reason.code}` : ''}`)
    }
  }
  return { state, actions, story }
}

/** How it ended and what that shows, in a line. */
export function outcome({ state: { phase } }: Played): string {
  if (phase.at !== 'ended') return phase.at
  return `${phase.how} ${phase.verdict.kind} ${phase.verdict.reasons.map(({ code }) => code).join(' ')}`
}
