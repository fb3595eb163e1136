import { describe, expect, it } from 'vitest'
import { toJournal } from '../../../src/control/chaos-run/journal.ts'
import { escapeXml, toJUnit } from '../../../src/control/chaos-run/junit.ts'
import { toRunJson } from '../../../src/control/chaos-run/run-json.ts'
import type { RunEvent } from '../../../src/control/chaos-run/state.ts'
import { arm } from './support/play.ts'
import { ERRORS, FAST, hypothesis, policy, stopRule } from './support/policy.ts'
import { played } from './support/records.ts'

const PLACE = { version: '0.1.0', platform: 'Linux-6.8.0-x86_64', node: 'host-1', adminUrl: 'http://127.0.0.1:9901', prometheusUrl: 'http://prometheus:9090' }
const inJson = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`

const passed = played(policy())
const violated = played(policy(), { readings: (s) => [s === 35 ? 6 : 1, 1] })
const halted = played(policy({ harm: [{ of: 'errors', more: 0.01, confidence: 0.95 }] }), { arms: (s) => ({ experiment: arm(20 * s, 3 * s), control: arm(20 * s) }) })
const unread = played(policy({ recoveryMs: 0 }), { readings: (s) => [s > 12 ? undefined : 1, 1] })
const at = (second: number, event: RunEvent): { readonly events: (s: number) => readonly RunEvent[] } => ({ events: (s) => s === second ? [event] : [] })

describe('a journal of the Chaos Toolkit', () => {
  it('of a run that passed is the golden one', async () => {
    await expect(inJson(toJournal(passed, PLACE))).toMatchFileSnapshot('golden/journal-passed.json')
  })

  it('has the keys of the toolkit, and no more', () => {
    const journal = toJournal(passed, PLACE) as Record<string, Record<string, unknown>>
    expect(Object.keys(journal).toSorted()).toEqual(['chaoslib-version', 'deviated', 'duration', 'end', 'experiment', 'node', 'platform', 'rollbacks', 'run', 'start', 'status', 'steady_states'])
    expect(Object.keys(journal['steady_states']!)).toEqual(['before', 'after', 'during'])
    expect(journal['steady_states']!['before']).toMatchObject({ steady_state_met: true, probes: [{ output: 1, status: 'succeeded', tolerance_met: true, activity: { type: 'probe', tolerance: { type: 'range', range: [0, 5] } } }, {}] })
    expect(journal).toMatchObject({ start: '2026-03-02T10:00:00.000000', end: '2026-03-02T10:01:00.000000', duration: 60 })
  })

  it.each([
    ['passed', passed, 'completed', false],
    ['was violated', violated, 'failed', true],
    ['was halted for harm', halted, 'failed', true],
    ['was halted from outside', played(policy(), at(40, { kind: 'halt', atMs: 40_000, why: 'killed' })), 'aborted', false],
    ['was blind', played(policy(), { readings: (s) => [1, s > 12 ? undefined : 1] }), 'failed', false],
    ['was stopped', played(policy(), at(40, { kind: 'stop', atMs: 40_000, by: 'ann' })), 'interrupted', false],
    ['was not renewed', played(policy(), at(40, { kind: 'lease_expired', atMs: 40_000 })), 'interrupted', false],
    ['never started', played(policy(), at(11, { kind: 'refused', atMs: 11_000, why: 'killed' })), 'aborted', false],
    ['had an unhealthy baseline', played(policy(), { readings: () => [6, 1] }), 'failed', false],
    ['did not recover', played(policy({ watched: [hypothesis(ERRORS, { forMs: 60_000 })] }), { readings: (s) => [s > 45 ? 6 : 1] }), 'failed', true],
    ['saw too little', unread, 'completed', false]
  ] as const)('of a run that %s says %s', (_, record, status, deviated) => {
    expect(toJournal(record, PLACE)).toMatchObject({ status, deviated })
  })

  it('says of a probe without a number that it failed', () => {
    expect(toJournal(unread, PLACE)).toMatchObject({ steady_states: { after: { steady_state_met: false, probes: [{ output: null, status: 'failed', exception: ['no data'], tolerance_met: false }, { tolerance_met: true }] } } })
  })

  it('leaves no number out that JSON has no word for', () => {
    const endless = played(policy({ watched: [hypothesis(FAST)] }), { readings: (s) => [s === 35 ? Infinity : 1] })
    expect(JSON.stringify(toJournal(endless, PLACE))).toContain('"output":"Infinity"')
    expect(JSON.stringify(toRunJson(endless))).toContain('"highest":"Infinity"')
    expect(JSON.stringify([toJournal(endless, PLACE), toRunJson(endless)])).not.toMatch(/NaN|"(?:output|highest|value)":null/)
  })
})

describe('JUnit\'s XML', () => {
  it('of runs that passed, failed, were halted and saw too little is the golden one', async () => {
    await expect(toJUnit([passed, violated, halted, unread])).toMatchFileSnapshot('golden/junit.xml')
  })

  it('counts what it holds', () => {
    const suites = [...toJUnit([passed, violated, halted, unread]).matchAll(/<testsuite [^>]*tests="(\d+)" failures="(\d+)" errors="(\d+)"[^>]*>([^]*?)<\/testsuite>/g)]
    expect(suites).toHaveLength(4)
    for (const [, tests, failures, errors, body = ''] of suites) {
      expect([body.split('<testcase').length - 1, body.split('<failure').length - 1, body.split('<error').length - 1].map(String)).toEqual([tests, failures, errors])
    }
  })

  it('escapes what XML may not hold, wherever it stands', () => {
    expect(escapeXml('<a b="c" d=\'e\'>&\n\t\u0000\u001b\ufffe\ud800😀')).toBe('&#60;a b=&#34;c&#34; d=&#39;e&#39;&#62;&#38;&#10;&#9;\ufffd\ufffd\ufffd\ufffd😀')
    const name = ']]> <!-- "&" \u0001'
    const xml = toJUnit([played(policy({ watched: [stopRule({ ...FAST, name })] }), { readings: (s) => [s > 12 ? 900 : 1] }, { experiment: '"><x>' })])
    expect(xml).not.toContain('\u0001')
    expect(xml).not.toMatch(/<x>|<!--|&(?!#)/)
    expect(xml.replaceAll(/<\/?(?:testsuites|testsuite|testcase|failure)(?: [a-z]+="[^"<>]*")*\/?>|<\?xml[^>]*>/g, '')).not.toMatch(/[<>]/)
  })
})

describe('our own JSON', () => {
  it('of a run that was halted is the golden one', async () => {
    await expect(inJson(toRunJson(halted))).toMatchFileSnapshot('golden/run-halted.json')
  })
})
