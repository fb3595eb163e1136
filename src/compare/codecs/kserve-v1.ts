import type { Codec } from '../codec.ts'
import { isUnsaid } from './parts/members.ts'
import { own } from './parts/own.ts'

/**
 * The V1 protocol of KServe, which is the REST API of TensorFlow Serving, and what Vertex AI, MLflow and SageMaker's containers
 * have made of it: `predictions` row by row or `outputs` by name, `result` or `results` of classify and regress.
 *
 * Source: KServe, V1 protocol; TensorFlow Serving, RESTful API, Predict, Classify and Regress.
 */
export const kserveV1: Codec = {
  summary: 'the V1 protocol of KServe and TensorFlow Serving, and MLflow: numbers to the precision of float32',
  rules: {
    ignore: ['/model', '/modelDisplayName', '/modelVersionId', '/deployedModelId'],
    fields: [],
    numbers: 'float32'
  },
  recognises(path, document, streamed) {
    if (streamed) return false
    const verb = VERB.exec(path)?.[1]
    if (verb === undefined) return false
    return (MEMBERS.get(verb) ?? []).some((member) => !isUnsaid(own(document, member)))
  }
}

const VERB = /(:predict|:classify|:regress|\/invocations)\/?$/

const MEMBERS: ReadonlyMap<string, readonly string[]> = new Map([
  [':predict', ['predictions', 'outputs']],
  [':classify', ['result', 'results']],
  [':regress', ['result', 'results']],
  ['/invocations', ['predictions']]
])
