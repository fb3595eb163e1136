import { describe, expect, it } from 'vitest'
import { preflight } from '../../../src/control/gameday/preflight.ts'
import { FakeStack, type Rule } from './support/fake-stack.ts'

const problems = async (yaml: string, { rules = [{ name: 'Slow' }], prepare = () => undefined }: { rules?: readonly Rule[], prepare?: (stack: FakeStack) => void } = {}): Promise<string[]> => {
  const stack = await FakeStack.start('slow', 'broken')
  stack.rules = rules
  prepare(stack)
  const found = await preflight({ plan: stack.plan(yaml), sources: stack.sources, target: new URL(stack.admin).host, now: Date.now, signal: new AbortController().signal })
  return found.problems.map(({ severity, path, message, suggestion }) => `${severity} ${path.join('.')}: ${message}${suggestion === undefined ? '' : ` (${suggestion})`}`)
}
const round = (expectation: string): string => `rounds: [{ experiment: slow, expect: [${expectation}] }]\n`
const RECEIVER = 'receiver: { listen: 127.0.0.1:0, name: gameday }\n'

describe('before a game day', () => {
  it('there is nothing to say when all is well', async () => {
    expect(await problems(RECEIVER + round('{ alert: Slow, within: 1m }'))).toEqual([])
  })

  it.each<[string, string, readonly Rule[] | undefined, string[]]>([
    ['an experiment that is not there', 'rounds: [{ experiment: slwo, expect: [] }, { experiment: other, expect: [] }]\n', undefined, [
      'error rounds.0.experiment: the running config has no such experiment (slow)', 'error rounds.1.experiment: the running config has no such experiment; it has slow, broken'
    ]],
    ['a fault that ends by itself', 'rounds: [{ experiment: slow, for: 2m, expect: [] }]\n', undefined, ['warning rounds.0.for: the experiment ends by itself after 1m']],
    ['an alert without a rule', round('{ alert: Slwo, within: 1m }'), undefined, ['warning rounds.0.expect.0.alert: Prometheus has loaded no rule of this name (Slow)']],
    ['labels that no rule can have', round('{ alert: Slow, within: 1m, labels: { severity: page } }'), [{ name: 'Slow', labels: { severity: 'ticket' } }], ['warning rounds.0.expect.0.labels: no rule of this name can have these labels']],
    ['labels that a template may make', round('{ alert: Slow, within: 1m, labels: { severity: page } }'), [{ name: 'Slow', labels: { severity: '{{ $value }}' } }], []],
    ['a rule that fails', round('{ alert: Slow, within: 1m }'), [{ name: 'Slow', health: 'err', lastError: 'no' }], ['warning rounds.0.expect.0.alert: its rule cannot be evaluated: no']],
    ['a time that cannot be met', RECEIVER + round('{ alert: Slow, within: 1m }'), [{ name: 'Slow', duration: 120 }], ['warning rounds.0.expect.0.within: cannot be met: by its configuration it takes 2 min 0 s at least (for takes most of it)']],
    ['a time that takes luck', RECEIVER + round('{ alert: Slow, within: 60ms }'), undefined, ['warning rounds.0.expect.0.within: may be missed by bad luck alone: by its configuration it takes up to 0.1 s']],
    ['a receiver that is not there', round('{ alert: Slow, within: 1m, receiver: gamedays }'), undefined, ['warning rounds.0.expect.0.receiver: Alertmanager has no receiver gamedays (gameday)']],
    ['a receiver that is not told', RECEIVER + round('{ alert: Slow, within: 1m }'), [{ name: 'Slow', labels: { team: 'other' } }], ['warning rounds.0.expect.0: by the labels of its rule it goes to elsewhere and not to gameday']]
  ])('says so of %s', async (_, yaml, rules, expected) => {
    expect(await problems(yaml, rules === undefined ? {} : { rules })).toEqual(expected)
  })

  it('finds experiments that run, and a clock that is wrong', async () => {
    const found = await problems(round('{ alert: Slow, within: 1m }'), { prepare: (stack) => {
      stack.aheadMs = -65_000
      void fetch(`${stack.admin}/api/v1/chaos/broken/start`, { method: 'POST' })
      stack.isRunning = () => true
    } })
    expect(found).toEqual(['warning prometheus: its clock is 65.0 s behind; times are corrected', 'error rounds: experiments are running already: slow, broken; control windows would not be free of faults'])
  })
})
