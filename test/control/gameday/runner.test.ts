import { describe, expect, it } from 'vitest'
import type { GamedayReport } from '../../../src/control/gameday/report.ts'
import { FakeStack, type Script } from './support/fake-stack.ts'

const RECEIVER = 'receiver: { listen: 127.0.0.1:0, name: gameday }\n'
const round = (more = ''): string => `rounds:\n  - { experiment: slow, for: 300ms, expect: [{ alert: Slow, within: 250ms }]${more} }\n`
const noticing: Script = { alert: 'Slow', experiment: 'slow', spells: [[40, 80]], notifyMs: 30 }
const verdicts = ({ outcomes }: GamedayReport): unknown => outcomes.map(({ verdict: { kind } }) => kind)

async function stackWith(...scripts: readonly Script[]): Promise<FakeStack> {
  const stack = await FakeStack.start('slow', 'broken')
  stack.rules = [{ name: 'Slow' }, { name: 'Broken' }]
  stack.scripts = scripts
  return stack
}

describe('a game day', () => {
  it('sees an alert from the first injection to the notification, and takes the fault away', async () => {
    const stack = await stackWith(noticing)
    const said: string[] = []
    const report = await stack.hold(RECEIVER + round(), { said })
    expect(report.result).toBe('passed')
    const [outcome] = report.outcomes
    expect(outcome).toMatchObject({ verdict: { kind: 'detected' }, noticedBy: 'webhook', recovered: undefined })
    expect(outcome!.stages.toFiringMs).toBeCloseTo(40, -1)
    expect(outcome!.stages.toNotifiedMs).toBeGreaterThanOrEqual(30)
    expect(outcome!.toDetectMs).toBeCloseTo(outcome!.stages.toPendingMs! + outcome!.stages.toFiringMs! + outcome!.stages.toNotifiedMs!, 5)
    expect(outcome!.floor).toMatchObject({ mostMs: 30 + 20 + 40, leastMs: 40, dominant: { name: 'group_wait' }, windowMs: 60_000 })
    expect(outcome!.toResolveMs).toBeLessThan(200)
    expect(stack.calls).toEqual(['/api/v1/chaos/slow/start', '/api/v1/chaos/slow/stop'])
    expect(report.score).toMatchObject({ recall: 1, precision: 1, f1: 1, falseAlarms: { quiet: 0, duringFaults: 0 } })
    expect(report.record.controls.map(({ name }) => name)).toEqual(['before', 'after'])
    expect(said.map((line) => line.trim().replace(/ +/, ' '))).toEqual(expect.arrayContaining(['slow: started', 'firing Slow', 'notified Slow firing, receiver gameday', 'slow: stopped', 'resolved Slow']))
  })

  it('without a receiver takes an active alert in Alertmanager for the notification', async () => {
    const report = await (await stackWith(noticing)).hold(round())
    expect(report.outcomes).toMatchObject([{ verdict: { kind: 'detected' }, noticedBy: 'alertmanager', floor: { mostMs: 50 } }])
  })

  it.each<[string, Script[], string, string, RegExp]>([
    ['never becomes pending', [], '', 'missed', /^it never became pending, with \d+ faults injected$/],
    ['is pending only', [{ ...noticing, spells: [[40, 9000]] }], '', 'missed', /^it became pending after .*, but never fired$/],
    ['fires and is not sent', [{ ...noticing, notifyMs: 9000 }], '', 'missed', /^it fired, but no notification arrived$/],
    ['is sent after its time', [{ ...noticing, spells: [[40, 80]], notifyMs: 200, lingerMs: 80 }], '', 'late', /^noticed after .*, 0\.\d s too late$/],
    ['is silenced', [{ ...noticing, silencedBy: ['4711'] }], '', 'suppressed', /kept quiet: silence 4711$/],
    ['is inhibited', [{ ...noticing, inhibitedBy: ['f00'], notifyMs: 9000 }], '', 'suppressed', /inhibited by f00$/],
    ['goes elsewhere', [{ ...noticing, receivers: ['elsewhere'] }], '', 'misrouted', /^it went to elsewhere and not to gameday$/],
    ['comes and goes', [{ ...noticing, spells: [[20, 40, 90], [130, 150, 200]], notifyMs: 10 }], '', 'flapped', /but it fired 2 times$/],
    ['was firing before', [{ ...noticing, experiment: undefined, spells: [[-1000, -900]] }], '', 'already_firing', /before the round/],
    ['meets too few faults', [], ', minInjected: 100000', 'under_dosed', /^\d+ faults were injected, of 100000 that would tell$/]
  ])('of an alert that %s says so', async (_, scripts, more, kind, reason) => {
    const stack = await stackWith(...scripts)
    const report = await stack.hold(RECEIVER + round(more))
    expect(verdicts(report)).toEqual([kind])
    expect(report.outcomes[0]!.verdict.reason).toMatch(reason)
    expect(report.result).toBe(['already_firing', 'under_dosed'].includes(kind) ? 'inconclusive' : 'failed')
    expect(stack.isRunning('slow')).toBe(false)
  })

  it('does not start a fault that its alert could not tell from what is already there', async () => {
    const stack = await stackWith({ alert: 'Slow', spells: [[-1000, -900]] })
    const report = await stack.hold(round())
    expect(verdicts(report)).toEqual(['already_firing'])
    expect(stack.calls).toEqual([])
    expect(report.alarms).toEqual([])
  })

  it('waits for an alert of the round before to resolve', async () => {
    const stack = await stackWith({ ...noticing, lingerMs: 150 })
    const report = await stack.hold(`rounds:\n${`  - { experiment: slow, for: 200ms, recover: 50ms, expect: [{ alert: Slow, within: 250ms }] }\n`.repeat(2)}`)
    expect(verdicts(report)).toEqual(['detected', 'detected'])
    expect(report.outcomes.map(({ recovered }) => recovered)).toEqual([false, false])
    expect(report.result).toBe('failed')
    expect(report.record.controls.map(({ name }) => name)).toEqual(['before', 'between', 'waiting for slow-2', 'after'])
  })

  it('says that nothing was injected, whatever fires', async () => {
    const stack = await stackWith(noticing)
    stack.perMs = 0
    const report = await stack.hold(RECEIVER + round())
    expect(report.outcomes.map(({ verdict }) => verdict)).toEqual([{ kind: 'under_dosed', reason: 'nothing was injected' }])
    expect(report.alarms).toMatchObject([{ alert: 'Slow', round: 0, why: 'no fault' }])
  })

  it('notes an experiment that ends by itself', async () => {
    const stack = await stackWith()
    stack.durationMs = 100
    const report = await stack.hold(round())
    expect(report.record.rounds[0]!.notes.join()).toMatch(/^it ended after 0 s, before it was stopped$/)
  })

  it('of rules that cannot fire says why', async () => {
    const stack = await stackWith()
    stack.rules = [{ name: 'Slow', health: 'err', lastError: 'many-to-many matching not allowed' }]
    const report = await stack.hold('rounds: [{ experiment: slow, for: 100ms, expect: [{ alert: Slow, within: 50ms }, { alert: Unheard, within: 50ms }] }]\n')
    expect(report.outcomes.map(({ verdict }) => verdict)).toEqual([
      { kind: 'rule_error', reason: 'many-to-many matching not allowed' }, { kind: 'rule_error', reason: 'Prometheus has loaded no rule of this name' }
    ])
  })

  it('counts alerts that fire without a fault, and those nobody expects or allows', async () => {
    const stack = await stackWith(
      noticing, { alert: 'Broken', experiment: 'slow', spells: [[50, 60]] }, { alert: 'Allowed', experiment: 'slow', spells: [[50, 60]] }, { alert: 'Lonely', spells: [[0, 60, 100]] }
    )
    const report = await stack.hold(round(', allow: [Allowed]'), {})
    expect(report.alarms.map(({ alert, why, round: at }) => [alert, why, at])).toEqual([['Lonely', 'no fault', undefined], ['Broken', 'not expected', 0]])
    expect(report.result).toBe('failed')
    expect(report.score).toMatchObject({ recall: 1, precision: 1 / 3, f1: 0.5, falseAlarms: { quiet: 1, duringFaults: 1 } })
    expect(report.matrix.rows).toEqual([
      { alert: 'Slow', cells: [['detected']], quietAlarms: 0 }, { alert: 'Lonely', cells: [['silent']], quietAlarms: 1 },
      { alert: 'Broken', cells: [['false alarm']], quietAlarms: 0 }, { alert: 'Allowed', cells: [['allowed']], quietAlarms: 0 }
    ].toSorted((a, b) => report.matrix.rows.findIndex(({ alert }) => alert === a.alert) - report.matrix.rows.findIndex(({ alert }) => alert === b.alert)))
  })

  it('holds drills in which nothing may fire, and rounds without a fault', async () => {
    const stack = await stackWith({ ...noticing, experiment: 'broken' })
    const report = await stack.hold(`watch: [Slow, Quiet]\nrounds:\n  - { experiment: slow, for: 100ms, expect: [] }\n  - { experiment: null, for: 100ms, expect: [] }\n  - { experiment: broken, for: 200ms, expect: [] }\n`)
    expect(report.alarms).toMatchObject([{ alert: 'Slow', round: 2, why: 'not expected' }])
    expect(report.matrix).toMatchObject({ unseen: [], neverFired: ['Quiet'] })
    expect(stack.calls).toEqual(['slow/start', 'slow/stop', 'broken/start', 'broken/stop'].map((call) => `/api/v1/chaos/${call}`))
  })

  it('corrects the times of a Prometheus whose clock is wrong', async () => {
    const stack = await stackWith(noticing)
    stack.aheadMs = 60_000
    const report = await stack.hold(RECEIVER + round())
    expect(report.result).toBe('passed')
    expect(report.outcomes[0]!.stages.toPendingMs).toBeLessThan(100)
  })
})

describe('when someone does not answer', () => {
  it('a game day that cannot see does not take silence for an answer', async () => {
    const stack = await stackWith(noticing)
    const report = await stack.hold(round(), { onStart: () => void setTimeout(() => stack.down.add('prometheus'), 50) })
    expect(report.outcomes.map(({ verdict: { kind } }) => kind)).toEqual(['unobserved'])
    expect(report.outcomes[0]!.verdict.reason).toMatch(/^Prometheus did not answer for /)
    expect(report.result).toBe('inconclusive')
    expect(report.record.gaps[0]!.reason).toMatch(/^Prometheus does not answer at http/)
    expect(stack.isRunning('slow')).toBe(false)
  })

  it('an Alertmanager that is down leaves open what it would have done', async () => {
    const stack = await stackWith(noticing)
    const report = await stack.hold(round(), { onStart: () => void stack.down.add('alertmanager') })
    expect(report.outcomes.map(({ verdict }) => verdict)).toMatchObject([{ kind: 'unobserved', reason: expect.stringMatching(/^Alertmanager did not answer/) }])
  })

  it('but not where its notifications should have arrived', async () => {
    const stack = await stackWith(noticing)
    const report = await stack.hold(RECEIVER + round(), { onStart: () => void stack.down.add('alertmanager') })
    expect(report.outcomes.map(({ verdict }) => verdict)).toEqual([{ kind: 'missed', reason: 'it fired, but no notification arrived' }])
  })

  it.each(['prometheus', 'alertmanager'] as const)('no fault is started when %s is down from the beginning', async (who) => {
    const stack = await stackWith(noticing)
    stack.down.add(who)
    await expect(stack.hold(round())).rejects.toThrow(/^(?:Prometheus|Alertmanager) does not answer at http\S+ \(UND_ERR_SOCKET\)$/)
    expect(stack.calls).toEqual([])
  })

  it('a fault that cannot be stopped ends the game day, and is named', async () => {
    const stack = await stackWith(noticing)
    stack.down.add('stop')
    const report = await stack.hold(`rounds:\n${'  - { experiment: slow, for: 100ms, expect: [] }\n'.repeat(2)}`)
    expect(report.record.brokenOff).toMatch(/^experiment slow could not be stopped: Windtunnel does not answer/)
    expect(report.record.rounds).toHaveLength(1)
    expect(report.result).toBe('failed')
  })

  it('an experiment that is refused leaves its round inconclusive, and the others go on', async () => {
    const stack = await stackWith(noticing)
    const report = await stack.hold(`rounds:\n  - { experiment: gone, for: 100ms, expect: [{ alert: Broken, within: 50ms }] }\n  - { experiment: slow, for: 300ms, expect: [{ alert: Slow, within: 250ms }] }\n`)
    expect(verdicts(report)).toEqual(['under_dosed', 'detected'])
    expect(report.record.rounds[0]!.notes.join()).toMatch(/not started: Windtunnel at \S+ answers \S+ with 404: there is no chaos experiment gone/)
    expect(report.result).toBe('inconclusive')
  })
})

describe('a game day that is interrupted', () => {
  it.each(['in a round', 'before a round'])('%s leaves no fault behind, and tells what it saw', async (when) => {
    const stack = await stackWith(noticing)
    const controller = new AbortController()
    const said: string[] = []
    const held = stack.hold(`rounds:\n  - { experiment: slow, for: 10s, expect: [{ alert: Slow, within: 250ms }] }\n`, { signal: controller.signal, said })
    await expect.poll(() => said.some((line) => line === (when === 'in a round' ? 'slow: started' : 'control before: 0.06 s without a fault'))).toBe(true)
    controller.abort()
    const report = await held
    expect(report.record.brokenOff).toBe('it was interrupted')
    expect(report.result).toBe('failed')
    expect(stack.isRunning('slow')).toBe(false)
    expect(stack.calls).toEqual(when === 'in a round' ? ['/api/v1/chaos/slow/start', '/api/v1/chaos/slow/stop'] : [])
  })
})
