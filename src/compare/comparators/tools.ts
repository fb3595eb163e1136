import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import { type Comparator, deepEquality, type Measure } from '../comparator.ts'
import { canonicalText } from '../distances/canonical-text.ts'
import { jaccardDistance } from '../distances/jaccard.ts'
import { sameNumber } from '../read/exact-number.ts'
import { isObject } from '../read/json-type.ts'
import { textJson } from '../read/text-json.ts'

/** Whether it matters in which order tools are called. */
export interface ToolsFields {
  readonly ordered: boolean
}

const MEASURES: readonly Measure[] = [{ name: 'jaccard_distance', kind: 'distance', max: 1 }, { name: 'name_distance', kind: 'distance', max: 1 }]

const equal = deepEquality(sameNumber)

/** What a model wants to be called: names and arguments, by value; the ids of calls are new in every answer and do not matter. */
export const tools: Extension<ToolsFields, Comparator> = {
  summary: 'tool calls: the same names with the same arguments, whatever their ids, spacing and order of keys',
  fields: z.strictObject({ ordered: z.boolean().default(false).describe('whether the order of calls matters') }),
  build: ({ ordered }) => ({
    measures: MEASURES,
    compare(primary, other, measured) {
      const a = callsOf(primary)
      const b = callsOf(other)
      if (a === undefined || b === undefined) return equal(primary, other) ? 'same' : 'different'
      const texts = a.map(({ text }) => text)
      const otherTexts = b.map(({ text }) => text)
      const distance = jaccardDistance(texts, otherTexts)
      measured[0] = distance
      measured[1] = jaccardDistance(a.map(({ name }) => name), b.map(({ name }) => name))
      return distance === 0 && (!ordered || texts.every((text, i) => text === otherTexts[i])) ? 'same' : 'different'
    }
  })
}

interface Call {
  readonly name: string
  /** Name and arguments. */
  readonly text: string
}

/** Where a call says what is called; in the open where it has neither. */
const INNER = ['function', 'custom'] as const

/** Calls as OpenAI writes them, of functions and of custom tools, or with name and arguments in the open. */
function callsOf(value: unknown): readonly Call[] | undefined {
  if (!Array.isArray(value)) return undefined
  const calls: Call[] = []
  for (const element of value as unknown[]) {
    const called = calledIn(element)
    if (!isObject(called) || !Object.hasOwn(called, 'name')) return undefined
    const name = canonicalText(called['name'])
    calls.push({ name, text: `${name} ${argumentsOf(called)}` })
  }
  return calls
}

function calledIn(element: unknown): unknown {
  if (!isObject(element)) return element
  const inner = INNER.find((key) => Object.hasOwn(element, key) && isObject(element[key]))
  return inner === undefined ? element : element[inner]
}

/** What is passed, as one text: JSON by value; the `input` of a custom tool as it is, since it need not be JSON. */
function argumentsOf(called: Readonly<Record<string, unknown>>): string {
  if (!Object.hasOwn(called, 'arguments') && Object.hasOwn(called, 'input')) return canonicalText(called['input'])
  const passed = Object.hasOwn(called, 'arguments') ? called['arguments'] : undefined
  const read = typeof passed === 'string' ? textJson(passed) : undefined
  const value = read === undefined ? passed : read.value
  // where a tool takes none, servers write {}, null, an empty text or nothing
  return canonicalText(value === undefined || value === null || value === '' ? {} : value)
}
