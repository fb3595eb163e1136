import type { Rng } from '../../core/rng.ts'
import { logEvidenceStep } from '../../stats/coin-evidence.ts'
import { JointCount } from '../tally/joint-count.ts'
import { diffy } from '../verdict/diffy.ts'
import { rejectedOf } from '../verdict/hypotheses.ts'

/** One field of made-up answers: how often each of the two other answers differs from the primary's. */
export interface MadeField {
  readonly baseline: number
  readonly shadow: number
}

/** What watching a family of fields came to. */
export interface Watched {
  /** Requests at which any field was first called different; undefined when none ever was. */
  readonly foundAt: number | undefined
  /** Fields that were then. */
  readonly found: readonly number[]
  /** Requests at which Diffy's rule first reported any field, and whether it still does in the end. */
  readonly diffyAt: number | undefined
  readonly diffyInTheEnd: boolean
}

/** How one model's two answers to a question go together: by half of the questions themselves, by half by chance. */
const SHARED = 0.5

/**
 * Watches a family of fields, looking after every request, as long as nothing is found or until `requests` are over. Where
 * both rates of a field are one, both answers are exchangeable, though not independent: some questions are harder than others.
 */
export function watchFamily(fields: readonly MadeField[], requests: number, confidence: number, rng: Rng): Watched {
  const counts = fields.map(() => new JointCount())
  const evidence = new Float64Array(fields.length)
  const enough = -Math.log1p(-confidence)
  let foundAt: number | undefined
  let found: readonly number[] = []
  let diffyAt: number | undefined
  for (let request = 1; request <= requests && foundAt === undefined; request++) {
    let mayBe = false
    for (let i = 0; i < fields.length; i++) {
      const { baseline, shadow } = fields[i] ?? NEVER
      const count = counts[i] ?? new JointCount()
      const first = rng.uniform()
      const second = rng.uniform() < SHARED ? first : rng.uniform()
      const x = first < shadow
      const y = second < baseline
      if (x !== y) evidence[i] = (evidence[i] ?? 0) + logEvidenceStep(count.onlyShadow, count.onlyBaseline, x)
      count.add(x, y, request)
      // less is never enough, in any family
      if ((evidence[i] ?? 0) >= enough) mayBe = true
      if (diffyAt === undefined && x && diffy(count).reported) diffyAt = request
    }
    if (!mayBe) continue
    const rejected = rejectedOf([...evidence].map((logEvidence) => ({ logEvidence, since: 1 })), confidence)
    found = rejected.flatMap((one, i) => one ? [i] : [])
    if (found.length > 0) foundAt = request
  }
  return { foundAt, found, diffyAt, diffyInTheEnd: counts.some((count) => diffy(count).reported) }
}

const NEVER: MadeField = { baseline: 0, shadow: 0 }

/** Fields of a model beside itself, noisy from never to always. */
export const alike = (fields: number): readonly MadeField[] => Array.from({ length: fields }, (_, i) => {
  const noise = fields === 1 ? 0.5 : i / (fields - 1)
  return { baseline: noise, shadow: noise }
})

/** The same with one field more, in which the shadow differs at another rate than noise. */
export const planted = (fields: number, field: MadeField): readonly MadeField[] => [field, ...alike(fields - 1)]
