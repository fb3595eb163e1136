import type { Comparator } from '../comparator.ts'
import type { Difference } from '../walk/field-visitor.ts'
import { ClassTable } from './class-table.ts'
import { Examples } from './examples.ts'
import { FieldLeg } from './field-leg.ts'
import { JointCount } from './joint-count.ts'
import { MeasureCount } from './measure-count.ts'
import type { Redact } from './redact.ts'
import { VolatileLook } from './volatile-look.ts'

/** Counts one field over requests, and keeps examples of how it differs. */
export class FieldCount {
  readonly path: string
  readonly shadow: FieldLeg = new FieldLeg()
  readonly baseline: FieldLeg = new FieldLeg()
  readonly counts: JointCount = new JointCount()
  /** By number of the slice. */
  readonly slices: (JointCount | undefined)[] = []
  /** Pairs with the shadow by how they differed; one pair may count under several. */
  readonly kinds: Map<Difference, number> = new Map()
  /** Pairs in which it could not be told. */
  gaveUp = 0
  /** The single values behind `*`. Those of one answer go together, so they are no basis for an interval. */
  readonly values: { compared: number, different: number } = { compared: 0, different: 0 }
  /** The comparator that measures it, where one does, and what it has measured. */
  comparator: Comparator | undefined
  measures: readonly MeasureCount[] = []
  classes: ClassTable | undefined
  readonly volatile: VolatileLook = new VolatileLook()
  private readonly evidence = new Map<Difference, Examples>()
  private readonly maxExamples: number
  private readonly redact: Redact

  constructor(path: string, maxExamples: number, redact: Redact) {
    this.path = path
    this.maxExamples = maxExamples
    this.redact = redact
  }

  /** Whether anything has been told of it in the pairs under way. */
  get touched(): boolean {
    return this.shadow.touched || this.baseline.touched
  }

  /** Whether anything has ever counted. */
  get empty(): boolean {
    return this.counts.shadowPairs === 0 && this.counts.baselinePairs === 0 && this.gaveUp === 0
  }

  /** Kinds of difference, each with its examples. */
  get examples(): readonly Examples[] {
    return [...this.evidence.values()]
  }

  /** Who measures it: the first comparator that does. */
  measuredBy(comparator: Comparator): boolean {
    if (this.comparator === undefined) {
      this.comparator = comparator
      this.measures = comparator.measures.map(() => new MeasureCount())
      if (comparator.classOf !== undefined) this.classes = new ClassTable()
    }
    return this.comparator === comparator
  }

  /** The request counts. @param slices numbers of those it is in @param number of the request, from 1 */
  settle(requestId: string, slices: readonly number[], number: number): void {
    const { shadow, baseline } = this
    const shadowDiffers = shadow.differs
    const baselineDiffers = baseline.differs
    this.counts.add(shadowDiffers, baselineDiffers, number)
    for (const slice of slices) (this.slices[slice] ??= new JointCount()).add(shadowDiffers, baselineDiffers, number)
    // what lies within the field's tolerance on both sides is the same by its rule, and so is no sign of anything
    const isSign = shadowDiffers === true || baselineDiffers === true
    for (let i = 0; i < this.measures.length; i++) this.measures[i]?.add(shadow.mean(i), baseline.mean(i), isSign, number)
    if (shadow.touched) {
      this.values.compared += shadow.seen
      this.values.different += shadow.differing
      if (shadow.gaveUp > 0) this.gaveUp++
    }
    for (const [primary, other] of shadow.classes) this.classes?.add(primary, other)
    if (shadowDiffers === true) this.keep(requestId)
    this.forget()
  }

  /** The request does not count. */
  forget(): void {
    this.shadow.clear()
    this.baseline.clear()
  }

  private keep(requestId: string): void {
    const { kinds, primary, other } = this.shadow
    for (const kind of kinds) this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1)
    const [kind = 'value'] = kinds // holds the first one first, which is that of the values kept
    let examples = this.evidence.get(kind)
    if (examples === undefined) this.evidence.set(kind, examples = new Examples(this.path, kind, this.maxExamples, this.redact))
    examples.offer(requestId, primary, other)
    this.volatile.see(primary)
  }
}
