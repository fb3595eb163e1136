import { describe, expect, it } from 'vitest'
import { breakFormat } from '../../../../src/chaos/faults/text/break-format.ts'
import { structureOf } from '../../../../src/chaos/parts/structure.ts'
import { degraded, skipOf } from '../../support/fault.ts'
import { chat } from './answers.ts'

const JSON_TEXT = '{"user_name": "O\'Neil", "n": 1.0, "tags": ["a", "b\\""]}'

describe('break-format', () => {
  it.each([
    ['fence', JSON_TEXT, `\`\`\`json\n${JSON_TEXT}\n\`\`\``],
    ['prose-prefix', JSON_TEXT, `Sure, here is what you asked for:\n\n${JSON_TEXT}`],
    ['trailing-comma', JSON_TEXT, JSON_TEXT.replace(/}$/, ',}')],
    ['trailing-comma', '[\n  1,\n  2\n]\n', '[\n  1,\n  2,\n]\n'],
    ['trailing-comma', '```json\n{"a":1}\n```', '```json\n{"a":1,}\n```'],
    ['cut-brace', JSON_TEXT, JSON_TEXT.slice(0, -1)],
    ['cut-brace', '```\n[1, 2]\n```\n', '```\n[1, 2\n```\n'],
    ['cut-brace', '<a><b/></a>', '<a><b/></a'],
    ['single-quotes', JSON_TEXT, '{\'user_name\': \'O\\\'Neil\', \'n\': 1.0, \'tags\': [\'a\', \'b\\"\']}'],
    ['renamed-keys', '{"user_name":"user_name","userId":1.0,"n":{"user_name":2},"":3,"9":4}', '{"userName":"user_name","user_id":1.0,"N":{"user_name":2},"_":3,"9_":4}'],
    ['renamed-keys', '[{"a":1},{"a":2},3]', '[{"A":1},{"A":2},3]'],
    ['fence', '<a/>', '```xml\n<a/>\n```']
  ])('by %s makes of %j %j, and leaves all around it', (how, text, expected) => {
    expect(degraded('break-format', { how }, chat(text))).toBe(chat(expected))
    expect(() => JSON.parse(degraded('break-format', { how }, chat(text))!) as unknown).not.toThrow()
  })

  it.each(['fence', 'trailing-comma', 'cut-brace', 'single-quotes', 'prose-prefix'])('by %s leaves no JSON', (how) => {
    const broken = (JSON.parse(degraded('break-format', { how }, { text: JSON_TEXT })!) as { text: string }).text
    expect(() => JSON.parse(broken) as unknown).toThrow()
  })

  it('says before it what it is told to', () => {
    expect(degraded('break-format', { how: 'prose-prefix', prefix: 'Here: ' }, { text: '{}' })).toBe('{"text":"Here: {}"}')
  })

  it.each([
    ['fence', '```json\n{}\n```', 'unchanged'], ['trailing-comma', '{ }', 'unchanged'], ['trailing-comma', '<a/>', 'not_structured'], ['fence', 'Hello', 'not_structured'], ['fence', '12', 'not_structured'],
    ['cut-brace', '{"a":', 'not_structured'], ['renamed-keys', '[1]', 'unchanged'], ['cut-brace', 'See {"a":1}', 'not_structured'], ['cut-brace', '', 'not_structured'], ['single-quotes', '[1]', 'unchanged'],
    ['cut-brace', '```json\n{}\n``` and more', 'not_structured'], ['cut-brace', '```json', 'not_structured'], ['cut-brace', '```json\n', 'not_structured']
  ])('by %s of %j is skipped: %s', (how, text, reason) => {
    expect(skipOf('break-format', { how }, { text })).toBe(reason)
  })

  it.each([{}, { how: 'other' }, { how: 'fence', prefix: 'x' }, { how: 'prose-prefix', prefix: '' }])('is refused with %j', (fields) => {
    expect(breakFormat.fields.safeParse({ kind: 'break-format', ...fields }).success).toBe(false)
  })
})

it('structureOf reads on past what looks like the start of a fence in time that grows with the text', () => {
  for (const text of ['```'.repeat(100_000), ` ${'`'.repeat(3)}${' '.repeat(100_000)}x`, `${' '.repeat(100_000)}\n`.repeat(3)]) expect(structureOf(text)).toBeUndefined()
})
