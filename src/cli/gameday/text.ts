import type { Floor } from '../../control/gameday/floor.ts'
import type { Outcome } from '../../control/gameday/outcome.ts'
import type { GamedayReport } from '../../control/gameday/report.ts'
import { alertText } from '../../control/gameday/selector.ts'
import { isConclusive, seconds, type VerdictKind } from '../../control/gameday/verdict.ts'
import { percent } from '../report/wording.ts'
import { type Style, table } from '../style.ts'
import { matrixText } from './matrix-text.ts'

/** A report as people read it in a terminal. */
export function gamedayText(report: GamedayReport, style: Style): string {
  const { plan, record, outcomes } = report
  const heading = `${style.bold('game day')}  ${new Date(record.startMs).toISOString()}, ${record.rounds.length} of ${plan.rounds.length} rounds in ${seconds(record.endMs - record.startMs)}`
  const brokenOff = record.brokenOff === undefined ? [] : [style.red(`broken off: ${record.brokenOff}`)]
  const rounds = record.rounds.map((at) => {
    const { name = '', experiment = null, expect = [], minInjected = 0 } = plan.rounds[at.index] ?? {}
    const what = at.skipped ? 'left out' : experiment === null ? 'nothing injected' : `${at.dose.count} injected${at.dose.count < minInjected ? style.yellow(` of ${minInjected} wanted`) : ''}`
    const first = `\n${style.bold(name)}  ${what}, ${seconds(at.stopMs - at.startMs)}${at.notes.map((note) => `\n  note: ${note}`).join('')}`
    const inRound = outcomes.filter(({ round }) => round === at.index)
    const drill = expect.length > 0 ? [] : [report.alarms.some(({ round }) => round === at.index) ? `  ${style.red('disturbed')}  something fired: see below` : `  ${style.green('quiet')}  nothing fired, as nothing should`]
    return [first, ...inRound.map((outcome) => outcomeText(outcome, style)), ...drill].join('\n')
  })
  const gaps = record.gaps.map(({ source, fromMs, toMs, reason }) => style.yellow(`unwatched for ${seconds(toMs - fromMs)} from ${new Date(fromMs).toISOString()}, ${source}: ${reason}`))
  return `${[heading, ...brokenOff, ...gaps, ...rounds, '', alarmsText(report, style), '', matrixText(report, style), '', scoreText(report, style)].join('\n')}\n`
}

function outcomeText({ expectation: { alert, labels, withinMs }, verdict: { kind, reason }, stages, toDetectMs, noticedBy, floor, toResolveMs, recovered, firingMs }: Outcome, style: Style): string {
  const lines = [`  ${coloured(kind, style)}  ${style.bold(alertText({ alertname: alert, ...labels }))} within ${seconds(withinMs)}: ${reason}`]
  const { toPendingMs, toFiringMs, toNotifiedMs } = stages
  if (toPendingMs !== undefined) {
    const parts = [
      `pending ${seconds(toPendingMs)}`,
      ...toFiringMs === undefined ? [] : [`firing +${seconds(toFiringMs)}`],
      ...toNotifiedMs === undefined || noticedBy === 'prometheus' ? [] : [`${noticedBy === 'webhook' ? 'notified' : 'in Alertmanager'} +${seconds(toNotifiedMs)}`]
    ]
    lines.push(`    injection -> ${parts.join(' -> ')}${toDetectMs === undefined ? '' : ` = ${seconds(toDetectMs)}`}`)
  }
  if (floor !== undefined) lines.push(style.dim(`    built in: ${floorText(floor)}`))
  if (firingMs !== undefined) {
    const resolved = toResolveMs === undefined ? 'not resolved while it was watched' : `resolved ${seconds(toResolveMs)} after the last injection`
    lines.push(`    ${recovered === false ? style.red(`${resolved}, which is too late`) : resolved}`)
  }
  return lines.join('\n')
}

/** `scrape interval 1 s + for 2 s = up to 3 s, 2 s at least; the largest part is for`. */
export function floorText({ terms, mostMs, leastMs, dominant, windowMs }: Floor): string {
  const sum = `${terms.map(({ name, ms }) => `${name} ${seconds(ms)}`).join(' + ')} = up to ${seconds(mostMs)}, ${seconds(leastMs)} at least; the largest part is ${dominant.name}`
  return windowMs === undefined ? sum : `${sum}; its rate over ${seconds(windowMs)} rises as the window fills`
}

function coloured(kind: VerdictKind, style: Style): string {
  const word = kind.replace('_', ' ')
  return kind === 'detected' ? style.green(word) : isConclusive(kind) ? style.red(word) : style.yellow(word)
}

function alarmsText({ alarms, score: { falseAlarms: { quiet, quietMs, perHour, interval } }, plan }: GamedayReport, style: Style): string {
  const rate = perHour === undefined || interval === undefined ? '' : `, ${perHour.toFixed(1)} per hour (${interval[0].toFixed(1)} .. ${interval[1].toFixed(1)})`
  const first = `${style.bold('false alarms')}  ${quiet} in ${seconds(quietMs)} without a fault${rate}; ${alarms.length - quiet} during faults`
  const rows = alarms.map(({ labels, atMs, round, why, series }) =>
    ['', style.red(alertText(labels)), new Date(atMs).toISOString(), round === undefined ? '' : plan.rounds[round]?.name ?? '', why, series === 1 ? '' : `${series} series`])
  return rows.length === 0 ? first : `${first}\n${table(rows)}`
}

function scoreText({ score: { conclusive, detected, expectations, recall, precision, f1, timeToDetectMs: { count, median, p90 } }, result }: GamedayReport, style: Style): string {
  const share = (value: number | undefined): string => value === undefined ? 'unknown' : percent(value)
  const times = median === undefined || p90 === undefined ? '' : `; time to detect: median ${seconds(median)}, 9 of 10 within ${seconds(p90)}, of ${count}`
  const paint = { passed: style.green, failed: style.red, inconclusive: style.yellow }[result]
  return `${paint(result)}  ${detected} of ${conclusive} detected${expectations > conclusive ? `, ${expectations - conclusive} inconclusive` : ''}; recall ${share(recall)}, precision ${share(precision)}, F1 ${f1 === undefined ? 'unknown' : f1.toFixed(2)}${times}`
}
