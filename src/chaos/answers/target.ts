import { z } from 'zod'
import type { Span } from '../../core/json-edit.ts'
import { parsePointer, type Pointer } from '../../core/json-pointer.ts'
import { ALIASES } from './aliases.ts'
import { isList } from './lists.ts'
import type { ModelAnswer } from './model-answer.ts'

/** What in an answer is meant: a JSON Pointer with `*` for any key or index, or an alias, which each kind of answer has places of its own for. */
export interface Target {
  readonly text: string
  /** Where it stands, in the order of the text and none inside another; empty when the answer has no such thing. */
  find(answer: ModelAnswer): readonly Span[]
}

/** A target in YAML: `/predictions/0/label`, or one of the aliases. */
export const targetField: z.ZodType<string> = z.string().refine((text) => ALIASES.has(text) || (text.startsWith('/') && parsePointer(text) !== undefined),
  `expected a JSON Pointer such as /predictions/*/label, or one of ${[...ALIASES.keys()].join(', ')}`)

/** Compiles what `targetField` has passed. */
export function compileTarget(text: string): Target {
  const places = ALIASES.get(text)
  if (places === undefined) {
    const pointers = [parsePointer(text) ?? []]
    return { text, find: (answer) => answer.find(pointers) }
  }
  const byCodec = new Map<string, readonly Pointer[]>([...places].map(([codec, pointers]) => [codec, pointers.map((pointer) => parsePointer(pointer) ?? [])]))
  return {
    text,
    find: (answer) => {
      const found = answer.find(byCodec.get(answer.codec) ?? byCodec.get('json') ?? NOWHERE)
      return found.length === 0 && LISTS.has(text) ? rootLists(answer) : found
    }
  }
}

// some servers answer with the list itself
const LISTS: ReadonlySet<string> = new Set(['ranking', 'boxes', 'rows'])
const rootLists = (answer: ModelAnswer): readonly Span[] => answer.find(ROOT).filter((span) => isList(answer, span))
const ROOT: readonly Pointer[] = [[]]

const NOWHERE: readonly Pointer[] = []
