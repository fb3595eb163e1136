import { z } from 'zod'
import type { Draws } from '../../draws.ts'
import type { Edits } from '../../parts/edits.ts'
import type { Detection } from './detection.ts'
import { movedBox } from './geometry.ts'

/** How far boxes are moved. */
export const iouField: z.ZodType<number> = z.number().min(0).lt(1).describe('intersection over union that the box is to have with what it was, from 0 to below 1')

/**
 * Moves a box to the left, right, up or down by t of its width or height. Of the area A, A(1-t) is shared and A(1+t) covered
 * by both together, so that their intersection over union is (1-t)/(1+t), and t follows from it alike. Takes one draw.
 */
export function shifted({ box }: Detection, iou: number, strength: number, draws: Draws): Edits {
  const [right, down] = DIRECTIONS[draws.below(DIRECTIONS.length)] ?? [0, 0]
  if (box === undefined) return 'no_box'
  const share = (1 - iou) / (1 + iou) * strength
  return movedBox(box, right * share * box.width, down * share * box.height)
}

const DIRECTIONS = [[-1, 0], [1, 0], [0, -1], [0, 1]] as const
