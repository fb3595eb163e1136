/** What is true of a field, as far as can be told. */
export type Verdict = Different | Equivalent | Inconclusive

/** The shadow differs from the primary more, or less, often or far than the primary's own model differs from itself. */
export interface Different {
  readonly kind: 'different'
  /** `rate`: how often answers differ; else the measure that shows it. */
  readonly by: string
  /** Whether the shadow is further from the primary than the primary's own model is, or nearer; of a signed measure, to which side. */
  readonly direction: 'further' | 'nearer' | 'higher' | 'lower'
}

/** Whatever difference there is lies within the margin. */
export interface Equivalent {
  readonly kind: 'equivalent'
  /** `rare`: answers differ more seldom than the margin; `rate`: not more often than by noise; else the measure that shows it. */
  readonly by: string
}

/** Not enough is known. */
export interface Inconclusive {
  readonly kind: 'inconclusive'
  readonly reason: InconclusiveReason
  /** Further requests that would decide it if they went on as before; null where no number of them would. */
  readonly more: number | null
}

export type InconclusiveReason =
  | 'too_few' // more of the same would tell
  | 'no_baseline' // differences are seen, and nothing says how much of them is the primary's own noise
  | 'too_noisy' // the primary's own model differs from itself nearly always, so that how often says nothing
  | 'no_pairs' // it could not be told in any pair

/** What counts as a difference, and how sure to be. */
export interface VerdictOptions {
  /** Difference between the rates that does not matter, 0..1. */
  readonly margin: number
  /** The same between measures, as a share of the largest they can be, 0..1. */
  readonly measureMargin: number
  /** 0..1, such as 0.95: of all verdicts of difference together, and of each of equivalence; whenever and however often one looks. */
  readonly confidence: number
}
