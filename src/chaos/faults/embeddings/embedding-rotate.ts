import { z } from 'zod'
import type { Draws } from '../../draws.ts'
import type { FaultKind } from '../../fault.ts'
import { atEmbedding, dot, lengthOf, type Moved, movingEach } from './vector.ts'

/** A rotation as YAML says it. */
export interface EmbeddingRotateFields {
  readonly kind: 'embedding-rotate'
  readonly at?: string | undefined
  readonly cosine?: number | undefined
  readonly degrees?: number | undefined
}

/**
 * Turns each embedding by one angle towards a direction of its own, all of which are as likely: the vector e with length |e|
 * becomes |e|(cos(a) e/|e| + sin(a) u), where u is drawn and perpendicular to e.
 */
export const embeddingRotate: FaultKind<EmbeddingRotateFields> = {
  summary: 'turns each embedding by an exact angle towards a direction drawn for it; lengths stay',
  stage: 'payload',
  onShadow: true,
  scales: 'the angle',
  effect: 'cosine of the embedding to what it was = cosine = cos(degrees); its cosine to any other c becomes c*cosine on average',
  fields: z.strictObject({
    kind: z.literal('embedding-rotate'),
    at: atEmbedding,
    cosine: z.number().min(-1).lt(1).optional().describe('cosine of the embedding to what it was, from -1 (the opposite) to below 1'),
    degrees: z.number().gt(0).max(180).optional().describe('the same said as an angle')
  }).refine(({ cosine, degrees }) => (cosine === undefined) !== (degrees === undefined), { path: ['cosine'], message: 'expected one of cosine and degrees' }),
  build: ({ at, cosine, degrees = 0 }) => {
    const angle = cosine === undefined ? degrees * Math.PI / 180 : Math.acos(cosine)
    return movingEach(at, (vector, { draws, strength }) => angle * strength === 0 ? vector : turned(vector, angle * strength, draws))
  }
}

function turned(vector: Float64Array, angle: number, draws: Draws): Moved {
  if (vector.length < 2) return 'too_short'
  const length = lengthOf(vector)
  if (length === 0) return 'zero_vector'
  const ahead = vector.map((number) => number / length)
  const aside = perpendicular(ahead, vector.map(() => draws.normal()))
  const along = Math.cos(angle)
  const across = Math.sin(angle)
  return ahead.map((number, i) => length * (along * number + across * (aside[i] ?? 0)))
}

/** What of `drawn` is perpendicular to the unit vector `ahead`, at length 1. Taken off twice, as the first time leaves rounding errors. */
function perpendicular(ahead: Float64Array, drawn: Float64Array): Float64Array {
  let aside = drawn
  for (let time = 0; time < 2; time++) {
    const along = dot(ahead, aside)
    const rest = aside.map((number, i) => number - along * (ahead[i] ?? 0))
    const length = lengthOf(rest)
    aside = rest.map((number) => number / length)
  }
  return aside
}
