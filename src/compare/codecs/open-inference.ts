import type { Codec } from '../codec.ts'
import { isObject } from '../read/json-type.ts'
import { own, ownText } from './parts/own.ts'
import { isAt } from './parts/path.ts'

/**
 * The Open Inference Protocol, version 2, of KServe, Triton, MLServer, TorchServe and OpenVINO. `outputs` is keyed by their
 * names, since their order says nothing, and tensors are one row of elements in row-major order, nested or not. Rules tell
 * what precision to expect by the member that the elements are in: `halfs` for FP16, `bfloats` for BF16, `data` for all else.
 *
 * Source: Open Inference Protocol, HTTP/REST, Inference Response JSON Object and Tensor Data.
 */
export const openInference: Codec = {
  summary: 'the Open Inference Protocol (v2) of KServe, Triton and MLServer: each output by its name, its data as a vector of the precision of its datatype',
  rules: {
    ignore: ['/id', '/model_name', '/model_version'],
    fields: [
      { at: '/outputs/*/data', as: 'vector', preset: 'float32' },
      { at: '/outputs/*/halfs', as: 'vector', preset: 'float16' },
      { at: '/outputs/*/bfloats', as: 'vector', preset: 'bfloat16' }
    ],
    numbers: 'exact'
  },
  recognises(path, document, streamed) {
    const outputs = own(document, 'outputs')
    if (streamed || !Array.isArray(outputs)) return false
    if (outputs.length === 0) return isAt(path, '/infer') && ownText(document, 'model_name') !== ''
    return outputs.every((output) => ownText(output, 'name') !== '' && DATATYPES.has(ownText(output, 'datatype')) && Array.isArray(own(output, 'shape')) && hasData(output))
  },
  canonical(document) {
    const outputs = own(document, 'outputs')
    if (!isObject(document) || !Array.isArray(outputs)) return document
    const named = new Map<string, unknown>()
    for (const output of outputs) {
      const name = ownText(output, 'name')
      // two of a name, or none: nothing to go by
      if (!isObject(output) || name === '' || named.has(name)) return document
      named.set(name, canonicalOutput(output))
    }
    return { ...document, outputs: Object.fromEntries(named) }
  }
}

/** Datatypes of the protocol, and BF16, which Triton has added: the member their elements are put in. */
const DATATYPES: ReadonlyMap<string, string> = new Map([
  ...['BOOL', 'UINT8', 'UINT16', 'UINT32', 'UINT64', 'INT8', 'INT16', 'INT32', 'INT64', 'FP32', 'FP64', 'BYTES'].map((datatype) => [datatype, 'data'] as const),
  ['FP16', 'halfs'], ['BF16', 'bfloats']
])

/** With the binary extension, the data is elsewhere. */
const hasData = (output: unknown): boolean => Array.isArray(own(output, 'data')) || own(own(output, 'parameters'), 'binary_data_size') !== undefined

function canonicalOutput(output: Readonly<Record<string, unknown>>): unknown {
  const { data, name: _name, ...rest } = output
  if (!Array.isArray(data)) return rest
  return { ...rest, [DATATYPES.get(ownText(output, 'datatype')) ?? 'data']: data.some(Array.isArray) ? flattened(data) : data }
}

/** In row-major order. Without recursion: what is nested was sent so, as deep as someone liked. */
function flattened(data: readonly unknown[]): unknown[] {
  const flat: unknown[] = []
  const stack: { readonly list: readonly unknown[], next: number }[] = [{ list: data, next: 0 }]
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    if (top.next === top.list.length) {
      stack.pop()
      continue
    }
    const element = top.list[top.next++]
    if (Array.isArray(element)) stack.push({ list: element, next: 0 })
    else flat.push(element)
  }
  return flat
}
