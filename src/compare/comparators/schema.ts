import { Ajv } from 'ajv'
import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import { type Comparator, deepEquality, type Measure } from '../comparator.ts'
import { canonicalText } from '../distances/canonical-text.ts'
import { ExactNumber, sameNumber } from '../read/exact-number.ts'
import { isObject } from '../read/json-type.ts'
import { textJson } from '../read/text-json.ts'

/** A JSON Schema (draft-07). */
export interface SchemaFields {
  readonly schema: Readonly<Record<string, unknown>>
}

type Validate = (value: unknown) => boolean

const MEASURES: readonly Measure[] = [{ name: 'invalid', kind: 'distance', max: 1 }]

const equal = deepEquality(sameNumber)

/** Whether a value, or the JSON a text is, is as a schema says; what it says otherwise does not matter. Counts which of the two is which. */
export const schema: Extension<SchemaFields, Comparator> = {
  summary: 'whether a value, or a text that is JSON, is valid by a JSON Schema: the same when both are or neither is',
  fields: z.strictObject({ schema: z.record(z.string(), z.json()).superRefine((value, context) => {
    const compiled = compile(value)
    if (typeof compiled === 'string') context.addIssue({ code: 'custom', message: `expected a JSON Schema: ${compiled}` })
  }).describe('a JSON Schema (draft-07), written out here') }),
  build: ({ schema: written }) => {
    const compiled = compile(written)
    if (typeof compiled === 'string') throw new Error(`schema: ${compiled}`)
    const isValid = (value: unknown): boolean => {
      const read = typeof value === 'string' ? textJson(value) : undefined
      try {
        return compiled(plain(read === undefined ? value : read.value))
      } catch {
        return false // it refers to itself without end for values like this one, so that none of them meets it
      }
    }
    return {
      measures: MEASURES,
      classOf: (value) => isValid(value) ? 'valid' : 'invalid',
      compare(primary, other, measured) {
        const agree = equal(primary, other) || isValid(primary) === isValid(other)
        measured[0] = Number(!agree)
        return agree ? 'same' : 'different'
      }
    }
  }
}

const ONE_OF_EACH: readonly unknown[] = [null, true, 0, '', [], {}]

// what is wrong with it where it cannot be used
function compile(written: SchemaFields['schema']): Validate | string {
  try {
    if (written['$async'] === true) return 'its answer would come later ($async)' // below the root ajv refuses it itself
    // formats are annotations, as the draft has it where nobody asserts them; what every object inherits ("constructor") is no
    // member; and NaN and the infinities, which Python writes, are no numbers of JSON
    const ajv = new Ajv({ strict: false, strictNumbers: true, ownProperties: true, validateFormats: false, logger: false })
    // ajv's own looks at each pair of elements
    ajv.removeKeyword('uniqueItems').addKeyword({ keyword: 'uniqueItems', type: 'array', schemaType: 'boolean', validate: areUnique })
    const validate = ajv.compile(written) as Validate // holds: without $async it is no promise
    for (const value of ONE_OF_EACH) validate(value) // one that refers to itself without end throws
    return validate
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function areUnique(asked: boolean, elements: readonly unknown[]): boolean {
  return !asked || new Set(elements.map((element) => canonicalText(element))).size === elements.length
}

// schemas know numbers and nothing beyond them
function plain(value: unknown): unknown {
  if (value instanceof ExactNumber) return value.value
  if (Array.isArray(value)) return value.map((element) => plain(element))
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)])) : value
}
