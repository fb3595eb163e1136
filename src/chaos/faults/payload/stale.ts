import { z } from 'zod'
import type { ModelAnswer } from '../../answers/model-answer.ts'
import type { Blow, Degraded, FaultKind } from '../../fault.ts'
import { createMemory, groupOf, KEEP, MOST_CHARACTERS, type Memory, type MemoryFields, memoryFields } from './memory.ts'

/** Stale answers as YAML says them. */
export interface StaleFields extends MemoryFields {
  readonly kind: 'stale'
  readonly age?: number | undefined
}

/** Replays an earlier answer, as a cache does that is keyed wrongly. It is always a whole one, of the same path, status and type. */
export const stale: FaultKind<StaleFields> = {
  summary: 'replays an earlier answer of the same unit, some answers old',
  stage: 'payload',
  onShadow: true,
  effect: 'answer i is what answer i - age was, counted among those that are hit',
  fields: z.strictObject({
    kind: z.literal('stale'),
    age: z.int().min(1).max(10_000).optional().describe('how many answers ago, 1 when left out'),
    ...memoryFields
  }).refine(({ age = 1, keep = KEEP }) => age <= keep, { path: ['age'], message: 'expected at most as many as are kept' }),
  build: ({ age = 1, among = 'unit', keep = KEEP }) => () => {
    const memory = createMemory(keep)
    return (blow) => ({ do: 'degrade', degrade: (answer) => replay(memory, answer, blow, { age, among }) })
  }
}

function replay(memory: Memory, answer: ModelAnswer, blow: Blow, { age, among }: { readonly age: number, readonly among: 'unit' | 'any' }): Degraded {
  const { text } = answer
  if (text.length > MOST_CHARACTERS) return { do: 'skip', reason: 'too_large' }
  const group = groupOf(answer, blow, among)
  const earlier = memory.count(group) < age ? undefined : memory.oldest(group)
  if (earlier !== undefined) memory.forgetOldest(group)
  memory.remember(group, text)
  if (earlier === undefined) return { do: 'skip', reason: 'nothing_yet' }
  return earlier === text ? { do: 'skip', reason: 'unchanged' } : { do: 'replace', text: earlier }
}
