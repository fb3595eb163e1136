import { describe, expect, it } from 'vitest'
import { openaiEmbeddings } from '../../../src/compare/codecs/openai-embeddings.ts'

const PATH = '/v1/embeddings'
const VECTOR = [0.0023064255, -0.009327292, -0.0028842222]
const element = (embedding: unknown, index: number = 0): object => ({ object: 'embedding', index, embedding })
const answer = (...data: unknown[]): object => ({ object: 'list', data, model: 'text-embedding-ada-002', usage: { prompt_tokens: 8, total_tokens: 8 } })
const base64 = (vector: number[]): string => Buffer.from(new Float32Array(vector).buffer).toString('base64')

describe('the codec of embeddings', () => {
  it.each<[string, string, unknown]>([
    ['vectors', PATH, answer(element(VECTOR), element(VECTOR, 1))],
    ['vectors at another path', '/', answer(element(VECTOR))],
    ['base64', PATH, answer(element(base64(VECTOR)))],
    ['vectors that do not say what they are', PATH, { data: [{ embedding: VECTOR, index: 0 }] }]
  ])('recognises %s', (_what, path, document) => {
    expect(openaiEmbeddings.recognises(path, document, false)).toBe(true)
  })

  it.each<[string, string, unknown, boolean]>([
    ['a list of models', '/v1/models', { object: 'list', data: [{ id: 'gpt-4o', object: 'model' }] }, false],
    ['an empty list', PATH, answer(), false],
    ['a list of which one is something else', '/', answer(element(VECTOR), { object: 'model' }), false],
    ['data with an embedding, elsewhere', '/', { data: [{ embedding: VECTOR }] }, false],
    ['an embedding that is no vector', PATH, answer(element({ a: 1 })), false],
    ['a stream', PATH, answer(element(VECTOR)), true]
  ])('does not take %s for it', (_what, path, document, streamed) => {
    expect(openaiEmbeddings.recognises(path, document, streamed)).toBe(false)
  })

  it('reads the numbers in base64', () => {
    const floats = [...new Float32Array(VECTOR)]
    expect(openaiEmbeddings.canonical?.(answer(element(base64(VECTOR)), element(floats, 1)))).toEqual(answer(element(floats), element(floats, 1)))
    expect(openaiEmbeddings.canonical?.(answer(element(base64([Number.NaN, -Infinity, -0]))))).toEqual(answer(element([Number.NaN, -Infinity, -0])))
  })

  it.each(['', 'AAA', 'AAAAAAA=', 'not base64!', 'AAAA', '????', 'AAAAAAAA/===', '猫猫猫猫'])('leaves %j the text it is', (text) => {
    expect(openaiEmbeddings.canonical?.(answer(element(text)))).toEqual(answer(element(text)))
  })
})
