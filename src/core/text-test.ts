import { z } from 'zod'
import { compileGlob } from './glob.ts'

/** What a text must be: a glob (`acme-*`), or `{ exact }`, `{ prefix }`, `{ regex }`, `{ present }`. */
export type TextTest =
  | string
  | { readonly exact: string }
  | { readonly prefix: string }
  | { readonly regex: string }
  | { readonly present: boolean }

/** A regular expression that compiles. */
export const regex = (): z.ZodType<string> => z.string().min(1).superRefine((source, context) => {
  try {
    new RegExp(source)
  } catch (error) {
    context.addIssue({ code: 'custom', message: `not a regular expression: ${error instanceof Error ? error.message : String(error)}` })
  }
}).describe('a JavaScript regular expression; it matches anywhere unless anchored with ^ and $')

/** A test as YAML says it. */
export const textTest: z.ZodType<TextTest> = z.union([
  z.string().describe('a glob: * stands for any characters'),
  z.strictObject({ exact: z.string().describe('the whole text') }),
  z.strictObject({ prefix: z.string().describe('how the text begins') }),
  z.strictObject({ regex: regex() }),
  z.strictObject({ present: z.boolean().describe('whether it is there at all') })
])

interface CompiledTest {
  /** What it wants: `is like "acme-*"`. */
  readonly text: string
  readonly passes: (value: string | undefined) => boolean
}

/** Compiles a test; an absent value passes `{ present: false }` and nothing else. */
function compileTest(test: TextTest): CompiledTest {
  if (typeof test === 'string') {
    const glob = compileGlob(test)
    return { text: `is like "${test}"`, passes: (value) => value !== undefined && glob(value) }
  }
  if ('exact' in test) return { text: `is "${test.exact}"`, passes: (value) => value === test.exact }
  if ('prefix' in test) return { text: `starts with "${test.prefix}"`, passes: (value) => value?.startsWith(test.prefix) === true }
  if ('regex' in test) {
    const pattern = new RegExp(test.regex)
    return { text: `matches /${test.regex}/`, passes: (value) => value !== undefined && pattern.test(value) }
  }
  return { text: test.present ? 'is present' : 'is absent', passes: (value) => (value !== undefined) === test.present }
}

/** Tests on named texts, all of which must hold. */
export interface CompiledTests {
  /** What they want: `header x-a is present and header x-b is "1"`. */
  readonly text: string
  /** `valueOf` is asked for each name in turn. */
  readonly pass: (valueOf: (name: string) => string | undefined) => boolean
}

/** Compiles tests by name; `what` says in `text` what they are of. */
export function compileTests(what: string, tests: Readonly<Record<string, TextTest>>): CompiledTests {
  const compiled = Object.entries(tests).map(([name, test]) => ({ name, ...compileTest(test) }))
  return {
    text: compiled.map(({ name, text }) => `${what} ${name} ${text}`).join(' and '),
    pass: (valueOf) => {
      for (const { name, passes } of compiled) if (!passes(valueOf(name))) return false
      return true
    }
  }
}
