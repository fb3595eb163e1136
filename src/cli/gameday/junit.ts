import type { FalseAlarm } from '../../control/gameday/false-alarms.ts'
import type { Outcome } from '../../control/gameday/outcome.ts'
import type { GamedayReport } from '../../control/gameday/report.ts'
import { alertText } from '../../control/gameday/selector.ts'
import { isConclusive } from '../../control/gameday/verdict.ts'

/**
 * A report as JUnit XML: a suite per round with a case per expected alert, one for alerts nobody expected, and a suite of the
 * control windows. What is inconclusive is skipped. Source: the schema that Jenkins's JUnit plug-in documents.
 */
export function gamedayJunit({ plan: { rounds }, record, outcomes, alarms }: GamedayReport): string {
  const suites = record.rounds.map((at) => {
    const { name = '', experiment = null } = rounds[at.index] ?? {}
    const inRound = alarms.filter(({ round }) => round === at.index)
    const cases = [...outcomes.filter(({ round }) => round === at.index).map((outcome) => expectationCase(name, outcome)), quietCase(name, experiment === null ? 'nothing fires without a fault' : 'nothing else fires', inRound)]
    return suite(name, at.startMs, at.endMs, cases)
  })
  const control = alarms.filter(({ round }) => round === undefined)
  if (record.controls.length > 0) suites.push(suite('control windows', record.startMs, record.endMs, [quietCase('control windows', 'nothing fires without a fault', control)]))
  if (record.brokenOff !== undefined) suites.push(suite('game day', record.startMs, record.endMs, [{ xml: testCase('game day', 'runs to its end', 0, element('error', record.brokenOff)), failed: true, skipped: false }]))
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="windtunnel gameday">\n${suites.join('\n')}\n</testsuites>\n`
}

interface Case {
  readonly xml: string
  readonly failed: boolean
  readonly skipped: boolean
}

function expectationCase(round: string, { expectation: { alert, labels }, verdict: { kind, reason }, toDetectMs, recovered }: Outcome): Case {
  const skipped = !isConclusive(kind)
  const failed = !skipped && (kind !== 'detected' || recovered === false)
  const said = kind === 'detected' && recovered === false ? 'detected, but not resolved in time' : `${kind}: ${reason}`
  const body = failed ? element('failure', said, kind) : skipped ? element('skipped', said) : ''
  return { xml: testCase(round, alertText({ alertname: alert, ...labels }), toDetectMs ?? 0, body), failed, skipped }
}

function quietCase(round: string, name: string, alarms: readonly FalseAlarm[]): Case {
  const said = alarms.map(({ labels, atMs, why }) => `${alertText(labels)} fired at ${new Date(atMs).toISOString()}: ${why}`).join('; ')
  return { xml: testCase(round, name, 0, alarms.length === 0 ? '' : element('failure', said, 'false_alarm')), failed: alarms.length > 0, skipped: false }
}

const suite = (name: string, startMs: number, endMs: number, cases: readonly Case[]): string =>
  `  <testsuite name="${escape(name)}" tests="${cases.length}" failures="${cases.filter(({ failed }) => failed).length}" skipped="${cases.filter(({ skipped }) => skipped).length}" errors="0" timestamp="${new Date(startMs).toISOString().slice(0, 19)}" time="${((endMs - startMs) / 1000).toFixed(3)}">\n${cases.map(({ xml }) => xml).join('\n')}\n  </testsuite>`

const testCase = (suiteName: string, name: string, ms: number, body: string): string =>
  `    <testcase classname="gameday.${escape(suiteName)}" name="${escape(name)}" time="${(ms / 1000).toFixed(3)}"${body === '' ? '/>' : `>${body}</testcase>`}`

const element = (tag: string, message: string, type?: string): string => `<${tag} message="${escape(message)}"${type === undefined ? '' : ` type="${type}"`}/>`

const ENTITIES: ReadonlyMap<string, string> = new Map([['&', '&amp;'], ['<', '&lt;'], ['>', '&gt;'], ['"', '&quot;'], ['\n', '&#10;'], ['\t', '&#9;'], ['\r', '&#13;']])

// control characters have no place in XML 1.0, escaped or not
const escape = (text: string): string => text.replaceAll(/[&<>"\n\t\r]/g, (sign) => ENTITIES.get(sign) ?? '').replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, '\uFFFD')
