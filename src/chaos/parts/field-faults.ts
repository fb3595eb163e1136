import { z } from 'zod'
import type { Checks } from '../../core/extension.ts'
import type { ModelAnswer } from '../answers/model-answer.ts'
import { compileTarget, targetField } from '../answers/target.ts'
import type { Fault } from '../fault.ts'
import type { Span } from '../../core/json-edit.ts'
import { type Edits, editsOf } from './edits.ts'

/** Of faults that change single values: which ones. */
export interface EachFields {
  readonly at: string
  readonly share?: number | undefined
}

/** Fields to spread into those of such a fault. */
export const eachFields: Checks<EachFields> = {
  at: targetField.describe('which values: a JSON Pointer with `*` for any key or index, or an alias'),
  share: z.number().gt(0).max(1).optional().describe('with what probability each of them is hit, 1 when left out')
}

/** A fault that hits each value at `at` with probability `share`, times the strength. One draw for each, so that more strength only adds to those hit. */
export function onEach({ at, share = 1 }: EachFields, editsAt: (answer: ModelAnswer, span: Span) => Edits): Fault {
  const target = compileTarget(at)
  return () => ({ draws, strength }) => ({
    do: 'degrade',
    degrade: (answer) => editsOf(answer, target.find(answer), (span) => draws.chance(share * strength) ? editsAt(answer, span) : [])
  })
}
