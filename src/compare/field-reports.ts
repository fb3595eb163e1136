import { excessInterval } from '../stats/excess-interval.ts'
import { excessSequence } from '../stats/excess-sequence.ts'
import { kappa } from '../stats/kappa.ts'
import { logCoinEvidence } from '../stats/coin-evidence.ts'
import { meanSequence } from '../stats/mean-sequence.ts'
import { type Moments, sampleVariance } from '../stats/moments.ts'
import { signTest } from '../stats/sign-test.ts'
import { wilsonInterval } from '../stats/wilson-interval.ts'
import { zeroEventsBound } from '../stats/zero-events-bound.ts'
import type { Measure } from './comparator.ts'
import type { Interval } from './interval.ts'
import type { FieldReport, MeanReport, MeasureReport, PairedReport, RateReport, SliceReport } from './judgement.ts'
import type { FieldCount } from './tally/field-count.ts'
import type { JointCount } from './tally/joint-count.ts'
import type { MeasureCount } from './tally/measure-count.ts'
import type { Slice } from './tally/slices.ts'
import { conclude, type Counted, MIN_MEASURED } from './verdict/conclude.ts'
import { diffy } from './verdict/diffy.ts'
import { requestsToDecide } from './verdict/forecast.ts'
import { type Hypothesis, hypothesesOf, rateHypothesis, rejectedOf } from './verdict/hypotheses.ts'
import type { Verdict, VerdictOptions } from './verdict/verdict.ts'

/** A part of the evidence that gets a verdict of its own: a field, or a field within a slice. */
interface Subject {
  readonly field: FieldCount
  /** Undefined for the field as a whole. */
  readonly slice: Slice | undefined
  readonly counted: Counted
  readonly hypotheses: readonly Hypothesis[]
}

/** A subject, and what is rejected of it when all are taken together; strongest first. */
interface Tested {
  readonly subject: Subject
  readonly rejected: readonly string[]
}

/** Fields that are different as of now, in themselves or in a slice. */
export function differentFields(fields: readonly FieldCount[], slices: readonly Slice[], options: VerdictOptions): readonly FieldCount[] {
  const { tested } = testAll(fields, slices, options)
  return [...new Set(tested.filter(({ rejected }) => rejected.length > 0).map(({ subject }) => subject.field))]
}

/**
 * Draws conclusions on all fields and slices.
 * @param found requests with both answers at which a field was first found different, by path
 * @param forecast whether to say how many more requests would decide what is open
 */
export function fieldReports(fields: readonly FieldCount[], slices: readonly Slice[], options: VerdictOptions, found: ReadonlyMap<string, number>, forecast: boolean): { readonly fields: readonly FieldReport[], readonly hypotheses: number } {
  const { tested, hypotheses } = testAll(fields, slices, options)
  // as strong as evidence must be where it stands alone and was there from the beginning, as most are
  const enough = Math.log(2 * Math.max(1, hypotheses) / (1 - options.confidence))
  const concluded = (counted: Counted, rejected: readonly string[]): Verdict => conclude(counted, rejected, options, () => forecast ? requestsToDecide(counted, options, enough) : null)
  const concludedOfCounts = onceForCounts((counts) => concluded({ counts, measures: [] }, []))
  const rates = onceForCounts((counts) => ratesOf(counts, options))
  const judged = new Map<FieldCount, Judged[]>()
  for (const { subject, rejected } of tested) {
    const { counts, measures } = subject.counted
    const verdict = measures.length === 0 && rejected.length === 0 ? concludedOfCounts(counts) : concluded(subject.counted, rejected)
    const list = judged.get(subject.field) ?? []
    judged.set(subject.field, list)
    list.push({ subject, verdict })
  }
  const reports = fields.flatMap((field) => {
    const [whole, ...parts] = judged.get(field) ?? []
    return whole === undefined ? [] : [reportOf(field, whole.verdict, parts, options, rates, found)]
  })
  return { fields: reports.toSorted((a, b) => rank(a) - rank(b)), hypotheses }
}

/** Most fields and slices never differ, and many of them have the same counts: what follows from these is worked out once. */
function onceForCounts<T>(of: (counts: JointCount) => T): (counts: JointCount) => T {
  const known = new Map<string, T>()
  return (counts) => {
    const key = Object.values({ ...counts, since: 0 }).join()
    const found = known.get(key) ?? of(counts)
    known.set(key, found)
    return found
  }
}

interface Judged {
  readonly subject: Subject
  readonly verdict: Verdict
}

/**
 * Of what is called different, at most the agreed share is so by chance (weighted e-BH), however many fields and slices there are,
 * whenever they turn up and however often one looks.
 */
function testAll(fields: readonly FieldCount[], slices: readonly Slice[], options: VerdictOptions): { readonly tested: readonly Tested[], readonly hypotheses: number } {
  const subjects = fields.flatMap((field) => [wholeOf(field), ...slicesOf(field, slices)])
  const all = subjects.flatMap(({ hypotheses }) => hypotheses)
  const rejected = rejectedOf(all, options.confidence)
  let at = 0
  const tested = subjects.map((subject): Tested => {
    const strongest = subject.hypotheses.filter(() => rejected[at++] === true).toSorted((a, b) => b.logEvidence - a.logEvidence)
    return { subject, rejected: strongest.map(({ by }) => by) }
  })
  return { tested, hypotheses: all.length }
}

/** What is found comes first; a stable sort keeps the order of the rest. */
const rank = ({ verdict, slices }: FieldReport): number => verdict.kind === 'different' ? 0 : slices.some((slice) => slice.verdict.kind === 'different') ? 1 : 2

const wholeOf = (field: FieldCount): Subject => ({ field, slice: undefined, counted: { counts: field.counts, measures: measuresOf(field) }, hypotheses: hypothesesOf(field) })

const slicesOf = (field: FieldCount, slices: readonly Slice[]): readonly Subject[] => field.slices.flatMap((counts, number): readonly Subject[] => {
  const slice = slices[number]
  if (counts === undefined || slice === undefined) return []
  return [{ field, slice, counted: { counts, measures: [] }, hypotheses: counts.both === 0 ? [] : [rateHypothesis(counts)] }]
})

function measuresOf({ comparator, measures }: FieldCount): readonly { readonly measure: Measure, readonly count: MeasureCount }[] {
  return measures.flatMap((count, i) => {
    const measure = comparator?.measures[i]
    return measure === undefined ? [] : [{ measure, count }]
  })
}

function reportOf(field: FieldCount, verdict: Verdict, parts: readonly Judged[], options: VerdictOptions, rates: (counts: JointCount) => RateReport, found: ReadonlyMap<string, number>): FieldReport {
  const { path, kinds, gaveUp, values, classes, counts } = field
  const classReport = classes?.report()
  const slices = parts.flatMap(({ subject: { slice, counted }, verdict: of }): readonly SliceReport[] => slice === undefined ? [] : [{ ...slice, verdict: of, rates: rates(counted.counts) }])
  return {
    path,
    verdict,
    foundAt: found.get(path) ?? null,
    rates: rates(counts),
    kinds: Object.fromEntries(kinds),
    gaveUp,
    values: { ...values },
    measures: measuresOf(field).filter(({ count }) => count.shadow.count > 0).map(({ measure, count }) => measureReport(measure, count, options)),
    classes: classReport === undefined ? null : { ...classReport, kappa: kappa(classReport.table)?.kappa ?? null },
    slices: slices.toSorted((a, b) => Number(b.verdict.kind === 'different') - Number(a.verdict.kind === 'different') || b.rates.share - a.rates.share)
  }
}

function ratesOf(counts: JointCount, options: VerdictOptions): RateReport {
  const { shadowPairs, shadowDiffers, baselinePairs, baselineDiffers, both } = counts
  return {
    compared: shadowPairs,
    different: shadowDiffers,
    share: shadowPairs === 0 ? 0 : shadowDiffers / shadowPairs,
    // where nothing was seen, the end that can be wrong is wrong as seldom as either end of the interval elsewhere
    interval: shadowDiffers === 0 ? [0, zeroEventsBound(shadowPairs, (1 + options.confidence) / 2)] : wilsonInterval(shadowDiffers, shadowPairs, options.confidence),
    baseline: baselinePairs === 0 ? null : { compared: baselinePairs, different: baselineDiffers, share: baselineDiffers / baselinePairs },
    paired: both === 0 ? null : pairedReport(counts, options)
  }
}

function pairedReport(counts: JointCount, { confidence }: VerdictOptions): PairedReport {
  const { both, bothDiffer, onlyShadow, onlyBaseline } = counts
  const paired = { onlyFirst: onlyShadow, onlySecond: onlyBaseline, pairs: both }
  return {
    requests: both,
    bothDiffer,
    onlyShadow,
    onlyBaseline,
    excess: (onlyShadow - onlyBaseline) / both,
    interval: excessInterval(paired, confidence),
    sequence: excessSequence(paired, confidence),
    p: signTest(onlyShadow, onlyBaseline),
    logEvidence: logCoinEvidence(onlyShadow, onlyBaseline),
    diffy: diffy(counts)
  }
}

function measureReport({ name, kind, max }: Measure, { shadow, baseline, excess, above, below }: MeasureCount, { confidence }: VerdictOptions): MeasureReport {
  return {
    name,
    kind,
    max: orNull(max),
    shadow: meanReport(shadow),
    baseline: baseline.count === 0 ? null : meanReport(baseline),
    excess: excess.count === 0 ? null : { ...meanReport(excess), above, below, sequence: excess.count < MIN_MEASURED ? null : finite(meanSequence(excess, confidence)), logEvidence: logCoinEvidence(above, below) }
  }
}

const meanReport = (moments: Moments): MeanReport => ({ count: moments.count, mean: moments.mean, deviation: moments.count < 2 ? 0 : Math.sqrt(sampleVariance(moments)) })

// JSON knows neither NaN nor Infinity
const finite = (interval: Interval): Interval | null => interval.every((end) => Number.isFinite(end)) ? interval : null

const orNull = (value: number): number | null => Number.isFinite(value) ? value : null

