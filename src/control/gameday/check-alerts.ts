import { closest } from '../../config/suggest.ts'
import { receiverOf } from './facts.ts'
import { destinationsOf, floorFor, type Pipeline } from './pipeline.ts'
import type { Expectation, Plan } from './plan.ts'
import type { Problem } from './problem.ts'
import { rulesFor } from './rules-for.ts'
import { seconds } from './verdict.ts'

/** What can be foreseen of expectations that will not be met, from rules and routes: doubts, since the game day is to find out. */
export const checkAlerts = (plan: Plan, pipeline: Pipeline): readonly Problem[] => plan.rounds.flatMap(({ expect }, i) => expect.flatMap((expectation, j) =>
  [...checkRule(expectation, plan, pipeline), ...checkReceiver(expectation, plan, pipeline)].map(({ key, ...doubt }): Problem =>
    ({ severity: 'warning', path: ['rounds', i, 'expect', j, ...key], ...doubt }))))

interface Doubt {
  readonly key: readonly string[]
  readonly message: string
  readonly suggestion?: string | undefined
}

function checkRule(expectation: Expectation, plan: Plan, pipeline: Pipeline): readonly Doubt[] {
  const able = rulesFor(expectation, pipeline.rules)
  if (able.length === 0) {
    const names = [...new Set(pipeline.rules.map(({ alert }) => alert))]
    if (names.includes(expectation.alert)) return [{ key: ['labels'], message: 'no rule of this name can have these labels' }]
    return [{ key: ['alert'], message: 'Prometheus has loaded no rule of this name', suggestion: closest(expectation.alert, names) }]
  }
  const problem = able.every((rule) => rule.problem !== undefined) ? able[0]?.problem : undefined
  if (problem !== undefined) return [{ key: ['alert'], message: `its rule cannot be evaluated: ${problem}` }]
  const floor = floorFor(expectation, plan, pipeline)
  if (floor === undefined || floor.mostMs <= expectation.withinMs) return []
  return [{
    key: ['within'],
    message: floor.leastMs > expectation.withinMs ? `cannot be met: by its configuration it takes ${seconds(floor.leastMs)} at least (${floor.dominant.name} takes most of it)`
      : `may be missed by bad luck alone: by its configuration it takes up to ${seconds(floor.mostMs)}`
  }]
}

function checkReceiver(expectation: Expectation, plan: Plan, pipeline: Pipeline): readonly Doubt[] {
  const { routing } = pipeline
  const receiver = receiverOf(expectation, plan)
  if (receiver === undefined || routing === undefined) return []
  const key = expectation.receiver === undefined ? [] : ['receiver']
  if (!routing.receivers.includes(receiver)) return [{ key, message: `Alertmanager has no receiver ${receiver}`, suggestion: closest(receiver, routing.receivers) }]
  const destinations = destinationsOf(expectation, pipeline).map((one) => one.receiver)
  if (destinations.length === 0 || destinations.includes(receiver)) return []
  return [{ key, message: `by the labels of its rule it goes to ${destinations.join(', ')} and not to ${receiver}` }]
}
