import { describe, expect, it } from 'vitest'
import type { Facts } from '../../../src/control/gameday/facts.ts'
import { seconds, verdictOf } from '../../../src/control/gameday/verdict.ts'

const EXPECTATION = { alert: 'Slow', labels: {}, withinMs: 60_000, receiver: undefined }
const T0 = 1_000_000
const enough = { count: 100, firstMs: T0, notBeforeMs: T0 - 100, lastMs: T0 + 60_000 }
const silent: Facts = {
  dose: enough, beganMs: T0, pendingMs: undefined, firingMs: undefined, watchedBy: 'webhook', notified: undefined, resolvedMs: undefined, firings: 0, suppressedBy: undefined,
  receiver: 'gameday', misroutedTo: undefined, ruleProblem: undefined, activeBefore: undefined, blind: undefined
}
const fired: Partial<Facts> = { pendingMs: T0 + 5000, firingMs: T0 + 15_000, firings: 1 }
const notified = (afterMs: number, by: 'webhook' | 'alertmanager' = 'webhook'): Partial<Facts> => ({ ...fired, notified: { atMs: T0 + afterMs, by }, watchedBy: by })
const few = { dose: { ...enough, count: 9 } }
const none = { dose: { count: 0, firstMs: undefined, notBeforeMs: T0, lastMs: undefined }, beganMs: undefined }
const blind = (source: 'Prometheus' | 'Alertmanager' | 'Windtunnel', ms: number): Partial<Facts> => ({ blind: { source, ms } })

describe('the verdict', () => {
  it.each<[string, Partial<Facts>, string, string]>([
    ['noticed in time', notified(17_000), 'detected', 'noticed after 17.0 s'],
    ['noticed at the last moment', notified(60_000), 'detected', 'noticed after 60.0 s'],
    ['noticed in time, with few faults', { ...notified(17_000), ...few }, 'detected', 'noticed after 17.0 s'],
    ['noticed in time, though its rule failed for a while', { ...notified(17_000), ruleProblem: 'x' }, 'detected', 'noticed after 17.0 s'],
    ['noticed in time, though someone did not answer', { ...notified(17_000), ...blind('Prometheus', 50_000) }, 'detected', 'noticed after 17.0 s'],
    ['noticed, and again', { ...notified(17_000), firings: 3 }, 'flapped', 'noticed after 17.0 s, but it fired 3 times'],
    ['noticed a moment too late', notified(60_500), 'late', 'noticed after 60.5 s, 0.5 s too late'],
    ['noticed too late, with few faults', { ...notified(70_000), ...few }, 'under_dosed', '9 faults were injected, of 10 that would tell'],
    ['noticed too late by whoever did not answer', { ...notified(70_000, 'alertmanager'), ...blind('Alertmanager', 30_000) }, 'unobserved', 'Alertmanager did not answer for 30.0 s'],
    ['arrived too late, whoever did not answer', { ...notified(70_000), ...blind('Alertmanager', 30_000) }, 'late', 'noticed after 70.0 s, 10.0 s too late'],
    ['silenced', { ...fired, suppressedBy: ['silence 1', 'silence 2'] }, 'suppressed', 'it fired, and Alertmanager kept quiet: silence 1, silence 2'],
    ['silenced, with few faults', { ...fired, ...few, suppressedBy: ['silence 1'] }, 'suppressed', 'it fired, and Alertmanager kept quiet: silence 1'],
    ['silenced at first only', { ...notified(17_000), suppressedBy: ['silence 1'] }, 'detected', 'noticed after 17.0 s'],
    ['told someone else', { ...fired, misroutedTo: ['desk', 'log'] }, 'misrouted', 'it went to desk, log and not to gameday'],
    ['not able to fire', { ruleProblem: 'bad query' }, 'rule_error', 'bad query'],
    ['not able to fire, with nothing injected', { ...none, ruleProblem: 'bad query' }, 'rule_error', 'bad query'],
    ['with nothing injected', none, 'under_dosed', 'nothing was injected'],
    ['with nothing known of injections', { ...none, ...blind('Windtunnel', 60_000) }, 'unobserved', 'Windtunnel did not answer for 60.0 s'],
    ['active before', { ...notified(17_000), activeBefore: 'it was there' }, 'already_firing', 'it was there'],
    ['silent', {}, 'missed', 'it never became pending, with 100 faults injected'],
    ['silent, with few faults', few, 'under_dosed', '9 faults were injected, of 10 that would tell'],
    ['silent, with a short gap', blind('Prometheus', 6000), 'missed', 'it never became pending, with 100 faults injected'],
    ['silent, with a long gap', blind('Prometheus', 6001), 'unobserved', 'Prometheus did not answer for 6.0 s'],
    ['pending only', { pendingMs: T0 + 5000 }, 'missed', 'it became pending after 5.0 s, but never fired'],
    ['fired and not sent', fired, 'missed', 'it fired, but no notification arrived'],
    ['fired and not sent, whoever did not answer', { ...fired, ...blind('Alertmanager', 60_000) }, 'missed', 'it fired, but no notification arrived'],
    ['fired and not in Alertmanager', { ...fired, watchedBy: 'alertmanager' }, 'missed', 'it fired, but Alertmanager did not have it'],
    ['fired where Alertmanager did not answer', { ...fired, watchedBy: 'alertmanager', ...blind('Alertmanager', 60_000) }, 'unobserved', 'Alertmanager did not answer for 60.0 s']
  ])('of an alert %s', (_, facts, kind, reason) => {
    expect(verdictOf({ ...silent, ...facts }, EXPECTATION, { minInjected: 10 })).toEqual({ kind, reason })
  })
})

describe('times for people', () => {
  it.each([[0, '0.0 s'], [1234, '1.2 s'], [119_900, '119.9 s'], [119_960, '2 min 0 s'], [245_000, '4 min 5 s']])('%d ms', (ms, text) => {
    expect(seconds(ms)).toBe(text)
  })
})
