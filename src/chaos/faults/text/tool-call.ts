import { z } from 'zod'
import { isList } from '../../answers/lists.ts'
import { ModelAnswer } from '../../answers/model-answer.ts'
import { stringAt } from '../../answers/scalars.ts'
import { compileTarget, targetField } from '../../answers/target.ts'
import type { Draws } from '../../draws.ts'
import type { FaultKind } from '../../fault.ts'
import { type Edits, editsOf } from '../../parts/edits.ts'
import { retyped, typeAt } from '../../parts/retyped.ts'
import { spelledAs } from '../../parts/texts.ts'
import { type Edit, replaceSpans } from '../../../core/json-edit.ts'
import { membersIn, without } from '../../../core/json-members.ts'
import { inputOf, type ToolCall, toolCallsIn, withInput } from './tool-calls.ts'

const faults = ['rename', 'missing-argument', 'wrong-type', 'invalid-json', 'hallucinated', 'duplicate', 'id-mismatch', 'reorder'] as const
const NAMING: ReadonlySet<string> = new Set(['rename', 'hallucinated'])

/** A wrong tool call as YAML says it. */
export interface ToolCallFields {
  readonly kind: 'tool-call'
  readonly at?: string | undefined
  readonly fault: typeof faults[number]
  readonly name?: string | undefined
}

/** Breaks one of a message's tool calls, drawn among them, or their order. */
export const toolCall: FaultKind<ToolCallFields> = {
  summary: 'breaks one of the tool calls of a message: its name, its arguments or its id; or adds one, or changes their order',
  stage: 'payload',
  onShadow: true,
  fields: z.strictObject({
    kind: z.literal('tool-call'),
    at: targetField.optional().describe('where the list of tool calls is, `tool-calls` when left out'),
    fault: z.enum(faults).describe('what is wrong: a tool\'s name (`rename`), one argument (`missing-argument`, `wrong-type`), all of them (`invalid-json`: cut short), a call nobody asked for (`hallucinated`) or one made twice (`duplicate`), an id (`id-mismatch`), or the order (`reorder`)'),
    name: z.string().min(1).max(200).optional().describe('with `rename` and `hallucinated`: what the tool is called, by default its name with `_v2` behind it and `lookup`')
  }).refine(({ fault, name }) => name === undefined || NAMING.has(fault), { path: ['name'], message: 'expected only with rename or hallucinated' }),
  build: ({ at = 'tool-calls', fault, name }) => {
    const target = compileTarget(at)
    return () => ({ draws }) => ({
      do: 'degrade',
      degrade: (answer) => editsOf(answer, target.find(answer), (list) => {
        if (!isList(answer, list)) return 'wrong_type'
        const calls = toolCallsIn(answer, list)
        const call = calls[draws.below(calls.length)]
        return call === undefined ? 'no_calls' : broken(answer, { calls, call, fault, name }, draws)
      })
    })
  }
}

interface Case {
  readonly calls: readonly ToolCall[]
  readonly call: ToolCall
  readonly fault: ToolCallFields['fault']
  readonly name: string | undefined
}

function broken(answer: ModelAnswer, { calls, call, fault, name }: Case, draws: Draws): Edits {
  switch (fault) {
    case 'rename': return [renamed(answer, call, name ?? `${stringAt(answer, call.name.value) ?? ''}_v2`)]
    case 'missing-argument': return withArgument(answer, call, draws, (input, member) => without(input.text, [member]))
    case 'wrong-type': return withArgument(answer, call, draws, (input, { value }) => {
      const type = typeAt(input, value)
      return [{ ...value, text: retyped(input, value, type === 'string' ? 'array' : 'string') }]
    })
    case 'invalid-json': {
      const input = inputOf(answer, call)?.trimEnd() ?? ''
      return input === '' ? 'no_arguments' : withInput(answer, call, input.slice(0, -1), false)
    }
    case 'hallucinated': {
      const last = calls.at(-1) ?? call
      return [copied(answer, last, [renamed(answer, last, name ?? 'lookup'), ...withInput(answer, last, '{}'), ...withOtherId(answer, last, draws)])]
    }
    case 'duplicate': return [copied(answer, call, [])]
    case 'id-mismatch': return call.id === undefined ? 'no_id' : withOtherId(answer, call, draws)
    default: return reordered(answer, calls, draws)
  }
}

const renamed = (answer: ModelAnswer, { name }: ToolCall, to: string): Edit => ({ ...name.value, text: spelledAs(answer.textOf(name.value), to) })

/** An edit of one argument, drawn among them. */
function withArgument(answer: ModelAnswer, call: ToolCall, draws: Draws, editsAt: (input: ModelAnswer, member: ReturnType<typeof membersIn>[number]) => readonly Edit[]): Edits {
  const input = new ModelAnswer(answer.facts, inputOf(answer, call) ?? '')
  const [whole] = input.find([[]])
  const members = whole === undefined ? [] : membersIn(input.text, whole)
  const member = members[draws.below(members.length)]
  return member === undefined ? 'no_arguments' : withInput(answer, call, replaceSpans(input.text, editsAt(input, member)))
}

/** The call once more behind itself, and in the copy what is edited. */
function copied(answer: ModelAnswer, { element }: ToolCall, edits: readonly Edit[]): Edit {
  const { start, end } = element
  const inside = edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start })).toSorted((one, other) => one.start - other.start)
  return { start: end, end, text: `,${replaceSpans(answer.text.slice(start, end), inside)}` }
}

/** An id of the same shape, with other letters and digits behind its prefix (`call_`, `toolu_`). */
function withOtherId(answer: ModelAnswer, { id }: ToolCall, draws: Draws): readonly Edit[] {
  const was = id && stringAt(answer, id.value)
  if (id === undefined || was === undefined) return []
  const prefix = was.slice(0, was.search(/[_-]/) + 1)
  const rest = was.slice(prefix.length).replaceAll(/[a-z]|[A-Z]|\d/g, (sign) => signOf(/\d/.test(sign) ? DIGITS : sign < 'a' ? CAPITALS : LETTERS, sign, draws))
  return [{ ...id.value, text: spelledAs(answer.textOf(id.value), prefix + rest) }]
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const CAPITALS = LETTERS.toUpperCase()
const DIGITS = '0123456789'

/** Another of the same kind. */
const signOf = (signs: string, was: string, draws: Draws): string => signs.charAt((signs.indexOf(was) + 1 + draws.below(signs.length - 1)) % signs.length)

/** The calls on, by as many places as is drawn. */
function reordered(answer: ModelAnswer, calls: readonly ToolCall[], draws: Draws): Edits {
  if (calls.length < 2) return 'one_call'
  const by = 1 + draws.below(calls.length - 1)
  return calls.map(({ element }, i) => ({ ...element, text: answer.textOf((calls[(i + by) % calls.length] ?? { element }).element) }))
}
