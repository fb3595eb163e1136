import type { Fields } from '../../support/fault.ts'
import { boxes } from './boxes.ts'
import { embeddings } from './embeddings.ts'
import { labels } from './labels.ts'
import { rankings } from './rankings.ts'
import { numbers } from './numbers.ts'
import { payload } from './payload.ts'
import { text } from './text.ts'
import { streams } from './streams.ts'
import { transport } from './transport.ts'

/** Fields to try each fault with, `kind` aside; one that is registered and not listed fails. */
export type Samples = Readonly<Record<string, readonly Fields[]>>

export const SAMPLES: Samples = {
  ...boxes,
  ...embeddings,
  ...labels,
  ...rankings,
  ...numbers,
  ...payload,
  ...text,
  ...streams,
  ...transport
}
