import type { ModelAnswer } from '../answers/model-answer.ts'
import type { Degraded } from '../fault.ts'
import type { Edit, Span } from '../../core/json-edit.ts'
import { memberAt, without } from '../../core/json-members.ts'

/** What is to be edited about one value, or why nothing is: a reason to skip. */
export type Edits = readonly Edit[] | string

/** Edits of values that were found in an answer; those that change nothing are left out, and where none are left it says why. */
export function editsOf(answer: ModelAnswer, found: readonly Span[], editsAt: (span: Span) => Edits): Degraded {
  if (found.length === 0) return { do: 'skip', reason: answer.find(WHOLE).length === 0 ? 'not_json' : 'target_absent' }
  const edits: Edit[] = []
  let reason: string | undefined
  let fits = false
  for (const span of found) {
    const made = editsAt(span)
    if (typeof made === 'string') {
      reason ??= made
      continue
    }
    fits = true
    for (const edit of made) if (isChange(answer.text, edit)) edits.push(edit)
  }
  if (edits.length > 0) return { do: 'edit', edits }
  return { do: 'skip', reason: fits ? 'unchanged' : reason ?? 'unchanged' }
}

/** Takes members of objects out, key and value: those whose values were found. */
export function removing(answer: ModelAnswer, found: readonly Span[], isHit: () => boolean = () => true): Degraded {
  const fields = found.map((span) => memberAt(answer.text, span))
  // asked of each, so that what is no member does not move the draws of the next
  const hit = fields.filter(isHit).filter((field) => field !== undefined)
  if (hit.length > 0) return { do: 'edit', edits: without(answer.text, hit) }
  return editsOf(answer, found, () => fields.every((field) => field === undefined) ? 'wrong_type' : [])
}

const isChange = (text: string, { start, end, text: put }: Edit): boolean => put.length !== end - start || !text.startsWith(put, start)

const WHOLE = [[]]
