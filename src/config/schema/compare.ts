import { z } from 'zod'
import { duration, percent, size, token } from '../../core/scalars.ts'
import { codecNames, comparators } from '../registries.ts'
import type { CaptureConfig, CompareConfig, CompareFieldConfig, SliceConfig } from '../types.ts'
import { oneOfKinds } from './kinds.ts'
import { count, filePath, name, pointer } from './texts.ts'

const at = pointer().describe('JSON Pointer into the answer; * stands for any key or index')
const header = (what: string): z.ZodType<string> => token('header name').transform((text) => text.toLowerCase()).describe(what)

const slice: z.ZodType<SliceConfig> = z.strictObject({
  name: name().describe('what the slices are called in the report'),
  header: header('a request header whose value tells slices apart').optional(),
  request: pointer().optional().describe('JSON Pointer into the request, whose value tells slices apart'),
  answer: pointer().optional().describe('JSON Pointer into the primary\'s answer, whose value tells slices apart'),
  bins: z.array(z.number()).min(1).max(20).refine((bounds) => bounds.every((bound, i) => i === 0 || bound > (bounds[i - 1] ?? 0)), 'expected rising bounds').optional()
    .describe('bounds, rising; numbers are then told by where they lie between them')
}).refine((fields) => [fields.header, fields.request, fields.answer].filter((one) => one !== undefined).length === 1, 'one of header, request and answer is needed')
  .transform(({ name: called, header: field, request, answer, bins }): SliceConfig => ({ name: called, header: field, request, answer, bins }))
  .meta({ title: 'slice', description: 'parts of the requests that get verdicts of their own' })

// an element of a list is no prediction
const judges = comparators.filter(({ name: called }) => called !== 'keyed')

const truth = oneOfKinds<NonNullable<CompareConfig['truth']>>('as', judges, {
  at: pointer().describe('JSON Pointer into the answer: the prediction that outcomes are about'),
  horizon: duration({ min: '1s' }).prefault('24h').describe('how long after the answers an outcome may come'),
  maxPending: count(1, 10_000_000).default(100_000).describe('predictions that are remembered while outcomes are waited for; the oldest give way')
}).describe('which part of an answer turns out right or wrong, as outcomes sent to the admin API say; `as` and its options say when')

/** How answers are compared and what is concluded. */
export const compare: z.ZodType<CompareConfig> = z.strictObject({
  codec: z.enum(['auto', ...codecNames]).default('auto').describe('what kind of model answers here; auto tells by path, content type and content'),
  numbers: z.enum(['exact', 'float32', 'float16', 'bfloat16']).optional().describe('how near numbers without a rule must be: as two honest implementations of that precision are; by default the codec says'),
  headers: z.array(header('lower-case name')).max(50).prefault([]).describe('headers of answers that are compared'),
  ignore: z.array(pointer()).prefault([]).describe('JSON Pointers of what is not compared; * stands for any key or index'),
  fields: z.array(oneOfKinds<CompareFieldConfig>('as', comparators, { at })).prefault([])
    .describe('how fields are compared, the first match deciding; all others must be equal'),
  slices: z.array(slice).max(10).prefault([]).describe('parts of the requests that get verdicts of their own, beside the whole'),
  margin: percent().default(1).describe('percentage points by which a field may differ more often than by noise and still be called equivalent'),
  measureMargin: percent().default(5).describe('the same for measures such as edit distance, in percent of the largest they can be'),
  confidence: z.number().min(50).max(99.99).default(95).describe('percent; of all verdicts of difference together, and of each of equivalence, whenever and however often one looks'),
  warmUp: count(0, 1_000_000).default(50).describe('requests at the beginning whose times are not compared'),
  redact: z.array(pointer()).prefault([]).describe('JSON Pointers of what is replaced by hashes before anything is kept'),
  evidence: z.enum(['values', 'hashes', 'none']).default('values').describe('what is kept of answers that differ: examples with their values, with hashes in place of them, or none'),
  truth: truth.optional()
}).prefault({}).transform((fields): CompareConfig => ({ ...fields, numbers: fields.numbers, truth: fields.truth }))
  .meta({ title: 'comparison', description: 'how the shadow\'s answers are compared with the primary\'s, and what counts as a difference' })

/** Where trials are written for comparing them again. */
export const capture: z.ZodType<CaptureConfig> = z.strictObject({
  file: filePath().describe('path of a file to which one line of JSON is added for each request'),
  percent: percent().describe('percent of the mirrored requests that are written'),
  maxBytes: size({ min: '1KiB' }).prefault('64MiB').describe('size of the file at which writing stops')
}).meta({ title: 'capture', description: 'writes requests and answers to a file, for `windtunnel compare`' })
