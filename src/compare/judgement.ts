import type { Measure } from './comparator.ts'
import type { Interval } from './interval.ts'
import type { Reason } from './read/limits.ts'
import type { ClassReport } from './tally/class-table.ts'
import type { Example } from './tally/examples.ts'
import type { LatencyReport } from './tally/paired-latency.ts'
import type { VolatileKind } from './tally/volatile-look.ts'
import type { TruthReport } from './truth/truth-report.ts'
import type { DiffyReport } from './verdict/diffy.ts'
import type { Verdict } from './verdict/verdict.ts'
import type { Difference } from './walk/field-visitor.ts'

/** What a mirror's answers have shown so far; plain data, and a function of the trials alone. */
export interface Judgement {
  /** Pairs with the shadow: compared (`match` and `differ` together), and those that could not be, by reason. */
  readonly shadow: PairReport
  /** The same of the primary's own model. */
  readonly baseline: PairReport
  /** How answers were read: kinds of answer and how many requests had each. */
  readonly codecs: Readonly<Record<string, number>>
  /** What the verdicts mean. */
  readonly terms: { readonly margin: number, readonly measureMargin: number, readonly confidence: number, readonly hypotheses: number }
  /** Fields that are different first, then those that differ most. */
  readonly fields: readonly FieldReport[]
  /** Different paths counted as `(other)`; 1000 means that many or more. */
  readonly overflowFields: number
  /** The first example of each field, then the second of each ... */
  readonly examples: readonly Example[]
  readonly latency: Readonly<Record<LatencyName, LatencyComparison>>
  /** Paths that an ignore rule could be written for. */
  readonly proposals: readonly Proposal[]
  /** Null where the config names no truth. */
  readonly truth: TruthReport | null
}

export interface PairReport {
  readonly compared: number
  readonly match: number
  readonly differ: number
  readonly uncomparable: Readonly<Partial<Record<Reason, number>>>
}

/** What is timed: to the first octet, to the end, to the first thing to read of a stream, and from one to the next. */
export type LatencyName = 'firstByte' | 'duration' | 'firstToken' | 'tokenGap'

export interface LatencyComparison {
  /** The shadow beside the primary. */
  readonly shadow: LatencyReport
  /** The shadow beside a second answer of the primary's own model: both are copies, sent at one time. */
  readonly shadowToBaseline: LatencyReport
}

export interface FieldReport {
  readonly path: string
  readonly verdict: Verdict
  /** Requests that had both answers when it was first found different, in itself or in a slice (looked at every 64 trials, from the 4096th on after each 64th part more); null where it has not been. */
  readonly foundAt: number | null
  readonly rates: RateReport
  /** Pairs with the shadow by how it differed; one pair may count under several. */
  readonly kinds: Readonly<Partial<Record<Difference, number>>>
  readonly gaveUp: number
  /** The single values behind `*`, in pairs with the shadow. */
  readonly values: { readonly compared: number, readonly different: number }
  readonly measures: readonly MeasureReport[]
  readonly classes: (ClassReport & { readonly kappa: number | null }) | null
  /** By slice, those that are different first. */
  readonly slices: readonly SliceReport[]
}

export interface SliceReport {
  readonly name: string
  readonly value: string
  readonly verdict: Verdict
  readonly rates: RateReport
}

/** How often a field differs. */
export interface RateReport {
  /** Pairs with the shadow in which the field was compared at least once: the unit of all that follows. */
  readonly compared: number
  readonly different: number
  readonly share: number
  /** What the share may be in the long run, looked at once: Wilson's interval, or the exact bound where nothing differed. */
  readonly interval: Interval
  readonly baseline: { readonly compared: number, readonly different: number, readonly share: number } | null
  /** Null where no request has both answers. */
  readonly paired: PairedReport | null
}

/** Requests with both answers: x says that the shadow differs from the primary, y that the primary's own model does. */
export interface PairedReport {
  readonly requests: number
  readonly bothDiffer: number
  readonly onlyShadow: number
  readonly onlyBaseline: number
  /** Rate of x less rate of y. */
  readonly excess: number
  /** What the excess may be in the long run: looked at once (Tango), and whenever one looks. */
  readonly interval: Interval
  readonly sequence: Interval
  /** Looked at once: exact McNemar test. */
  readonly p: number
  /** Natural logarithm of the e-value: whenever one looks. */
  readonly logEvidence: number
  readonly diffy: DiffyReport
}

export interface MeasureReport extends Pick<Measure, 'name' | 'kind'> {
  /** Largest possible; null where there is no bound. */
  readonly max: number | null
  readonly shadow: MeanReport
  readonly baseline: MeanReport | null
  /** Shadow less baseline within a request; null where no request has both. */
  readonly excess: (MeanReport & { readonly above: number, readonly below: number, /** Null where there are too few to say. */ readonly sequence: Interval | null, readonly logEvidence: number }) | null
}

export interface MeanReport {
  readonly count: number
  readonly mean: number
  readonly deviation: number
}

export interface Proposal {
  readonly path: string
  readonly kind: VolatileKind
  /** Share of pairs in which it differs: from the baseline where there is one, else from the shadow. */
  readonly share: number
}
