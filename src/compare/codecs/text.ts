import type { Codec } from '../codec.ts'

/**
 * Text that is no JSON, and streams of it. What a stream says is its data in a row: where one server sends a word, another sends
 * half of one, and that is no difference.
 */
export const text: Codec = {
  summary: 'plain text, and streams of it put together: as text',
  rules: { ignore: [], fields: [{ at: '', as: 'text' }], numbers: 'exact' },
  recognises: (_path, document, streamed) => streamed ? document === undefined : typeof document === 'string',
  assemble: (events) => ({
    document: events.map(({ data }) => data).join(''),
    content: events.flatMap(({ data }, i) => data === '' ? [] : [i]),
    complete: true,
    error: undefined
  })
}
