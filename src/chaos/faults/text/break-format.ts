import { z } from 'zod'
import { targetField } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { structureOf } from '../../parts/structure.ts'
import { AT_TEXT, rewriting } from '../../parts/texts.ts'
import { type Edit, findSpans, replaceSpans } from '../../../core/json-edit.ts'
import { membersIn } from '../../../core/json-members.ts'

const ways = ['fence', 'trailing-comma', 'cut-brace', 'single-quotes', 'prose-prefix', 'renamed-keys'] as const

/** A broken format as YAML says it. */
export interface BreakFormatFields {
  readonly kind: 'break-format'
  readonly at?: string | undefined
  readonly how: typeof ways[number]
  readonly prefix?: string | undefined
}

/** Breaks JSON that a language model was asked for, the way models do. Of XML, `fence`, `prose-prefix` and `cut-brace` alone. */
export const breakFormat: FaultKind<BreakFormatFields> = {
  summary: 'breaks the JSON or XML that a text consists of, in ways that language models do',
  stage: 'payload',
  onShadow: true,
  fields: z.strictObject({
    kind: z.literal('break-format'),
    at: targetField.optional().describe(AT_TEXT),
    how: z.enum(ways).describe('put in a Markdown `fence`, or a sentence before it (`prose-prefix`); a comma too many at its end (`trailing-comma`), the last bracket lost (`cut-brace`), strings in `single-quotes`, or the keys outside spelled another way (`renamed-keys`)'),
    prefix: z.string().min(1).max(10_000).optional().describe('with `prose-prefix`: what is said before it')
  }).refine(({ how, prefix }) => prefix === undefined || how === 'prose-prefix', { path: ['prefix'], message: 'expected only with prose-prefix' }),
  build: ({ at, how, prefix = 'Sure, here is what you asked for:\n\n' }) => rewriting(at, (text) => {
    const structure = structureOf(text)
    if (structure === undefined) return { skip: 'not_structured' }
    if (how === 'prose-prefix') return prefix + text
    const { start, end, is, fenced } = structure
    if (how === 'fence') return fenced ? text : `\`\`\`${is}\n${text}\n\`\`\``
    const body = text.slice(start, end)
    if (is === 'xml' && how !== 'cut-brace') return { skip: 'not_structured' }
    return text.slice(0, start) + BREAKS[how](body) + text.slice(end)
  })
}

/** JSON without space around it, broken. */
const BREAKS: Readonly<Record<Exclude<typeof ways[number], 'fence' | 'prose-prefix'>, (json: string) => string>> = {
  'trailing-comma': (json) => {
    const inside = json.slice(0, -1).trimEnd()
    return inside.length === 1 ? json : `${inside},${json.slice(inside.length)}`
  },
  'cut-brace': (json) => json.slice(0, -1).trimEnd(),
  'single-quotes': (json) => json.replaceAll(/"((?:[^"\\]|\\.)*)"/gs, (_, inner: string) => `'${inner.replaceAll('\'', '\\\'')}'`),
  'renamed-keys': (json) => {
    const objects = json.startsWith('{') ? findSpans(json, [[]]) : findSpans(json, [['*']])
    return replaceSpans(json, (objects ?? []).flatMap((object) => membersIn(json, object).map(({ key, name }): Edit => ({ ...key, text: JSON.stringify(respelled(name)) }))))
  }
}

/** user_name as userName, userName as user_name, and name as Name. */
function respelled(name: string): string {
  const made = /[^_]_+[a-z\d]/i.test(name)
    ? name.replaceAll(/(?<=[^_])_+([a-z\d])/gi, (_, letter: string) => letter.toUpperCase())
    : /[a-z\d][A-Z]/.test(name) ? name.replaceAll(/(?<=[a-z\d])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : name.charAt(0).toUpperCase() + name.slice(1)
  return made === name ? `${name}_` : made
}
