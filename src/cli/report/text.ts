import type { FieldReport, Judgement, LatencyComparison, LatencyName, MeasureReport } from '../../compare/judgement.ts'
import type { LegReport, MirrorReport } from '../../control/mirror-report.ts'
import { type Style, table } from '../style.ts'
import { about, because, differs, evidence, excess, fieldName, isNotable, noise, percent, points } from './wording.ts'

/** What is shown of a report. */
export interface TextOptions {
  readonly style: Style
  readonly maxFields: number
  readonly maxExamples: number
  /** Whether Diffy's rule is shown beside the verdicts. */
  readonly diffy: boolean
}

/** A mirror's report as text, lines ended. */
export function mirrorText(report: MirrorReport, options: TextOptions): string {
  const { route, mirror, shadow, baseline, judgement } = report
  const { style } = options
  const lines = [
    '',
    style.bold(`${route} -> ${mirror}`),
    ...legLines(shadow),
    ...baseline === null ? ['no baseline: differences cannot be told from the primary\'s own noise (mirrors[].baseline)'] : legLines(baseline).map((line, i) => i === 0 ? `baseline ${baseline.backend}: ${line}` : `  ${line}`)
  ]
  return `${lines.join('\n')}\n${judgement === null ? 'the comparison does not answer: its thread is being started again\n' : judgementText(judgement, options)}`
}

function legLines({ sampled, outcomes, underWay, missing, errors }: LegReport): readonly string[] {
  const [least, most] = missing.differ
  return [
    `sampled ${sampled}: ${Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${count}`).join(', ')}${underWay > 0 ? `, under way ${underWay}` : ''}`,
    ...missing.count === 0 ? [] : [`not compared ${missing.count} (${percent(missing.share)}): if none of them differed ${percent(least)} of all would, if all did ${percent(most)}`],
    ...errors.onlyPrimary + errors.onlyOther + errors.both === 0 ? [] : [
      `failed: only this model ${errors.onlyOther}, only the primary ${errors.onlyPrimary}, both ${errors.both} (e-value ${evidence(errors.logEvidence)}${errors.logEvidence >= SURE ? `: it fails ${errors.onlyOther > errors.onlyPrimary ? 'more' : 'less'} often` : ''})`
    ]
  ]
}

const SURE = Math.log(20)

/** What the comparison has found, as text, lines ended. */
export function judgementText(judgement: Judgement, options: TextOptions): string {
  const { style, maxFields, maxExamples } = options
  const { shadow, fields, terms, codecs, proposals, truth, examples } = judgement
  if (shadow.compared === 0 && Object.keys(shadow.uncomparable).length === 0) return 'nothing compared yet\n'
  const notable = fields.filter(isNotable)
  const quiet = fields.filter((field) => !isNotable(field))
  const shown = notable.slice(0, maxFields)
  const header = ['field', 'verdict', 'differs', 'noise', 'excess, whenever one looks', ...options.diffy ? ['diffy'] : [], 'because']
  const rows = shown.flatMap((field) => fieldRows(field, options))
  return [
    `read as ${Object.entries(codecs).map(([name, count]) => `${name} (${count})`).join(', ')}`,
    ...Object.entries(shadow.uncomparable).map(([reason, count]) => `uncomparable: ${reason} ${count}`),
    `verdicts at ${percent(terms.confidence)}, whenever and however often one looks; up to ${points(terms.margin).replace('+', '')} percentage points more often is equivalent`,
    ...rows.length === 0 ? [] : [table([header, ...rows], [2, 3, 4])],
    ...notable.length > shown.length ? [style.dim(`and ${notable.length - shown.length} more fields; --json shows all`)] : [],
    ...quietLines(quiet, rows.length > 0),
    ...judgement.overflowFields > 0 ? [`${judgement.overflowFields === 1000 ? '1000 or more' : judgement.overflowFields} further fields are counted together as (other)`] : [],
    ...shown.flatMap(({ path, measures }) => measures.filter(({ shadow: { count } }) => count > 0).map((measure) => style.dim(measureLine(path, measure)))),
    ...shown.flatMap(classLines).map((line) => style.dim(line)),
    ...latencyLines(judgement),
    ...truth === null ? [] : truthLines(truth),
    ...proposals.map(({ path, kind, share }) => `${fieldName(path)} looks like ${kind === 'id' ? 'an id' : 'a time'} and differs in ${percent(share)}; if it is one, write  ignore: [${path}]`),
    ...examples.slice(0, maxExamples).map(({ requestId, path, kind, primary, other }) => style.dim(`example ${requestId} ${fieldName(path)} ${kind}: ${primary ?? '(none)'} | ${other ?? '(none)'}`))
  ].join('\n').concat('\n')
}

function fieldRows(field: FieldReport, { style, diffy }: TextOptions): readonly (readonly string[])[] {
  const row = (name: string, { verdict, rates }: Pick<FieldReport, 'verdict' | 'rates'>, rest: string): readonly string[] =>
    [name, coloured(verdict.kind, style), differs(rates), noise(rates), excess(rates), ...diffy ? [rates.paired?.diffy.reported === true ? 'reports' : '-'] : [], `${because(verdict)}${rest}`]
  const found = field.foundAt === null || field.verdict.kind !== 'different' ? '' : `; found within ${field.foundAt} requests`
  return [
    row(fieldName(field.path), field, found),
    // a slice is worth a line of its own where something was found
    ...field.slices.filter((slice) => slice.verdict.kind === 'different').map((slice) => row(`  ${slice.name} = ${slice.value}`, slice, '')),
    ...otherSlices(field, diffy)
  ]
}

// what was not found counts as well: where a difference is not is half of where it is
function otherSlices({ verdict, slices }: FieldReport, diffy: boolean): readonly (readonly string[])[] {
  const others = slices.filter((slice) => slice.verdict.kind !== 'different')
  if (others.length === 0 || (others.length === slices.length && verdict.kind !== 'different')) return []
  const equivalent = others.filter((slice) => slice.verdict.kind === 'equivalent').map(({ value }) => value)
  const open = others.filter((slice) => slice.verdict.kind === 'inconclusive').map(({ value }) => value)
  const named = (what: string, values: readonly string[]): readonly string[] => values.length === 0 ? [] : [`${what} ${values.slice(0, MAX_NAMED).join(', ')}${values.length > MAX_NAMED ? `, ${values.length - MAX_NAMED} more` : ''}`]
  return [[`  ${others.length} other slice${others.length === 1 ? '' : 's'}`, '', '', '', '', ...diffy ? [''] : [], [...named('equivalent:', equivalent), ...named('open:', open)].join('; ')]]
}

const MAX_NAMED = 8

function coloured(kind: FieldReport['verdict']['kind'], style: Style): string {
  return kind === 'different' ? style.red(kind) : kind === 'equivalent' ? style.green(kind) : style.yellow(kind)
}

// nothing seen is not nothing there: say how large a share could have gone unseen
function quietLines(quiet: readonly FieldReport[], others: boolean): readonly string[] {
  if (quiet.length === 0) return []
  const bounds = quiet.map(({ rates: { interval: [, high] } }) => high)
  const [least, most] = [Math.min(...bounds), Math.max(...bounds)].map(percent)
  const equivalent = quiet.filter(({ verdict }) => verdict.kind === 'equivalent').map(({ path }) => fieldName(path))
  const names = equivalent.length === 0 ? '' : ` (${equivalent.slice(0, MAX_NAMED).join(', ')}${equivalent.length > MAX_NAMED ? ` and ${equivalent.length - MAX_NAMED} more` : ''})`
  const open = quiet.flatMap(({ verdict }) => verdict.kind === 'inconclusive' && verdict.more !== null ? [verdict.more] : [])
  const more = open.length === 0 ? '' : `; the others need up to ${about(Math.max(...open))} more requests`
  const range = least === most ? `${most} of answers` : `${least} (those compared most) to ${most} (least) of answers`
  return [`no difference seen in ${quiet.length} ${others ? 'other ' : ''}fields; each could still differ in up to ${range}: ${equivalent.length} of them equivalent${names}${more}`]
}

const number = (value: number): string => value === 0 ? '0' : Math.abs(value) >= 1e5 || Math.abs(value) < 1e-3 ? value.toExponential(2) : value.toPrecision(3)

function measureLine(path: string, { name, shadow, baseline, excess: over }: MeasureReport): string {
  const noiseText = baseline === null ? '' : `, by noise ${number(baseline.mean)}`
  const excessText = over === null ? '' : `, excess ${number(over.mean)}${over.sequence === null ? '' : ` (${over.sequence.map(number).join(' .. ')})`}`
  return `${fieldName(path)} ${name}: ${number(shadow.mean)} on average over ${shadow.count}${noiseText}${excessText}`
}

function classLines({ path, classes }: FieldReport): readonly string[] {
  if (classes === null) return []
  const { names, table: counts, kappa } = classes
  const flips = counts.flatMap((row, i) => row.map((count, j) => ({ from: names[i] ?? '', to: names[j] ?? '', count, same: i === j }))).filter(({ same, count }) => !same && count > 0)
  const shown = flips.toSorted((a, b) => b.count - a.count).slice(0, 5).map(({ from, to, count }) => `${from} -> ${to} ${count}`)
  return shown.length === 0 ? [] : [`${fieldName(path)} flips: ${shown.join(', ')}${flips.length > shown.length ? ', ...' : ''}${kappa === null ? '' : `; kappa ${kappa.toFixed(3)}`}`]
}

const LATENCIES: readonly (readonly [LatencyName, string])[] = [['duration', 'time'], ['firstToken', 'first token'], ['tokenGap', 'token gap']]

function latencyLines({ latency }: Judgement): readonly string[] {
  return LATENCIES.flatMap(([name, title]) => {
    const { shadow, shadowToBaseline }: LatencyComparison = latency[name]
    if (shadow.count === 0) return []
    const beside = shadowToBaseline.interval === null ? '' : `; shadow / a second copy to the primary's model ${shadowToBaseline.ratio.toFixed(2)} (${range(shadowToBaseline.interval)}): ${shadowToBaseline.verdict}`
    const own = shadow.interval === null ? '' : ` (${range(shadow.interval)}): ${shadow.verdict}`
    return [`${title.padEnd(12)}primary ${shadow.firstMeanMs.toFixed(1)} ms, shadow ${shadow.secondMeanMs.toFixed(1)} ms on average of ${shadow.count}; shadow / primary within a request ${shadow.ratio.toFixed(2)}${own}${beside}`]
  })
}

const range = ([low, high]: readonly [number, number]): string => `${low.toFixed(2)} .. ${high.toFixed(2)}`

const TRUTH_VERDICTS = { shadow_better: 'the shadow is right more often', primary_better: 'the primary is right more often', inconclusive: 'not enough to tell which is right more often' } as const

function truthLines({ accuracy, error, outcomes }: NonNullable<Judgement['truth']>): readonly string[] {
  const told = `outcomes: joined ${outcomes.joined}, waiting ${outcomes.waiting}, late ${outcomes.late}, again ${outcomes.again}, unknown ${outcomes.unknown}`
  if (accuracy === null) return [told]
  const { primary, shadow, difference } = accuracy
  return [
    told,
    `right       primary ${percent(primary.share)} (${percent(primary.interval[0])} .. ${percent(primary.interval[1])}), shadow ${percent(shadow.share)} (${percent(shadow.interval[0])} .. ${percent(shadow.interval[1])}) of ${accuracy.requests}; ` +
      `difference ${points(difference.share)} (${points(difference.sequence[0])} .. ${points(difference.sequence[1])}), e-value ${evidence(accuracy.logEvidence)}: ${TRUTH_VERDICTS[accuracy.verdict]}`,
    ...error === null ? [] : [`${error.measure}: primary ${number(error.primaryMean)}, shadow ${number(error.shadowMean)} on average of ${error.requests}; the shadow is more wrong in ${error.shadowWorse}, less in ${error.shadowBetter}`]
  ]
}
