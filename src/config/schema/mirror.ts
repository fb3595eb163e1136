import { z } from 'zod'
import { duration, percent, size, token } from '../../core/scalars.ts'
import { matchers } from '../registries.ts'
import type { MirrorConfig, SampleConfig } from '../types.ts'
import { headerEdits } from './backend.ts'
import { capture, compare } from './compare.ts'
import { conditions } from './conditions.ts'
import { count, name, pointer } from './texts.ts'

const baseline = z.strictObject({
  backend: name().describe('the primary\'s own backend'),
  percent: percent().describe('percent of the mirrored requests that are sent to it a second time')
}).meta({ title: 'baseline', description: 'a second copy to the primary\'s own model, to measure how much that model disagrees with itself' })

const sample: z.ZodType<SampleConfig> = z.strictObject({
  by: z.union([
    z.enum(['request', 'unit']),
    z.strictObject({ header: token('header name').describe('name of a header; a request without it is drawn by itself') })
  ]).default('request').describe('what is drawn: each request by itself, all of a unit alike, or all with the same value of a header'),
  salt: z.string().min(1).max(200).optional().describe('mirrors with the same salt draw the same requests; without one each mirror draws its own')
}).prefault({}).transform(({ by, salt }): SampleConfig => ({ by: typeof by === 'string' ? by : { header: by.header.toLowerCase() }, salt }))
  .meta({ title: 'sample', description: 'how it is drawn which requests are copied' })

const off = z.literal('off')

const breaker = z.strictObject({
  failures: count(1, 1_000_000).default(20).describe('copies in a row without a good answer, after which none are sent for a while'),
  base: duration({ min: '1ms' }).prefault('5s').describe('how long the first time; it doubles each time the copy that is then tried fails'),
  max: duration({ min: '1ms' }).prefault('1m').describe('how long at most')
}).meta({ title: 'breaker', description: 'when copies to a failing shadow stop, and for how long' })

const shed = z.strictObject({
  lag: duration({ min: '1ms' }).prefault('100ms').describe('delay of our own event loop at which nothing more is copied'),
  slowdown: z.number().min(1.1).max(1000).default(3).describe('how many times slower than it usually is the primary may answer before nothing more is copied')
}).meta({ title: 'shedding', description: 'when copying stops first, before clients notice' })

const rewrite = z.strictObject({
  set: z.record(pointer(), z.json()).prefault({}).meta({ title: 'body edits', description: 'JSON values by JSON Pointer, such as /model: the copy says them in place of the request\'s own' })
}).prefault({}).meta({ title: 'body of copies', description: 'how the body of copies to the shadow differs from the request\'s; one that is no such JSON is not copied' })

/** A shadow backend and how it is compared. */
export const mirror: z.ZodType<MirrorConfig> = z.strictObject({
  backend: name().describe('the backend that is sent the copies; its answers are compared and never returned'),
  percent: percent().describe('percent of the route\'s requests that are copied; there is no default'),
  match: conditions(matchers.filter(({ name: called }) => called !== 'body')).meta({ title: 'requests to mirror', description: 'conditions on a request without which it is not copied, beside those of the route' }),
  sample,
  timeout: duration({ min: '1ms' }).prefault('5s').describe('how long a copy may take in all'),
  maxBody: size().prefault('1MiB').describe('largest request or answer that is copied; larger ones are counted and left out'),
  maxInFlight: count(1, 1_000_000).default(256).describe('copies under way at once, over all threads'),
  maxBytes: size({ min: '1B' }).prefault('64MiB').describe('memory for all copies under way, over all threads'),
  maxRate: z.number().min(0.001).max(1e9).optional().describe('copies a second to the shadow at most, over all threads'),
  dailyBudget: count(0, 2_000_000_000).optional().describe('copies a day (UTC) to the shadow at most, over all threads; a restart begins anew'),
  breaker: z.union([off, breaker]).prefault({}).describe('when copies to a failing shadow stop, and for how long; or off'),
  shed: z.union([off, shed]).prefault({}).describe('when copying stops first, before clients notice; or off'),
  credentials: z.enum(['strip', 'keep']).default('strip').describe('whether copies carry what proves who the client is: authorization, API keys, cookies'),
  headers: headerEdits('how copies to the shadow differ from the client\'s request'),
  body: rewrite,
  baseline: baseline.optional(),
  compare,
  capture: capture.optional()
}).transform((fields): MirrorConfig => ({
  ...fields,
  maxRate: fields.maxRate,
  dailyBudget: fields.dailyBudget,
  breaker: fields.breaker === 'off' ? undefined : fields.breaker,
  shed: fields.shed === 'off' ? undefined : fields.shed,
  baseline: fields.baseline,
  capture: fields.capture
})).meta({ title: 'mirror', description: 'copies requests to a shadow backend and compares the answers; the client never notices' })
