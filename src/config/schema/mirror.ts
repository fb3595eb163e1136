import { z } from 'zod'
import { duration, percent, size } from '../../core/scalars.ts'
import { comparators } from '../registries.ts'
import type { CompareFieldConfig, MirrorConfig } from '../types.ts'
import { count, name, pointer } from './texts.ts'
import { oneOfKinds } from './kinds.ts'

const at = pointer().describe('JSON Pointer into the answer; * stands for any key or index')

const compare = z.strictObject({
  ignore: z.array(pointer()).prefault([]).describe('JSON Pointers of what is not compared; * stands for any key or index'),
  fields: z.array(oneOfKinds<CompareFieldConfig>('as', comparators, { at })).prefault([])
    .describe('how fields are compared, the first match deciding; all others must be equal')
}).prefault({}).meta({ title: 'comparison', description: 'how the shadow\'s answers are compared with the primary\'s' })

const baseline = z.strictObject({
  backend: name().describe('the primary\'s own backend'),
  percent: percent().describe('percent of the mirrored requests that are sent to it a second time')
}).meta({ title: 'baseline', description: 'a second copy to the primary\'s own model, to measure how much that model disagrees with itself' })

/** A shadow backend and how it is compared. */
export const mirror: z.ZodType<MirrorConfig> = z.strictObject({
  backend: name().describe('the backend that is sent the copies; its answers are compared and never returned'),
  percent: percent().describe('percent of the route\'s requests that are copied; there is no default'),
  timeout: duration({ min: '1ms' }).prefault('5s').describe('how long a copy may take in all'),
  maxBody: size().prefault('1MiB').describe('largest request or answer that is copied; larger ones are counted and left out'),
  maxInFlight: count(1, 1_000_000).default(256).describe('copies under way at once, over all threads'),
  maxBytes: size({ min: '1B' }).prefault('64MiB').describe('memory for all copies under way, over all threads'),
  credentials: z.enum(['strip', 'keep']).default('strip').describe('whether copies carry what proves who the client is: authorization, API keys, cookies'),
  baseline: baseline.optional(),
  compare
}).transform((fields): MirrorConfig => ({ ...fields, baseline: fields.baseline }))
  .meta({ title: 'mirror', description: 'copies requests to a shadow backend and compares the answers; the client never notices' })
