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
    const asked = path.endsWith('/') ? path.slice(0, -1) : path
    return VERBS.some(([verb, members]) => asked.endsWith(verb) && members.some((member) => !isUnsaid(own(document, member))))
  }
}

/** What a request's path ends in, and what the answer then holds. */
const VERBS: readonly (readonly [verb: string, members: readonly string[]])[] = [
  [':predict', ['predictions', 'outputs']],
  [':classify', ['result', 'results']],
  [':regress', ['result', 'results']],
  ['/invocations', ['predictions']]
]
