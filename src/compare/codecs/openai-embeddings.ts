import type { Codec } from '../codec.ts'
import { isObject } from '../read/json-type.ts'
import { own, ownText } from './parts/own.ts'
import { isAt } from './parts/path.ts'

/**
 * OpenAI's embeddings, and those of servers that speak like it. A vector asked for as base64 is a vector nevertheless: its
 * numbers are read, float32 with the low octet first.
 *
 * Source: OpenAI API reference, The embedding object, and `encoding_format` of Create embeddings.
 */
export const openaiEmbeddings: Codec = {
  summary: 'embeddings of OpenAI and servers like it, as numbers or base64: each vector as an embedding',
  rules: {
    ignore: ['/id', '/object', '/created', '/model'],
    fields: [
      { at: '/data/*/embedding', as: 'embedding' },
      { at: '/usage/*', as: 'regression' }
    ],
    numbers: 'exact'
  },
  recognises(path, document, streamed) {
    const data = own(document, 'data')
    if (streamed || !Array.isArray(data) || data.length === 0) return false
    const here = isAt(path, '/embeddings')
    return data.every((element) => {
      const embedding = own(element, 'embedding')
      return (Array.isArray(embedding) || typeof embedding === 'string') && (here || ownText(element, 'object') === 'embedding')
    })
  },
  canonical(document) {
    const data = own(document, 'data')
    if (!isObject(document) || !Array.isArray(data)) return document
    return { ...document, data: data.map((element: unknown) => {
      const embedding = ownText(element, 'embedding')
      const vector = embedding === '' ? undefined : floatsOf(embedding)
      return vector === undefined || !isObject(element) ? element : { ...element, embedding: vector }
    }) }
  }
}

/** The numbers in a base64 text; undefined when it is none, or holds no whole number of float32. */
function floatsOf(base64: string): number[] | undefined {
  if (base64.length % 4 !== 0) return undefined
  const octets = Buffer.from(base64, 'base64')
  // Buffer.from leaves out what it cannot read
  if (octets.length % 4 !== 0 || octets.toString('base64') !== base64) return undefined
  return Array.from({ length: octets.length / 4 }, (_, i) => octets.readFloatLE(4 * i))
}
