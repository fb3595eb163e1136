import type { CodingProblem } from '../../core/content-coding.ts'

/** Values looked at in one pair; more is too complex to compare. */
export const MAX_STEPS = 200_000

/** Arrays and objects inside one another. */
export const MAX_DEPTH = 128

/** Why a pair cannot be compared; counted under these names. */
export type Reason =
  | 'too_complex' // past MAX_STEPS or MAX_DEPTH
  | CodingProblem
  | 'bad_json' // says it is JSON and is not

