import type { ModelAnswer } from '../../answers/model-answer.ts'
import { stringText } from '../../answers/scalars.ts'
import { compileTarget } from '../../answers/target.ts'
import { type Edit, findSpans, type Span } from '../../../core/json-edit.ts'
import { memberAt, withMember } from '../../../core/json-members.ts'

const REASONS = compileTarget('finish-reason')
const CHOICES = [['choices', '*']]
const WHOLE = [[]]
const DETAILS = [['incomplete_details']]

/** What a reason says of a text that was cut short, by the key it stands under. Anywhere else it is `length`. */
const CUT: ReadonlyMap<string, string> = new Map([['stop_reason', 'max_tokens'], ['status', 'incomplete']])

/**
 * The edits, and beside them those that say the texts were cut for their length, as the API of the answer does.
 *
 * Source: API references of OpenAI (chat `finish_reason`; responses `status` and `incomplete_details`), Anthropic (`stop_reason`) and Ollama (`done_reason`).
 */
export function withHonestFinish(answer: ModelAnswer, edits: readonly Edit[]): readonly Edit[] {
  const choices = answer.find(CHOICES)
  const reasons = REASONS.find(answer).filter((reason) => {
    const choice = choices.find((one) => holds(one, reason))
    return choice === undefined || edits.some((edit) => holds(choice, edit))
  })
  const said = reasons.map((reason) => ({ ...reason, text: stringText(CUT.get(memberAt(answer.text, reason)?.name ?? '') ?? 'length') }))
  return [...edits, ...said, ...detailsOf(answer)].toSorted((one, other) => one.start - other.start)
}

/** Of OpenAI's responses: why they are incomplete. */
function detailsOf(answer: ModelAnswer): readonly Edit[] {
  if (answer.codec !== 'openai-responses') return []
  const because = '{"reason":"max_output_tokens"}'
  const there = findSpans(answer.text, DETAILS) ?? []
  if (there.length > 0) return there.map((span) => ({ ...span, text: because }))
  return answer.find(WHOLE).map((whole) => withMember(answer.text, whole, 'incomplete_details', because))
}

const holds = (outer: Span, { start, end }: Span): boolean => outer.start <= start && end <= outer.end
