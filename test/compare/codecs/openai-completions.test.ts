import { describe, expect, it } from 'vitest'
import { openaiCompletions } from '../../../src/compare/codecs/openai-completions.ts'
import { seeded } from '../support.ts'
import { assembled, interleaved, pieces, someText } from './support.ts'

const PATH = '/v1/completions'
const HEAD = { id: 'cmpl-uqkvlQyYK7bGYrRHQ0eXlWi7', created: 1589478378, model: 'gpt-3.5-turbo-instruct', system_fingerprint: null }
const choice = (text: unknown, index: unknown = 0, rest: object = {}): object => ({ text, index, logprobs: null, finish_reason: null, ...rest })
const WHOLE = { ...HEAD, object: 'text_completion', choices: [choice('\n\nThis is indeed a test', 0, { finish_reason: 'length' })], usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 } }
const chunk = (...choices: object[]): object => ({ ...HEAD, object: 'text_completion', choices })

describe('the codec of text completions', () => {
  it.each<[string, string, unknown, boolean]>([
    ['an answer', PATH, WHOLE, false],
    ['an answer at another path', '/', WHOLE, false],
    ['an answer that does not say what it is', PATH, { choices: [{ text: 'a' }] }, false],
    ['a chunk', PATH, chunk(choice('a')), true],
    ['a stream that fails at once', PATH, { error: { message: 'no' } }, true]
  ])('recognises %s', (_what, path, document, streamed) => {
    expect(openaiCompletions.recognises(path, document, streamed)).toBe(true)
  })

  it.each<[string, string, unknown, boolean]>([
    ['choices of something else', '/quiz', { choices: [{ text: 'a' }] }, false],
    ['a chat completion', '/v1/chat/completions', { choices: [{ message: {} }] }, false],
    ['a text at the path of chat', '/v1/chat/completions', { choices: [{ text: 'a' }] }, false],
    ['a choice without a text', PATH, chunk(choice(null)), false],
    ['an error', PATH, { error: { message: 'no' } }, false]
  ])('does not take %s for it', (_what, path, document, streamed) => {
    expect(openaiCompletions.recognises(path, document, streamed)).toBe(false)
  })

  it('takes null for nothing, but not an empty text', () => {
    expect(openaiCompletions.canonical?.(chunk(choice('', 0, { stop_reason: null, finish_reason: 'stop' })))).toEqual(chunk({ text: '', index: 0, finish_reason: 'stop' }))
  })

  it('puts log-probabilities together', () => {
    const some = (tokens: string[], at: number): object => ({ tokens, token_logprobs: tokens.map(() => -1), text_offset: tokens.map((_, i) => at + i), top_logprobs: null })
    const { document } = assembled(openaiCompletions, [chunk(choice('ab', 0, { logprobs: some(['a', 'b'], 0) })), chunk(choice('c', 0, { logprobs: some(['c'], 2) })), '[DONE]'])
    expect(document).toMatchObject({ choices: [{ text: 'abc', logprobs: some(['a', 'b', 'c'], 0) }] })
  })

  it('tells the error in the midst, and skips what is no text', () => {
    const result = assembled(openaiCompletions, [chunk(choice('a')), chunk(choice(5), choice('b', -1), choice('c', 'length')), { error: 'cut' }])
    expect(result).toMatchObject({ document: { choices: [{ text: 'a', index: 0 }] }, content: [0], complete: false, error: 'cut' })
  })
})

const SEED = 43

describe('a streamed text completion', () => {
  it(`is what it would have been in one piece, however it was cut (seed ${SEED})`, () => {
    const random = seeded(SEED)
    for (let round = 0; round < 200; round++) {
      const texts = Array.from({ length: 1 + Math.floor(random() * 3) }, () => someText(random))
      const events = interleaved(random, texts.map((text, index) => [...pieces(random, text).map((piece) => chunk(choice(piece, index))), chunk(choice('', index, { finish_reason: 'stop' }))]))
      const { usage } = WHOLE
      const { document, complete } = assembled(openaiCompletions, [...events, { ...chunk(), usage }, '[DONE]'])
      expect(document).toStrictEqual({ ...WHOLE, choices: texts.map((text, index) => choice(text, index, { finish_reason: 'stop' })) })
      expect(complete).toBe(true)
    }
  })
})
