import { z } from 'zod'
import { duration, size } from '../../core/scalars.ts'
import type { UnitFields } from '../../route/unit.ts'
import { matchers } from '../registries.ts'
import type { RouteConfig, SplitConfig } from '../types.ts'
import { conditions } from './conditions.ts'
import { mirror } from './mirror.ts'
import { name, pointer } from './texts.ts'

/** A route before its backends have been looked at: their connect timeout counts where it has none of its own. */
export interface CheckedRoute extends Omit<RouteConfig, 'timeouts'> {
  readonly timeouts: Omit<RouteConfig['timeouts'], 'connect'> & { readonly connect: number | undefined }
}

const match = conditions(matchers).meta({ title: 'match', description: 'conditions on a request, all of which must hold; none matches everything' })

const unit: z.ZodType<UnitFields> = z.union([
  z.strictObject({ header: z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, 'not a header name').describe('name of a header') }),
  z.strictObject({ cookie: z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, 'not a cookie name').describe('name of a cookie') }),
  z.strictObject({ body: pointer().describe('JSON Pointer of a field of the body') }),
  z.strictObject({ request: z.literal(true).describe('each request by itself') })
]).default({ request: true }).meta({ title: 'unit', description: 'who an assignment sticks to: a header, a cookie, a field of the JSON body, or the request itself' })

const split: z.ZodType<readonly SplitConfig[]> = z.array(z.strictObject({
  backend: name().describe('name of a backend'),
  weight: z.number().min(0).max(1e12).describe('share relative to the other weights; 0 is drained but defined')
}).meta({ title: 'arm' })).min(1).meta({ title: 'split', description: 'which backends answer, by relative weight' })

const timeouts = z.strictObject({
  connect: duration({ min: '1ms' }).optional().describe('how long a connection may take to be there; the longest of its backends\' own if left out'),
  firstByte: duration().prefault('30s').describe('how long the answer may take to begin; 0s is for ever'),
  idle: duration().prefault('60s').describe('how long the answer may pause; 0s is for ever')
}).prefault({}).meta({ title: 'timeouts of the route', description: 'how long the backend is waited for; there is no cap on the whole, as streams are normal' })

/** Which requests go where. */
export const route: z.ZodType<CheckedRoute> = z.strictObject({
  name: name().describe('what it is called in metrics, logs and experiments'),
  match,
  unit,
  backend: name().optional().describe('short for a split over this backend alone'),
  split: split.optional(),
  fallback: name().optional().describe('backend that is asked once if the picked one fails before its first byte'),
  timeouts,
  maxBuffer: size().prefault('1MiB').describe('largest body that is kept in memory where a rule reads it; a larger one is answered 413'),
  mirrors: z.array(mirror).prefault([]).describe('shadow backends that are sent copies')
}).transform(({ backend, ...fields }): CheckedRoute => ({
  ...fields,
  split: fields.split ?? (backend === undefined ? [] : [{ backend, weight: 1 }]),
  fallback: fields.fallback,
  timeouts: { ...fields.timeouts, connect: fields.timeouts.connect }
})).meta({
  title: 'route', description: 'which requests it takes and which backends answer them; the first route that matches wins',
  oneOf: [{ required: ['split'] }, { required: ['backend'] }]
})
