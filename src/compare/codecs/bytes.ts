import type { Codec } from '../codec.ts'

/** What nothing is known of: images, audio, protocol buffers. */
export const bytes: Codec = {
  summary: 'anything else: octet by octet',
  rules: { ignore: [], fields: [], numbers: 'exact' },
  recognises: () => true
}
