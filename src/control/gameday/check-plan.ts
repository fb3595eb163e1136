import { formatDuration } from '../../core/scalars.ts'
import type { Plan, Round } from './plan.ts'
import type { Problem } from './problem.ts'
import { keyOf } from './selector.ts'

/** What the parts of a plan have against each other. */
export function checkPlan({ alertmanager, receiver, rounds }: Plan): readonly Problem[] {
  const problems: Problem[] = []
  if (receiver !== undefined && alertmanager === undefined) {
    problems.push(error(['receiver'], 'webhooks come from an Alertmanager; name it under `alertmanager`'))
  }
  rounds.forEach((round, i) => {
    problems.push(...checkRound(round, i))
    if (alertmanager !== undefined) return
    round.expect.forEach((expectation, j) => {
      if (expectation.receiver !== undefined) problems.push(error(['rounds', i, 'expect', j, 'receiver'], 'receivers are an Alertmanager\'s; name it under `alertmanager`'))
    })
  })
  return problems
}

function checkRound({ experiment, expect, allow, forMs }: Round, index: number): readonly Problem[] {
  const path = ['rounds', index]
  const problems: Problem[] = []
  if (experiment === null && expect.length > 0) problems.push(error([...path, 'expect'], 'nothing is injected in this round, so nothing can be expected: []'))
  if (experiment === null && forMs === undefined) problems.push(error([...path, 'for'], 'required where nothing is injected'))
  const seen = new Set<string>()
  expect.forEach(({ alert, labels, withinMs }, i) => {
    const key = keyOf({ ...labels, alertname: alert })
    if (seen.has(key)) problems.push(error([...path, 'expect', i], `${alert} is expected twice`))
    seen.add(key)
    if (forMs !== undefined && withinMs > forMs) {
      problems.push({ severity: 'warning', path: [...path, 'expect', i, 'within'], message: `longer than the fault lasts (${formatDuration(forMs)}): an alert that comes after it counts as well` })
    }
  })
  allow.forEach((alert, i) => {
    if (expect.some((expectation) => expectation.alert === alert && Object.keys(expectation.labels).length === 0)) {
      problems.push({ severity: 'warning', path: [...path, 'allow', i], message: `${alert} is expected, which allows it` })
    }
  })
  return problems
}

const error = (path: Problem['path'], message: string): Problem => ({ severity: 'error', path, message })
