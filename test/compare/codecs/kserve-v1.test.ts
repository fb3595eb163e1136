import { describe, expect, it } from 'vitest'
import { kserveV1 } from '../../../src/compare/codecs/kserve-v1.ts'

const PATH = '/v1/models/flowers'

describe('the codec of the V1 protocol', () => {
  it.each<[string, string, unknown]>([
    ['predictions', `${PATH}:predict`, { predictions: [3.5, 4.0, 5.5] }],
    ['predictions of a version', `${PATH}/versions/3:predict`, { predictions: [[0.1, 0.9]] }],
    ['predictions of a label', `${PATH}/labels/stable:predict`, { predictions: [{ label: 'rose', score: 0.9 }] }],
    ['predictions of Vertex AI', '/v1/projects/p/locations/l/endpoints/1:predict', { predictions: [1], deployedModelId: '5' }],
    ['a single prediction', `${PATH}:predict`, { predictions: 0 }],
    ['outputs', `${PATH}:predict`, { outputs: { scores: [[0.1]] } }],
    ['classes', `${PATH}:classify`, { results: [[['rose', 0.9], ['', 0.1]]] }],
    ['regressions', `${PATH}:regress`, { result: [3.5, 4.0] }],
    ['predictions of MLflow', '/invocations', { predictions: [1] }]
  ])('recognises %s', (_what, path, document) => {
    expect(kserveV1.recognises(path, document, false)).toBe(true)
  })

  it.each<[string, string, unknown, boolean]>([
    ['predictions elsewhere', '/weather', { predictions: ['rain'] }, false],
    ['an error', `${PATH}:predict`, { error: 'no such model' }, false],
    ['results of predict', `${PATH}:predict`, { results: [1] }, false],
    ['outputs of MLflow', '/invocations', { outputs: [1] }, false],
    ['predictions that are null', `${PATH}:predict`, { predictions: null }, false],
    ['the status of a model', PATH, { model_version_status: [{ version: '123', state: 'AVAILABLE' }] }, false],
    ['a list', `${PATH}:predict`, [1, 2], false],
    ['what objects inherit', `${PATH}:predict`, Object.create({ predictions: [1] }), false],
    ['a stream', `${PATH}:predict`, { predictions: [1] }, true]
  ])('does not take %s for it', (_what, path, document, streamed) => {
    expect(kserveV1.recognises(path, document, streamed)).toBe(false)
  })
})
