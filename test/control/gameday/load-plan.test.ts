import { describe, expect, it } from 'vitest'
import { formatFinding } from '../../../src/config/finding.ts'
import { loadPlan } from '../../../src/control/gameday/load-plan.ts'

const HEAD = 'version: 1\nprometheus: http://127.0.0.1:9090\n'
const load = (text: string, env = {}): ReturnType<typeof loadPlan> => loadPlan(text, { file: 'g.yaml', env, readFile: () => '' })
const findings = (text: string): string[] => {
  const loaded = load(text)
  return (loaded.ok ? loaded.warnings : loaded.findings).map((finding) => formatFinding(finding).split('\n')[0]!)
}

describe('the plan of a game day', () => {
  it('is read with its defaults', () => {
    const loaded = load(`${HEAD}rounds: [{ experiment: slow, expect: [{ alert: Slow, within: 2m }] }]\n`)
    expect(loaded.ok && loaded.plan).toEqual({
      prometheus: 'http://127.0.0.1:9090', alertmanager: undefined, receiver: undefined, pollMs: 1000, watch: [],
      control: { beforeMs: 60_000, betweenMs: 30_000, afterMs: 60_000, quietMs: 300_000 },
      rounds: [{ name: 'slow', experiment: 'slow', allow: [], minInjected: 1, forMs: undefined, recoverMs: undefined, expect: [{ alert: 'Slow', labels: {}, withinMs: 120_000, receiver: undefined }] }]
    })
  })

  it('names rounds by their experiments, each by another name', () => {
    const loaded = load(`${HEAD}rounds:\n  - { experiment: a, expect: [] }\n  - { experiment: a, expect: [] }\n  - { experiment: null, for: 1s, expect: [] }\n  - { name: mine, experiment: a, expect: [] }\n`)
    expect(loaded.ok && loaded.plan.rounds.map(({ name }) => name)).toEqual(['a', 'a-2', 'no-fault', 'mine'])
  })

  it('takes values from the environment, numbers as well', () => {
    const loaded = load(`version: 1\nprometheus: "\${PROM}"\nrounds: [{ experiment: a, expect: [], minInjected: "\${MIN}" }]\n`, { PROM: 'http://p:9090/prom/', MIN: '7' })
    expect(loaded.ok && [loaded.plan.prometheus, loaded.plan.rounds[0]!.minInjected]).toEqual(['http://p:9090/prom', 7])
  })

  it.each<[string, string, string[]]>([
    ['no version', 'prometheus: http://p:9090\nrounds: [{ experiment: a, expect: [] }]\n', ['g.yaml:1:1: version: required']],
    ['a misspelt key, once', `${HEAD}round: []\n`, ['g.yaml:3:1: round: unknown key - did you mean "rounds"?']],
    ['a misspelt key of a round', `${HEAD}rounds:\n  - experiment: a\n    expct: []\n`, ['g.yaml:5:5: rounds[0].expct: unknown key - did you mean "expect"?']],
    ['a misspelt key of an expectation', `${HEAD}rounds:\n  - { experiment: a, expect: [{ alert: A, witin: 1m }] }\n`, ['g.yaml:4:43: rounds[0].expect[0].witin: unknown key - did you mean "within"?']],
    ['a key like no other', `${HEAD}rounds: [{ experiment: a, expect: [] }]\nreceiver: { listen: "127.0.0.1:0", name: x, colour: red }\n`, ['g.yaml:4:45: receiver.colour: unknown key; expected listen or name']],
    ['an experiment left out', `${HEAD}rounds: [{ expect: [] }]\n`, ['g.yaml:3:10: rounds[0].experiment: required']],
    ['a duration without a unit', `${HEAD}rounds: [{ experiment: a, expect: [{ alert: A, within: 30 }] }]\n`, ['g.yaml:3:56: rounds[0].expect[0].within: expected a duration with a unit; got 30 - did you mean "30s"?']],
    ['an address without a scheme', 'version: 1\nprometheus: 127.0.0.1:9090\nrounds: [{ experiment: a, expect: [] }]\n', ['g.yaml:2:13: prometheus: expected a URL such as http://127.0.0.1:9090, without credentials or query; got "127.0.0.1:9090" - did you mean "http://127.0.0.1:9090"?']],
    ['a matcher that is none', `${HEAD}watch: ['severity=page"']\nrounds: [{ experiment: a, expect: [] }]\n`, ['g.yaml:3:9: watch[0]: expected the name of an alert, or matchers such as severity="page"; got "severity=page\\""']],
    ['a label name that is none', `${HEAD}rounds: [{ experiment: a, expect: [{ alert: A, within: 1m, labels: { a-b: c } }] }]\n`, ['g.yaml:3:70: rounds[0].expect[0].labels.a-b: not a label name']],
    ['a receiver without an Alertmanager', `${HEAD}receiver: { listen: "127.0.0.1:0", name: x }\nrounds: [{ experiment: a, expect: [{ alert: A, within: 1m, receiver: x }] }]\n`, [
      'g.yaml:3:11: receiver: webhooks come from an Alertmanager; name it under `alertmanager`', 'g.yaml:4:70: rounds[0].expect[0].receiver: receivers are an Alertmanager\'s; name it under `alertmanager`'
    ]],
    ['expectations where nothing is injected', `${HEAD}rounds: [{ experiment: null, expect: [{ alert: A, within: 1m }] }]\n`, [
      'g.yaml:3:10: rounds[0].for: required where nothing is injected', 'g.yaml:3:38: rounds[0].expect: nothing is injected in this round, so nothing can be expected: []'
    ]],
    ['the same expectation twice', `${HEAD}rounds: [{ experiment: a, expect: [{ alert: A, within: 1m }, { alert: A, within: 2m }] }]\n`, ['g.yaml:3:62: rounds[0].expect[1]: A is expected twice']],
    ['an expectation longer than its fault, as a doubt', `${HEAD}rounds: [{ experiment: a, for: 30s, expect: [{ alert: A, within: 1m }] }]\n`, ['g.yaml:3:66: warning: rounds[0].expect[0].within: longer than the fault lasts (30s): an alert that comes after it counts as well']],
    ['no YAML', 'version: [1\n', ['g.yaml:1:12: flow sequence in block collection must be sufficiently indented and end with a ]']]
  ])('says where it is wrong: %s', (_, text, expected) => {
    expect(findings(text)).toEqual(expected)
  })

  it('gives later problems their place, with a caret', () => {
    const loaded = load(`${HEAD}rounds:\n  - { experiment: slwo, expect: [] }\n`)
    if (!loaded.ok) throw new Error('it holds')
    expect(loaded.locate([{ severity: 'error', path: ['rounds', 0, 'experiment'], message: 'not there', suggestion: 'slow' }]).map(formatFinding))
      .toEqual(['g.yaml:4:19: rounds[0].experiment: not there - did you mean "slow"?\n      - { experiment: slwo, expect: [] }\n                      ^'])
  })
})
