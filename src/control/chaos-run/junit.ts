import type { RunRecord } from './record.ts'
import type { RunReason } from './state.ts'

interface Case {
  readonly name: string
  /** What went wrong: a failure was shown, an error is that nothing was. */
  readonly problem?: { readonly kind: 'failure' | 'error', readonly reasons: readonly RunReason[] }
}

/**
 * Runs as JUnit's XML, for what shows tests: a suite for each, with a case for its verdict and one for each condition. What
 * failed is a failure; INCONCLUSIVE is an error, so that no pipeline takes it for a pass.
 *
 * Source: the schema of Jenkins' xUnit plugin, junit-10.xsd.
 */
export function toJUnit(records: readonly RunRecord[]): string {
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...records.flatMap(suiteOf), '</testsuites>', ''].join('\n')
}

function suiteOf(record: RunRecord): readonly string[] {
  const cases = [verdictCase(record), ...conditionCases(record)]
  const count = (kind: 'failure' | 'error'): number => cases.filter(({ problem }) => problem?.kind === kind).length
  const seconds = (record.endedAtMs - record.startedAtMs) / 1000
  const attributes = { name: record.experiment, tests: cases.length, failures: count('failure'), errors: count('error'), skipped: 0, time: seconds, timestamp: new Date(record.startedAtMs).toISOString().slice(0, 19) }
  return [`  <testsuite${attributesOf(attributes)}>`, ...cases.flatMap((one, i) => caseOf(one, record, i === 0 ? seconds : 0)), '  </testsuite>']
}

const verdictCase = ({ verdict: { kind, reasons } }: RunRecord): Case =>
  ({ name: 'verdict', ...kind !== 'PASS' && { problem: { kind: kind === 'FAIL' ? 'failure' : 'error', reasons } } })

function conditionCases({ policy: { watched }, verdict }: RunRecord): readonly Case[] {
  return watched.map(({ condition: { name } }) => {
    const reasons = verdict.reasons.filter(({ condition }) => condition === name)
    const isShown = reasons.some(({ code }) => code === 'hypothesis_violated' || code === 'not_recovered' || code === 'stop_rule' || code === 'unreadable')
    return { name, ...reasons.length > 0 && { problem: { kind: isShown ? 'failure' : 'error', reasons } } }
  })
}

function caseOf({ name, problem }: Case, { experiment, how }: RunRecord, seconds: number): readonly string[] {
  const start = `    <testcase${attributesOf({ classname: `windtunnel.chaos.${experiment}`, name, time: seconds })}`
  if (problem === undefined) return [`${start}/>`]
  const [first] = problem.reasons
  const body = [`ended: ${how}`, ...problem.reasons.map(({ code, text }) => `${code}: ${text}`)].map(escapeXml).join('\n')
  return [`${start}>`, `      <${problem.kind}${attributesOf({ message: first?.text ?? '', type: first?.code ?? '' })}>${body}</${problem.kind}>`, '    </testcase>']
}

const attributesOf = (attributes: Readonly<Record<string, string | number>>): string => Object.entries(attributes).map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`).join('')

/** What XML 1.0 may hold (section 2.2), and none of what it would take for markup; the rest is the replacement character. */
export const escapeXml = (text: string): string => text.toWellFormed()
  .replaceAll(FORBIDDEN, '\ufffd')
  .replaceAll(/[&<>"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)

// oxlint-disable-next-line no-control-regex -- they are what it is about
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g
