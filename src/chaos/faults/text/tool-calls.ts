import { elementsOf } from '../../answers/lists.ts'
import type { ModelAnswer } from '../../answers/model-answer.ts'
import { stringAt } from '../../answers/scalars.ts'
import { spelledAs } from '../../parts/texts.ts'
import type { Edit, Span } from '../../../core/json-edit.ts'
import { type Member, membersIn } from '../../../core/json-members.ts'

/** A tool call, wherever in an element of a list its parts are. */
export interface ToolCall {
  readonly element: Span
  readonly name: Member
  /** An object, or a string of one. */
  readonly input: Member | undefined
  readonly id: Member | undefined
}

// of elements that say what they are: what a tool call may be. Others in the same list are text and reasoning, and calls the server has made itself
const TYPES: ReadonlySet<string> = new Set(['function', 'tool_use', 'function_call', 'custom_tool_call', 'tool_call'])
const INPUTS: ReadonlySet<string> = new Set(['arguments', 'input', 'args'])

/**
 * The tool calls among the elements of a list.
 *
 * Source: API references of OpenAI (chat `tool_calls`, with `function`; responses `function_call`, with `call_id`), Anthropic (`tool_use`, with `input`) and Ollama (`tool_calls` without ids).
 */
export function toolCallsIn(answer: ModelAnswer, list: Span): readonly ToolCall[] {
  return elementsOf(answer, list).flatMap((element) => toolCallAt(answer, element) ?? [])
}

function toolCallAt(answer: ModelAnswer, element: Span): ToolCall | undefined {
  const { text } = answer
  const members = membersIn(text, element)
  const named = (name: string): Member | undefined => members.find((member) => member.name === name)
  const type = named('type')
  if (type !== undefined && !TYPES.has(stringAt(answer, type.value) ?? '')) return undefined
  const wrapped = named('function')
  const inner = wrapped === undefined ? members : membersIn(text, wrapped.value)
  const name = inner.find((member) => member.name === 'name')
  const input = inner.find((member) => INPUTS.has(member.name))
  if (name === undefined || stringAt(answer, name.value) === undefined) return undefined
  if (type === undefined && wrapped === undefined && input === undefined) return undefined
  return { element, name, input, id: named('call_id') ?? named('id') }
}

/** The arguments of a call as JSON, out of the string they may be in. */
export function inputOf(answer: ModelAnswer, { input }: ToolCall): string | undefined {
  return input && (stringAt(answer, input.value) ?? answer.textOf(input.value))
}

/** Other arguments for a call: in a string where they were in one, or where they are no JSON. */
export function withInput(answer: ModelAnswer, { input }: ToolCall, json: string, isJson = true): readonly Edit[] {
  if (input === undefined) return []
  const was = answer.textOf(input.value)
  return [{ ...input.value, text: was.startsWith('"') || !isJson ? spelledAs(was, json) : json }]
}
