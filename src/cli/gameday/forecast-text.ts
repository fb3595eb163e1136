import { formatDuration } from '../../core/scalars.ts'
import { floorFor } from '../../control/gameday/pipeline.ts'
import type { Plan } from '../../control/gameday/plan.ts'
import type { Preflight } from '../../control/gameday/preflight.ts'
import { alertText } from '../../control/gameday/selector.ts'
import { seconds } from '../../control/gameday/verdict.ts'
import type { Style } from '../style.ts'
import { floorText } from './text.ts'

/** What a game day would do, and how soon each alert could come at all. */
export function forecastText(plan: Plan, { experiments, pipeline }: Preflight, style: Style): string {
  const { control: { beforeMs, betweenMs, afterMs }, rounds } = plan
  const lasts = rounds.map(({ experiment, forMs }) => {
    const own = experiments.find(({ name }) => name === experiment)?.durationMs
    return Math.min(forMs ?? Infinity, own ?? Infinity)
  })
  const totalMs = beforeMs + afterMs + betweenMs * (rounds.length - 1) + lasts.reduce((sum, ms) => sum + ms, 0)
  const lines = rounds.flatMap(({ name, experiment, expect }, i) => [
    `\n${style.bold(name)}  ${experiment === null ? 'nothing injected' : experiment}, ${formatDuration(lasts[i] ?? 0)}`,
    ...expect.length > 0 ? [] : ['  nothing may fire'],
    ...expect.flatMap((expectation) => {
      const floor = floorFor(expectation, plan, pipeline)
      return [`  ${alertText({ alertname: expectation.alert, ...expectation.labels })} within ${seconds(expectation.withinMs)}`, style.dim(`    built in: ${floor === undefined ? 'unknown, there is no rule' : floorText(floor)}`)]
    })
  ])
  return `${[`${rounds.length} rounds, ${seconds(totalMs)} and the time alerts take to resolve; nothing was started`, ...lines].join('\n')}\n`
}
