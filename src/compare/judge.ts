import { type Pointer, parsePointer, resolvePointer } from '../core/json-pointer.ts'
import type { Trial } from '../core/trial.ts'
import { type ComparisonOptions, compileComparator, createComparison, type Reading, type Result } from './compare-answers.ts'
import type { FieldRule } from './codec.ts'
import type { Comparator } from './comparator.ts'
import { codecs } from './codecs/index.ts'
import { differentFields, fieldReports } from './field-reports.ts'
import type { Judgement, PairReport, Proposal } from './judgement.ts'
import type { Reason } from './read/limits.ts'
import type { Example } from './tally/examples.ts'
import type { FieldCount } from './tally/field-count.ts'
import { type FieldCaps, FieldCounts } from './tally/field-counts.ts'
import { Latencies, timesOf } from './tally/latencies.ts'
import { compileRedact, type Evidence } from './tally/redact.ts'
import { type SliceConfig, Slices } from './tally/slices.ts'
import { type Joined, Truth } from './truth/truth.ts'
import type { VerdictOptions } from './verdict/verdict.ts'

/** All that a mirror's `compare` says, checked; and what bounds what is kept. */
export interface JudgeOptions extends ComparisonOptions, VerdictOptions, FieldCaps {
  readonly slices?: readonly SliceConfig[]
  /** JSON Pointers whose values are replaced by hashes before anything is kept. */
  readonly redact?: readonly string[]
  readonly evidence?: Evidence
  /** Where the prediction stands that outcomes are about, how it is compared with the truth, and how long that may take. */
  readonly truth?: FieldRule & { readonly horizonMs: number, readonly maxPending: number } | undefined
  /** Requests whose times are left out at the beginning. */
  readonly warmUp?: number
  /** Examples shown, over all fields. */
  readonly maxExamples?: number
  /** Salts the hashes of redacted values. */
  readonly secret?: string
}

/** What came of each pair of a trial; undefined where there was none. */
export interface TrialResult {
  readonly shadow: Result['kind'] | undefined
  readonly baseline: Result['kind'] | undefined
}

/**
 * Judges a shadow model by what it answered beside the primary: compares, counts and concludes, in bounded memory whatever
 * answers hold. A function of the trials and their order; never throws on a trial.
 */
export interface Judge {
  /** @param nowMs for how long predictions are remembered */
  add(trial: Trial, nowMs: number): TrialResult
  /** What turned out to be true about a request; undefined where the config names no truth. */
  tell(requestId: string, truth: unknown, nowMs: number): Joined | undefined
  /** @param forecast whether to work out how many more requests would decide what is open, which takes longer than all the rest */
  report(forecast?: boolean): Judgement
}

/** @throws Error on a pointer that is none and on an unknown comparator or codec */
export function createJudge(options: JudgeOptions): Judge {
  const { maxExamples = 20, warmUp = 0 } = options
  const comparison = createComparison(options)
  const fields = new FieldCounts(options, compileRedact(options.redact ?? [], options.evidence ?? 'values', options.secret ?? ''))
  const slices = new Slices(options.slices ?? [])
  const latencies = new Latencies(warmUp)
  const pairs = { shadow: new PairCount(), baseline: new PairCount() }
  const kinds = new Map<string, number>()
  const predictions = options.truth === undefined ? undefined : predictionsOf(options.truth)
  /** Requests with both answers at which a field was first found different: looked for at fixed times, so that trials alone decide. */
  const found = new Map<string, number>()
  let trials = 0
  let nextLook = LOOK_EVERY

  return {
    add(trial, nowMs) {
      const { requestId, path } = trial
      const primary = comparison.read(trial.primary, path)
      const shadow = trial.shadow === undefined ? undefined : comparison.read(trial.shadow, path, primary)
      const baseline = trial.baseline === undefined ? undefined : comparison.read(trial.baseline, path, primary)
      const result: TrialResult = {
        shadow: shadow === undefined ? undefined : pairs.shadow.count(comparison.compare(primary, shadow, fields.follow('shadow'))),
        baseline: baseline === undefined ? undefined : pairs.baseline.count(comparison.compare(primary, baseline, fields.follow('baseline')))
      }
      const document = valueOf(primary)
      fields.settle(requestId, slices.of(trial, document))
      const kind = kindOf(primary)
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
      latencies.add(timesOf(trial.primary, primary.document), shadow && timesOf(shadow.answer, shadow.document), baseline && timesOf(baseline.answer, baseline.document))
      if (++trials === nextLook) {
        nextLook += Math.max(LOOK_EVERY, trials >> 6)
        for (const field of differentFields(fields.all(), slices.all, options)) if (!found.has(field.path)) found.set(field.path, field.counts.both)
      }
      if (predictions !== undefined && shadow !== undefined) predictions.truth.remember(requestId, resolvePointer(document, predictions.at), resolvePointer(valueOf(shadow), predictions.at), nowMs)
      return result
    },

    tell: (requestId, truth, nowMs) => predictions?.truth.tell(requestId, truth, nowMs),

    report(forecast = true) {
      const counts = fields.all()
      const reports = fieldReports(counts, slices.all, options, found, forecast)
      const { margin, measureMargin, confidence } = options
      return {
        shadow: pairs.shadow.report(),
        baseline: pairs.baseline.report(),
        codecs: Object.fromEntries(kinds),
        terms: { margin, measureMargin, confidence, hypotheses: reports.hypotheses },
        fields: reports.fields,
        overflowFields: fields.overflowed,
        examples: inTurns(counts.map((field) => examplesOf(field))).slice(0, maxExamples),
        latency: latencies.report(confidence),
        proposals: counts.flatMap(proposalFor),
        truth: predictions?.truth.report(confidence) ?? null
      }
    }
  }
}

/** Counts pairs by what came of them. */
class PairCount {
  private match = 0
  private differ = 0
  private readonly uncomparable = new Map<Reason, number>()

  count(result: Result): Result['kind'] {
    if (result.kind === 'uncomparable') this.uncomparable.set(result.reason, (this.uncomparable.get(result.reason) ?? 0) + 1)
    else this[result.kind]++
    return result.kind
  }

  report(): PairReport {
    const { match, differ, uncomparable } = this
    return { compared: match + differ, match, differ, uncomparable: Object.fromEntries(uncomparable) }
  }
}

const predictionsOf = ({ at, as, horizonMs, maxPending, ...rest }: NonNullable<JudgeOptions['truth']>): { readonly at: Pointer, readonly truth: Truth } =>
  ({ at: parsePointer(at) ?? [], truth: new Truth({ comparator: judgeOf(as, rest), horizonMs, maxPending }) })

function judgeOf(as: string, options: unknown): Comparator {
  const found = compileComparator(as, options, 'truth.as')
  if (!('compare' in found)) throw new Error(`truth.as: "${as}" compares no predictions`)
  return found
}

const valueOf = ({ document }: Reading): unknown => typeof document !== 'string' && 'value' in document ? document.value : undefined

function kindOf({ document }: Reading): string {
  if (typeof document === 'string') return `(${document})`
  return 'codec' in document ? codecs.find(({ codec }) => codec === document.codec)?.name ?? '' : `(${document.kind})`
}

// trials; once there are thousands, a 64th of them, so that looking stays a small part of the work
const LOOK_EVERY = 64
const VOLATILE_SHARE = 0.95
const VOLATILE_PAIRS = 20

/** An ignore rule that might be meant: for what is new in every answer, also of one model, and looks it. */
function proposalFor({ path, counts, volatile }: FieldCount): readonly Proposal[] {
  const { kind } = volatile
  const [differs, compared] = counts.baselinePairs >= VOLATILE_PAIRS ? [counts.baselineDiffers, counts.baselinePairs] : [counts.shadowDiffers, counts.shadowPairs]
  const share = differs / compared
  return kind === undefined || compared < VOLATILE_PAIRS || share < VOLATILE_SHARE || !path.startsWith('/') ? [] : [{ path, kind, share }]
}

/** The first of each way to differ, then the second of each ... */
const examplesOf = ({ examples }: FieldCount): readonly Example[] => inTurns(examples.map(({ all }) => all))

/** The first of each list, then the second of each ... */
function inTurns<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const turns = Math.max(0, ...lists.map((list) => list.length))
  return Array.from({ length: turns }, (_, turn) => lists.flatMap((list) => list.slice(turn, turn + 1))).flat()
}
