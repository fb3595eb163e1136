import { describe, expect, it } from 'vitest'
import { faults } from '../../../../src/chaos/faults/index.ts'
import { degraded, type Fields, skipOf } from '../../support/fault.ts'
import { anthropic, chat, completion, ollama, responses } from './answers.ts'

const TEXT = 'It is warm. Bring a "hat"!'

describe.each<[string, (text: string) => string]>([['chat', chat], ['responses', responses], ['anthropic', anthropic], ['ollama', ollama], ['completions', completion]])('in an answer of %s', (_, write) => {
  it.each<[string, Fields, string]>([
    ['empty-text', {}, ''],
    ['refusal', {}, 'I\'m sorry, but I can\'t help with that request.'],
    ['refusal', { sentence: 'No.' }, 'No.'],
    ['repeat-text', { times: 2 }, `${TEXT} Bring a "hat"! Bring a "hat"!`],
    ['repeat-text', { times: 3, unit: 'word' }, `${TEXT} "hat"! "hat"! "hat"!`]
  ])('%s with %j changes the text, and nothing else', (kind, fields, expected) => {
    expect(degraded(kind, fields, write(TEXT))).toBe(write(expected))
  })

  it('model-name names another, and changes nothing else', () => {
    expect(degraded('model-name', { to: 'large' }, write(TEXT))).toBe(write(TEXT).replace('"model":"small"', '"model":"large"'))
  })
})

describe('repeat-text', () => {
  it('says it as often as the strength wants, and not at all at 0', () => {
    expect(degraded('repeat-text', { times: 10 }, { text: 'a.' }, { strength: 0.2 })).toBe('{"text":"a. a. a."}')
    expect(degraded('repeat-text', { times: 10 }, { text: 'a.' }, { strength: 0 })).toBeUndefined()
  })

  it('keeps the space at the end, and takes a line without a full stop for a sentence', () => {
    expect(degraded('repeat-text', { times: 1 }, { text: 'Dogs\nCats\n' })).toBe(JSON.stringify({ text: 'Dogs\nCats Cats\n' }))
  })

  it('adds a mebibyte at most', () => {
    expect(degraded('repeat-text', { times: 10_000 }, { text: 'x'.repeat(100_000) })!.length).toBeLessThan(100_000 + 1024 * 1024 + 20)
  })

  it.each([['', 'unchanged'], [' \n', 'unchanged']])('has nothing to say again of %j', (text, reason) => {
    expect(skipOf('repeat-text', { times: 2 }, { text })).toBe(reason)
    expect(skipOf('repeat-text', { times: 2, unit: 'word' }, { text })).toBe(reason)
  })
})

describe('finish-reason', () => {
  it.each<[Fields, string, string | undefined]>([
    [{ map: { stop: 'content_filter' } }, chat(TEXT), chat(TEXT).replace('"stop"', '"content_filter"')],
    [{ map: { length: 'stop' } }, chat(TEXT), undefined],
    [{ map: { '*': 'length' } }, chat(TEXT), chat(TEXT).replace('"stop"', '"length"')],
    [{ map: { stop: 'stop', '*': 'length' } }, chat(TEXT), undefined],
    [{ map: { end_turn: 'tool_use' } }, anthropic(TEXT), anthropic(TEXT).replace('"end_turn"', '"tool_use"')],
    [{ map: { completed: 'failed' } }, responses(TEXT), responses(TEXT).replace('"completed"', '"failed"')],
    [{ map: { stop: 'load' } }, ollama(TEXT), ollama(TEXT).replace('"stop"', '"load"')],
    [{ map: { a: 'b' }, at: '/why' }, '{"why":"a"}', '{"why":"b"}'],
    [{ map: { __proto__x: 'b' }, at: '/why' }, '{"why":"constructor"}', undefined]
  ])('with %j', (fields, body, expected) => {
    expect(degraded('finish-reason', fields, body)).toBe(expected)
  })

  it('is skipped where there is no reason', () => {
    expect(skipOf('finish-reason', { map: { stop: 'length' } }, chat(TEXT).replace('"stop"', 'null'))).toBe('wrong_type')
    expect(skipOf('finish-reason', { map: { length: 'stop' } }, chat(TEXT))).toBe('unchanged')
  })
})

describe('usage-skew', () => {
  const usage = (prompt: string, said: string, total: string): string => `{"usage":{"prompt_tokens": ${prompt},"completion_tokens":${said},"total_tokens":${total},"total_time":0.10,"details":{"cached_tokens":${prompt},"more":{"n":1}}},"n":1.0}`
  it.each<[number, number, string, string, string]>([
    [2, 1, '20', '14', '34'], [0, 1, '0', '0', '0'], [0.5, 1, '5', '4', '9'], [4, 0.5, '20', '14', '34'], [1.1, 1, '11', '8', '19']
  ])('by %d at strength %d multiplies whole numbers, and rounds', (factor, strength, ...expected) => {
    expect(degraded('usage-skew', { factor }, usage('10', '7', '17'), { strength })).toBe(usage(...expected))
  })

  it('finds the counts of Ollama and of responses, and a single one', () => {
    expect(degraded('usage-skew', { factor: 3 }, ollama(TEXT))).toBe(ollama(TEXT).replace(':10,', ':30,').replace(':7}', ':21}'))
    expect(degraded('usage-skew', { factor: 3 }, responses(TEXT))).toBe(responses(TEXT).replace(':10,', ':30,').replace(':7,', ':21,').replace(':17,', ':51,').replace(':3}', ':9}'))
    expect(degraded('usage-skew', { factor: 3, at: '/usage/output_tokens' }, anthropic(TEXT))).toBe(anthropic(TEXT).replace(':7}', ':21}'))
  })

  it('leaves counts alone at strength 0, and what are none', () => {
    expect(degraded('usage-skew', { factor: 0 }, chat(TEXT), { strength: 0 })).toBeUndefined()
    expect(skipOf('usage-skew', { factor: 2 }, { usage: null })).toBe('wrong_type')
    expect(skipOf('usage-skew', { factor: 2 }, { usage: { a: 0 } })).toBe('unchanged')
    expect(skipOf('usage-skew', { factor: 2 }, {})).toBe('target_absent')
  })
})

describe('drop-logprobs', () => {
  it('leaves null, or nothing, and all else as it was', () => {
    expect(degraded('drop-logprobs', {}, completion('a', 'b'))).toBe(completion('a', 'b').replaceAll('{"tokens":["a"]}', 'null'))
    expect(degraded('drop-logprobs', { leaves: 'nothing' }, completion('a', 'b'))).toBe(completion('a', 'b').replaceAll(',"logprobs":{"tokens":["a"]}', ''))
    expect(degraded('drop-logprobs', { leaves: 'nothing' }, responses('a'))).toBe(responses('a').replace(',"logprobs":[]', ''))
    expect(degraded('drop-logprobs', { at: '/x/*' }, '{"x":[1.0,{}]}')).toBe('{"x":[null,null]}')
  })

  it('is skipped where there are none', () => {
    expect(skipOf('drop-logprobs', {}, chat(TEXT))).toBe('unchanged')
    expect(skipOf('drop-logprobs', {}, anthropic(TEXT))).toBe('target_absent')
    expect(skipOf('drop-logprobs', { at: '/x/*', leaves: 'nothing' }, { x: [1] })).toBe('wrong_type')
  })
})

describe('what makes no sense', () => {
  it.each<[string, Fields]>([
    ['refusal', { sentence: '' }], ['repeat-text', {}], ['repeat-text', { times: 0 }], ['repeat-text', { times: 1, unit: 'line' }], ['model-name', {}], ['model-name', { to: '' }], ['finish-reason', {}],
    ['finish-reason', { map: {} }], ['finish-reason', { map: { a: 'a' } }], ['finish-reason', { map: { a: 1 } }], ['usage-skew', { factor: 1 }], ['usage-skew', { factor: -1 }], ['usage-skew', {}],
    ['drop-logprobs', { leaves: 'null' }], ['empty-text', { at: '' }], ['empty-text', { at: 'a/b' }]
  ])('%s is refused with %j', (kind, fields) => {
    expect(faults.find(({ name }) => name === kind)!.fields.safeParse({ kind, ...fields }).success).toBe(false)
  })
})
