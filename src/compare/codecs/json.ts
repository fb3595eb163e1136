import type { Codec } from '../codec.ts'
import { createEventReader } from '../streams/event-json.ts'

/** Any JSON that is no known kind of answer. A stream of it is the list of its events, those that are no JSON as their text. */
export const json: Codec & Required<Pick<Codec, 'assemble'>> = {
  summary: 'any other JSON, and streams of it as the list of their events: field by field, numbers by value',
  rules: { ignore: [], fields: [], numbers: 'exact' },
  recognises: (_path, document) => document !== undefined,
  assemble(events) {
    const read = createEventReader('exact')
    // nothing says what ends such a stream, nor what of it is to be read: all of it
    return { document: events.map(({ data }) => read(data) ?? data), content: events.map((_, i) => i), complete: true, error: undefined }
  }
}
