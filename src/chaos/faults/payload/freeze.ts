import { z } from 'zod'
import type { Degraded, FaultKind } from '../../fault.ts'
import { createMemory, groupOf, KEEP, MOST_CHARACTERS, type MemoryFields, memoryFields } from './memory.ts'

/** A frozen answer as YAML says it. */
export interface FreezeFields extends MemoryFields {
  readonly kind: 'freeze'
}

/** Gives the first answer again for all later ones, as a model does that is stuck. */
export const freeze: FaultKind<FreezeFields> = {
  summary: 'gives the first answer of a unit again for all later ones',
  stage: 'payload',
  onShadow: true,
  effect: 'the answers of a unit have a variance of 0 from the first that is hit on',
  fields: z.strictObject({
    kind: z.literal('freeze'),
    ...memoryFields
  }),
  build: ({ among = 'unit', keep = KEEP }) => () => {
    const memory = createMemory(keep)
    return (blow) => ({
      do: 'degrade',
      degrade: (answer): Degraded => {
        const { text } = answer
        if (text.length > MOST_CHARACTERS) return { do: 'skip', reason: 'too_large' }
        const group = groupOf(answer, blow, among)
        const first = memory.oldest(group)
        if (first !== undefined) return first === text ? { do: 'skip', reason: 'unchanged' } : { do: 'replace', text: first }
        // what is frozen stays so: units that come later than there is room for are left alone
        if (!memory.hasRoom(text)) return { do: 'skip', reason: 'memory_full' }
        memory.remember(group, text)
        return { do: 'skip', reason: 'nothing_yet' }
      }
    })
  }
}
