import { type Key, keyOf, octets } from '../../core/hash.ts'
import type { Comparator } from '../comparator.ts'
import { MeasureCount } from '../tally/measure-count.ts'
import { EarlyOutcomes } from './early-outcomes.ts'
import { OldestFirst } from './oldest-first.ts'
import { accuracyReport, errorReport, type TruthReport } from './truth-report.ts'

/** What is remembered of a request until the truth is known. */
interface Prediction {
  readonly primary: unknown
  readonly shadow: unknown
  readonly atMs: number
}

/** What became of an outcome that was told. */
export type Joined =
  | 'joined'
  | 'waiting' // no request of this id has been compared yet
  | 'late' // it has, too long ago
  | 'again' // the truth of this request is known already

export interface TruthOptions {
  /** Whether a prediction is right: the same as the truth. */
  readonly comparator: Comparator
  /** How long the truth may take, ms. */
  readonly horizonMs: number
  /** Predictions remembered at most; the oldest give way. */
  readonly maxPending: number
}

// ids whose time is over, or whose truth is known, of which that is still known
const MAX_ENDED = 100_000
// characters of a prediction or a truth as JSON; what is longer is not remembered
const MAX_VALUE = 4096

/** Joins what both models said with what turned out to be true, told later and by request id. Bounded in memory. */
export class Truth {
  private readonly options: TruthOptions
  private readonly pending = new OldestFirst<string, Prediction>()
  private readonly early: EarlyOutcomes = new EarlyOutcomes()
  /** What an outcome for a request that is over would be. */
  private readonly ended = new OldestFirst<Key, 'late' | 'again'>()
  private readonly errors: MeasureCount = new MeasureCount()
  private readonly measured: Float64Array
  private readonly otherMeasured: Float64Array
  /** Place of the measure that says how wrong a prediction is; -1 where the comparator has none. */
  private readonly errorAt: number
  private readonly right = { bothRight: 0, onlyPrimaryRight: 0, onlyShadowRight: 0, bothWrong: 0 }
  private readonly told = { joined: 0, again: 0, late: 0, unknown: 0 }
  private forgotten = 0
  private unread = 0

  constructor(options: TruthOptions) {
    this.options = options
    const { measures } = options.comparator
    this.measured = new Float64Array(measures.length)
    this.otherMeasured = new Float64Array(measures.length)
    this.errorAt = measures.findIndex(({ kind }) => kind === 'distance')
  }

  /** Both models have answered a request; undefined is a value that is not there. */
  remember(requestId: string, primary: unknown, shadow: unknown, nowMs: number): void {
    this.expire(nowMs)
    if (!isShort(primary) || !isShort(shadow)) {
      this.unread++
      return
    }
    const known = this.early.take(requestId)
    if (known !== undefined) return this.join(requestId, { primary, shadow, atMs: nowMs }, known.truth)
    this.pending.set(requestId, { primary, shadow, atMs: nowMs }) // the newest of several with one id counts
    const oldest = this.pending.oldest()
    if (this.pending.size > this.options.maxPending && oldest !== undefined) this.forget(oldest.key)
  }

  /** The truth about a request. */
  tell(requestId: string, truth: unknown, nowMs: number): Joined {
    this.expire(nowMs)
    const prediction = this.pending.get(requestId)
    if (prediction !== undefined) {
      this.join(requestId, prediction, truth)
      return 'joined'
    }
    const ended = this.ended.get(keyOf(octets(requestId)))
    if (ended !== undefined) {
      this.told[ended]++
      return ended
    }
    if (isShort(truth)) this.early.keep(requestId, truth, nowMs)
    else this.early.unknown++
    return 'waiting'
  }

  report(confidence: number): TruthReport {
    const { told, right, errors, pending, forgotten, unread, early } = this
    const { measures } = this.options.comparator
    return {
      outcomes: { ...told, unknown: early.unknown, waiting: early.waiting },
      predictions: { pending: pending.size, forgotten, unread },
      accuracy: accuracyReport(right, confidence),
      error: this.errorAt === -1 || errors.excess.count === 0 ? null : errorReport(measures[this.errorAt]?.name ?? '', errors)
    }
  }

  private join(requestId: string, { primary, shadow }: Prediction, truth: unknown): void {
    const { comparator } = this.options
    this.pending.delete(requestId)
    this.told.joined++
    this.end(requestId, 'again')
    const primaryRight = comparator.compare(truth, primary, this.measured.fill(Number.NaN)) === 'same'
    const shadowRight = comparator.compare(truth, shadow, this.otherMeasured.fill(Number.NaN)) === 'same'
    this.right[primaryRight ? (shadowRight ? 'bothRight' : 'onlyPrimaryRight') : (shadowRight ? 'onlyShadowRight' : 'bothWrong')]++
    if (this.errorAt >= 0) this.errors.add(this.otherMeasured[this.errorAt] ?? Number.NaN, this.measured[this.errorAt] ?? Number.NaN, true, 0)
  }

  // times rise, so the oldest are first
  private expire(nowMs: number): void {
    for (let oldest = this.pending.oldest(); oldest !== undefined && nowMs - oldest.value.atMs > this.options.horizonMs; oldest = this.pending.oldest()) this.forget(oldest.key)
    this.early.expire(nowMs)
  }

  private forget(requestId: string): void {
    this.pending.delete(requestId)
    this.forgotten++
    this.end(requestId, 'late')
  }

  private end(requestId: string, then: 'late' | 'again'): void {
    this.ended.set(keyOf(octets(requestId)), then)
    const oldest = this.ended.oldest()
    if (this.ended.size > MAX_ENDED && oldest !== undefined) this.ended.delete(oldest.key)
  }
}

const isShort = (value: unknown): boolean => typeof value !== 'object' || value === null ? typeof value !== 'string' || value.length <= MAX_VALUE : (JSON.stringify(value) ?? '').length <= MAX_VALUE
