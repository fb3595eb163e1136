import { z } from 'zod'
import { parsePointer, textAt } from './json-pointer.ts'
import type { RequestView } from './request-view.ts'
import { token } from './scalars.ts'
import { compileTests, type TextTest, textTest } from './text-test.ts'

/** Tests by name. */
export type Tests = Readonly<Record<string, TextTest>>

/** A compiled condition on a request. */
export interface RequestTest {
  /** What it wants, for `explain`: `header x-tenant is like "acme-*"`. */
  readonly text: string
  /** Whether the body must have been read before it is asked. */
  readonly needsBody: boolean
  matches(request: RequestView): boolean
}

const pointer = z.string().refine((text) => parsePointer(text) !== undefined, 'expected a JSON Pointer such as /model')

/** Headers by name. */
export const headerTests: z.ZodType<Tests> = z.record(token('header name'), textTest)
  .refine((tests) => new Set(Object.keys(tests).map((name) => name.toLowerCase())).size === Object.keys(tests).length, 'the same header twice: upper and lower case make no difference')
/** Query parameters by name. */
export const queryTests: z.ZodType<Tests> = z.record(z.string().min(1), textTest)
/** Fields of a JSON body by JSON Pointer. */
export const bodyTests: z.ZodType<Tests> = z.record(pointer, textTest)

/** Upper and lower case of names make no difference; a header of several lines is tested as one value, joined with ", ". */
export function compileHeaderTests(fields: Tests): RequestTest {
  const tests = compileTests('header', Object.fromEntries(Object.entries(fields).map(([name, test]) => [name.toLowerCase(), test])))
  return { text: tests.text, needsBody: false, matches: (request) => tests.pass((name) => asText(request.header(name))) }
}

// a header is octets, and what is not ASCII in it is UTF-8 by custom; octets that are not stand for themselves (latin1)
function asText(octets: string | undefined): string | undefined {
  if (octets === undefined || !/[\x80-\xff]/.test(octets)) return octets
  const text = Buffer.from(octets, 'latin1').toString('utf8')
  return text.includes('\uFFFD') ? octets : text
}

/** Names and values are decoded; of a parameter that comes several times the first counts. */
export function compileQueryTests(fields: Tests): RequestTest {
  const tests = compileTests('query', fields)
  return { text: tests.text, needsBody: false, matches: (request) => tests.pass((name) => request.query(name)) }
}

/** A body that is not JSON matches nothing; a field that is not there matches `{ present: false }` alone. */
export function compileBodyTests(fields: Tests): RequestTest {
  const tests = compileTests('body', fields)
  const pointers = new Map(Object.keys(fields).map((text) => [text, parsePointer(text) ?? []]))
  return {
    text: tests.text,
    needsBody: true,
    matches: (request) => {
      const document = request.json()
      return document !== undefined && tests.pass((text) => textAt(document, pointers.get(text) ?? []))
    }
  }
}
