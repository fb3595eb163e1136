import { describe, expect, it } from 'vitest'
import { openInference } from '../../../src/compare/codecs/open-inference.ts'

const PATH = '/v2/models/mymodel/infer'
const output = (datatype: unknown, data: unknown, rest: object = {}): object => ({ name: 'output0', shape: [3, 2], datatype, data, ...rest })
const answer = (...outputs: unknown[]): object => ({ model_name: 'mymodel', model_version: '1', id: '42', outputs })
const WHOLE = answer(output('FP32', [1.0, 1.1, 2.0, 2.1, 3.0, 3.1]))
const outputsOf = (...outputs: unknown[]): unknown => (openInference.canonical!(answer(...outputs)) as { outputs: unknown }).outputs

describe('the codec of the Open Inference Protocol', () => {
  it.each<[string, string, unknown]>([
    ['an answer', PATH, WHOLE],
    ['an answer of a version', '/v2/models/mymodel/versions/3/infer', WHOLE],
    ['an answer at another path, without its model', '/predict', { outputs: [output('BYTES', ['a'])] }],
    ['nested data', PATH, answer(output('INT64', [[1, 2], [3, 4]]))],
    ['data that is elsewhere', PATH, answer({ name: 'output0', shape: [1], datatype: 'BF16', parameters: { binary_data_size: 2 } })],
    ['no outputs', PATH, answer()]
  ])('recognises %s', (_what, path, document) => {
    expect(openInference.recognises(path, document, false)).toBe(true)
  })

  it.each<[string, string, unknown, boolean]>([
    ['the metadata of a model', '/v2/models/mymodel', { name: 'mymodel', platform: 'x', inputs: [], outputs: [{ name: 'output0', datatype: 'FP32', shape: [-1, 2] }] }, false],
    ['outputs by name', '/v1/models/m:predict', { outputs: { output0: [[1.0]] } }, false],
    ['outputs of something else', PATH, answer({ name: 'stdout', data: ['a'] }), false],
    ['an unknown datatype', PATH, answer(output('FLOAT', [1])), false],
    ['outputs of which one is something else', PATH, answer(output('FP32', [1]), 5), false],
    ['data that is no array', PATH, answer(output('FP32', 'AAAA')), false],
    ['no outputs of something else', '/jobs/7', { outputs: [] }, false],
    ['an error', PATH, { error: 'no such model' }, false],
    ['a stream', PATH, WHOLE, true]
  ])('does not take %s for it', (_what, path, document, streamed) => {
    expect(openInference.recognises(path, document, streamed)).toBe(false)
  })

  it('keys outputs by their names, whatever their order', () => {
    const a = output('FP32', [1], { name: 'a', parameters: { x: 1 } })
    const b = output('BYTES', ['x'], { name: 'b' })
    expect(openInference.canonical?.(answer(a, b))).toEqual({
      ...answer(), outputs: { a: { shape: [3, 2], datatype: 'FP32', data: [1], parameters: { x: 1 } }, b: { shape: [3, 2], datatype: 'BYTES', data: ['x'] } }
    })
    expect(outputsOf(b, a)).toEqual(outputsOf(a, b))
    expect(JSON.stringify(outputsOf({ ...a, name: '__proto__' }))).toBe('{"__proto__":{"shape":[3,2],"datatype":"FP32","parameters":{"x":1},"data":[1]}}')
  })

  it.each<[datatype: string | undefined, member: string]>([
    ...['FP32', 'FP64', 'BOOL', 'BYTES', 'INT8', 'INT64', 'UINT8', 'UINT64', 'UNKNOWN', undefined, 'constructor'].map((datatype): [string | undefined, string] => [datatype, 'data']),
    ['FP16', 'halfs'], ['BF16', 'bfloats']
  ])('puts elements of %s where a rule finds them: in %s', (datatype, member) => {
    expect(outputsOf(output(datatype, [1, 2]))).toEqual({ output0: { shape: [3, 2], datatype, [member]: [1, 2] } })
  })

  it('takes nested data apart in row-major order, however deep', () => {
    expect(outputsOf(output('FP32', [[[1, 2], [3, 4]], [[5, 6], []], 7]))).toEqual({ output0: { shape: [3, 2], datatype: 'FP32', data: [1, 2, 3, 4, 5, 6, 7] } })
    let deep: unknown = [1]
    for (let i = 0; i < 200_000; i++) deep = [deep]
    expect(outputsOf(output('FP32', deep))).toMatchObject({ output0: { data: [1] } })
  })

  it('leaves outputs alone that have no names of their own', () => {
    for (const outputs of [[output('FP32', [1]), output('FP32', [2])], [{ data: [1] }], [5], [null]]) expect(openInference.canonical?.(answer(...outputs))).toEqual(answer(...outputs))
    expect(openInference.canonical?.({ outputs: {} })).toEqual({ outputs: {} })
    expect(outputsOf({ name: 'a', datatype: 'FP16', parameters: { binary_data_size: 8 } })).toEqual({ a: { datatype: 'FP16', parameters: { binary_data_size: 8 } } })
  })
})
