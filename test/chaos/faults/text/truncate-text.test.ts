import { describe, expect, it } from 'vitest'
import { truncateText } from '../../../../src/chaos/faults/text/truncate-text.ts'
import { degraded, type Fields, skipOf } from '../../support/fault.ts'
import { anthropic, chat, completion, ollama, responses, said } from './answers.ts'

const TEXT = 'One two three. Four five six.'
const honestChat = (text: string): string => chat(text).replace('"finish_reason":"stop"', '"finish_reason":"length"')

describe('a truncated text', () => {
  it.each<[Fields, number, string]>([
    [{ share: 0.5 }, 1, 'One two three.'], // 29 - round(14.5)
    [{ share: 0 }, 1, ''],
    [{ share: 0.5 }, 0.5, 'One two three. Four fi'], // 29 - round(7.25)
    [{ characters: 7 }, 1, 'One two'],
    [{ characters: 0 }, 1, ''],
    [{ characters: 9 }, 0.5, 'One two three. Four'],
    [{ words: 3 }, 1, 'One two three.'],
    [{ words: 0 }, 1, ''],
    [{ words: 2 }, 0.5, 'One two three. Four']
  ])('with %j at strength %d is %j', (fields, strength, expected) => {
    expect(degraded('truncate-text', { ...fields, finish: 'lying' }, chat(TEXT), { strength })).toBe(chat(expected))
    expect(degraded('truncate-text', fields, chat(TEXT), { strength })).toBe(honestChat(expected))
  })

  it.each<[string, (text: string) => string, readonly (readonly [from: string, to: string])[]]>([
    ['OpenAI\'s responses', responses, [['"status":"completed","inc', '"status":"incomplete","inc'], ['"incomplete_details":null', '"incomplete_details":{"reason":"max_output_tokens"}']]],
    ['Anthropic', anthropic, [['"end_turn"', '"max_tokens"']]],
    ['Ollama', ollama, [['"done_reason":"stop"', '"done_reason":"length"']]],
    ['text completions', completion, [['"finish_reason":"stop"', '"finish_reason":"length"']]]
  ])('says so as %s does', (_, write, changes) => {
    expect(degraded('truncate-text', { words: 1 }, write(TEXT))).toBe(changes.reduce((text, [from, to]) => text.replace(from, to), write('One')))
    expect(degraded('truncate-text', { words: 1, finish: 'lying' }, write(TEXT))).toBe(write('One'))
  })

  it('says so of responses that have no details yet', () => {
    const bare = (text: string, status: string, more = ''): string => `{"object":"response","status":"${status}","output":[{"type":"message","content":[{"type":"output_text","text":"${text}"}]}]${more}}`
    expect(degraded('truncate-text', { words: 1 }, bare('a b', 'completed'))).toBe(bare('a', 'incomplete', ',"incomplete_details":{"reason":"max_output_tokens"}'))
  })

  it('says so only of the choices it has cut', () => {
    expect(degraded('truncate-text', { words: 1 }, completion('a', 'b c'))).toBe(completion('a', 'b').replace(/stop(?!.*stop)/, 'length'))
  })

  it('does not part the halves of a character', () => {
    expect(said(degraded('truncate-text', { characters: 2 }, chat('a😀b')))).toBe('a')
    expect(said(degraded('truncate-text', { characters: 3 }, chat('a😀b')))).toBe('a😀')
  })

  it('stays in ASCII where the text was', () => {
    const escaped = String.raw`{"text":"d\u00e9j\u00e0 vu"}`
    expect(degraded('truncate-text', { characters: 4 }, escaped)).toBe(String.raw`{"text":"d\u00e9j\u00e0"}`)
    expect(degraded('truncate-text', { characters: 4 }, '{"text":"déjà vu"}')).toBe('{"text":"déjà"}')
  })

  it.each<[unknown, Fields, string]>([
    ['not json', { share: 0.5 }, 'not_json'], [{ a: 1 }, { share: 0.5 }, 'target_absent'], [{ text: null }, { share: 0.5 }, 'wrong_type'],
    [{ text: 'a b' }, { words: 2 }, 'unchanged'], [{ text: '' }, { share: 0 }, 'unchanged'], [{ a: 'b' }, { words: 0, at: '/b' }, 'target_absent']
  ])('of %j with %j is skipped: %s', (body, fields, reason) => {
    expect(skipOf('truncate-text', fields, body)).toBe(reason)
  })

  it('at strength 0 is whole', () => {
    for (const fields of [{ share: 0 }, { characters: 0 }, { words: 0 }]) expect(degraded('truncate-text', fields, chat(TEXT), { strength: 0 })).toBeUndefined()
  })

  it.each([{}, { share: 1 }, { share: -0.1 }, { share: 0.5, words: 1 }, { characters: 1, words: 1 }, { characters: -1 }, { words: 1.5 }, { share: 0.5, finish: 'no' }, { share: 0.5, at: 'nowhere' }])('is refused with %j', (fields) => {
    expect(truncateText.fields.safeParse({ kind: 'truncate-text', ...fields }).success).toBe(false)
  })
})
