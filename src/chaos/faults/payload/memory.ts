import { z } from 'zod'
import type { Checks } from '../../../core/extension.ts'
import type { ModelAnswer } from '../../answers/model-answer.ts'
import type { Blow } from '../../fault.ts'

/** Of faults that replay earlier answers: whose, and how many are kept. */
export interface MemoryFields {
  readonly among?: 'unit' | 'any' | undefined
  readonly keep?: number | undefined
}

export const KEEP = 256

/** Fields to spread into those of such a fault. */
export const memoryFields: Checks<MemoryFields> = {
  among: z.enum(['unit', 'any']).optional().describe('whose earlier answers may be replayed: those of the same `unit`, the default, which takes an experiment that draws by unit; or those of `any`, which hands what one user was told to others'),
  keep: z.int().min(1).max(10_000).optional().describe(`how many answers are kept, ${KEEP} when left out, and 16 MiB of them at most`)
}

/** Characters of 16 bits each: 16 MiB of them, were none of them Latin. */
export const MOST_CHARACTERS: number = 8 * 1024 * 1024

/** Whose answers an answer may be replayed among: they were asked for at the same path, and look the same from outside. */
export function groupOf({ facts }: ModelAnswer, { key }: Blow, among: 'unit' | 'any'): string {
  return `${among === 'unit' ? key : ''} ${facts.status} ${facts.contentType} ${facts.path}`
}

/** Earlier answers by their groups. When it is full, those that are oldest go. */
export interface Memory {
  /** How many answers of the group there are. */
  count(group: string): number
  /** The one that came first of those of the group. */
  oldest(group: string): string | undefined
  /** Forgets that one. */
  forgetOldest(group: string): void
  /** Whether there is room without forgetting any. */
  hasRoom(text: string): boolean
  /** The answer is to be no longer than MOST_CHARACTERS. */
  remember(group: string, text: string): void
}

/** A memory of at most `keep` answers. */
export function createMemory(keep: number): Memory {
  // in the order they came in, and so are those of each group
  const answers = new Map<number, { readonly group: string, readonly text: string }>()
  const groups = new Map<string, number[]>()
  let next = 0
  let characters = 0

  function forgetOldest(group: string): void {
    const numbers = groups.get(group)
    const number = numbers?.shift()
    if (numbers === undefined || number === undefined) return
    if (numbers.length === 0) groups.delete(group)
    characters -= answers.get(number)?.text.length ?? 0
    answers.delete(number)
  }

  const hasRoom = (text: string): boolean => answers.size < keep && characters + text.length <= MOST_CHARACTERS

  return {
    count: (group) => groups.get(group)?.length ?? 0,
    oldest: (group) => answers.get(groups.get(group)?.[0] ?? -1)?.text,
    forgetOldest,
    hasRoom,
    remember(group, text) {
      while (!hasRoom(text)) {
        const [first] = answers.values()
        if (first === undefined) break
        forgetOldest(first.group)
      }
      answers.set(next, { group, text })
      const numbers = groups.get(group)
      if (numbers === undefined) groups.set(group, [next])
      else numbers.push(next)
      characters += text.length
      next++
    }
  }
}
