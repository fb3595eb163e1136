import { z } from 'zod'
import { MAX_EXPERIMENTS } from '../../chaos/switchboard.ts'
import { bodyTests, headerTests } from '../../core/request-tests.ts'
import { duration, percent, size, token } from '../../core/scalars.ts'
import { faults } from '../registries.ts'
import type { ChaosConfig, ExperimentConfig, FaultConfig, LedgerConfig, RampConfig, WhereConfig } from '../chaos-types.ts'
import { oneOfKinds } from './kinds.ts'
import { lifecycleFields } from './lifecycle.ts'
import { count, filePath, name, pointer } from './texts.ts'

const headerName = (): z.ZodType<string> => token('header name').transform((text) => text.toLowerCase())

const limits = z.strictObject({
  percent: percent().describe('percent of all requests that experiments may hit together'),
  active: count(1, 1_000_000).describe('requests that may be under a fault at once, over all threads'),
  perMinute: count(1, 2_000_000).optional().describe('requests that may be hit in a minute, over all threads; unbounded by default')
}).meta({ title: 'blast radius', description: 'what all experiments together may do' })

const ledger: z.ZodType<LedgerConfig> = z.strictObject({
  file: filePath().describe('file that lines are added to'),
  maxBytes: size().default(256 * 1024 * 1024).describe('it grows no further'),
  misses: z.boolean().default(true).describe('whether requests in scope that were not drawn have a line too'),
  changes: z.enum(['none', 'hashes', 'values']).default('hashes').describe('what is kept of answers before and after: nothing, hashes, or the texts'),
  redact: z.array(pointer()).default([]).describe('what is left out of such texts: JSON Pointers, `*` for any key or index')
}).meta({ title: 'ledger', description: 'a line for every decision: what was drawn, what was injected, what was skipped and why' })

const band = z.strictObject({ from: percent().describe('where the band begins, percent'), to: percent().describe('where it ends') })
  .refine(({ from, to }) => from < to, { path: ['to'], message: 'expected more than from' })

const where: z.ZodType<WhereConfig> = z.strictObject({
  backend: name().optional().describe('only requests that go to this backend of the route'),
  arm: z.enum(['primary', 'shadow', 'both']).default('primary').describe('whose answers: the client\'s, those of copies that are sent to shadows, or both'),
  headers: headerTests.optional().describe('only requests with these headers'),
  body: bodyTests.optional().describe('only requests with these fields in their JSON body: a subgroup'),
  units: band.optional().describe('only units in this band of all, by hash')
}).prefault({}).transform(({ backend, arm, headers, body, units }): WhereConfig => ({ backend, arm, headers, body, units }))
  .meta({ title: 'where', description: 'which requests of the route are in scope; all must hold' })

const lasting = (): z.ZodType<number | { readonly requests: number }> => z.union([duration(), z.int().min(1).transform((requests) => ({ requests }))])

const ramp: z.ZodType<RampConfig> = z.strictObject({
  shape: z.enum(['step', 'linear', 'exponential', 'sine', 'square', 'random-walk']).describe('how it gets from `from` to `to`: `step` in five, `sine` and `square` to and fro for ever'),
  of: z.enum(['percent', 'strength', 'both']).default('percent').describe('what is moved: how many are hit, how strongly, or both'),
  over: lasting().describe('how long it takes, or the period: a duration, or a number of requests in scope'),
  hold: lasting().optional().describe('how long it stays at `to`, in the same unit; for ever by default'),
  recover: lasting().optional().describe('how long it takes back to `from`, in the same unit; never by default'),
  from: percent().default(0).describe('percent of what is configured at the beginning'),
  to: percent().default(100).describe('and at the end')
}).refine(({ over, hold = over, recover = over }) => [hold, recover].every((one) => typeof one === typeof over), 'expected over, hold and recover all as durations, or all as numbers of requests')
  .transform(({ shape, of, over, hold, recover, from, to }): RampConfig => ({ shape, of, over, hold: hold ?? (recover === undefined ? undefined : typeof over === 'number' ? 0 : { requests: 0 }), recover, from, to }))
  .meta({ title: 'ramp', description: 'how the experiment grows, and goes back' })

const exactness = z.union([z.literal('bernoulli'), z.strictObject({ block: count(2, 100_000).describe('requests in scope of which exactly the share is hit') })])

const experiment: z.ZodType<ExperimentConfig> = z.strictObject({
  name: name().describe('what it is started, stopped and counted by'),
  route: name().describe('name of the route it is on'),
  where,
  percent: percent().describe('percent of the requests in scope that are hit; there is no default'),
  control: percent().default(0).describe('percent of the requests in scope that are left alone and that those that are hit are held against'),
  by: z.union([z.enum(['request', 'unit']), z.strictObject({ header: headerName().describe('whose value it draws by; a request without it is drawn by itself') })]).default('request').describe('what it draws by: the same always decides alike'),
  exactness: exactness.default('bernoulli').describe('whether each request is drawn by itself, or exactly the share of each block in the order they come'),
  seed: z.string().optional().describe('draws others than the same experiment with another seed'),
  ramp: ramp.optional(),
  duration: duration({ min: '1ms' }).describe('how long it runs once started; every fault ends by itself'),
  lease: duration({ min: '1s' }).optional().describe('ends sooner unless whoever started it renews it this often'),
  start: z.enum(['manual', 'on-load']).default('manual').describe('whether it waits to be started, or starts when the config is loaded'),
  ...lifecycleFields,
  trigger: headerName().optional().describe('only requests that name the experiment in this header are in scope; they may ask for fewer percent, never for more'),
  mark: z.enum(['none', 'header']).default('none').describe('whether clients are told in a header, `x-windtunnel-chaos`'),
  faults: z.array(oneOfKinds<FaultConfig>('kind', faults, { hitPercent: percent().optional().describe('percent of the requests in scope that this fault hits by a draw of its own; without it, those the experiment hits') }))
    .min(1).describe('what is done to a request that is hit')
}).refine(({ percent: hit, control }) => hit + control <= 100, { path: ['control'], message: 'expected at most 100 together with percent' })
  .refine(({ control, exactness: how }) => control === 0 || how === 'bernoulli', { path: ['control'], message: 'expected no control group beside blocks' })
  .refine(({ ramp: moves, faults: all }) => moves === undefined || moves.of === 'percent' || all.some(({ kind }) => faults.find((fault) => fault.name === kind)?.scales !== undefined),
    { path: ['ramp', 'of'], message: 'none of its faults has a strength' })
  .refine(({ where: { arm }, faults: all }) => arm === 'primary' || all.every(({ kind }) => faults.find((fault) => fault.name === kind)?.onShadow !== false),
    { path: ['where', 'arm'], message: 'one of its faults is about connections or streams, which copies to shadows do not share' })
  .refine(({ stages = [], duration: most }) => stages.reduce((sum, { duration: ms }) => sum + ms, 0) <= most, { path: ['stages'], message: 'expected no longer than duration in all' })
  .refine(({ stages = [], percent: most }) => stages.every(({ percent: share = 0 }) => share <= most), { path: ['stages'], message: 'expected no stage above the percent of the experiment, which is what limits are checked by' })
  .refine(({ harm, control }) => harm.length === 0 || control > 0, { path: ['harm'], message: 'expected a control group beside it: control' })
  .transform(({ exactness: how, ...rest }): ExperimentConfig => ({ ...rest, block: how === 'bernoulli' ? 0 : how.block, ramp: rest.ramp, seed: rest.seed, lease: rest.lease, stages: rest.stages, schedule: rest.schedule, trigger: rest.trigger, mark: rest.mark === 'header' }))
  .meta({ title: 'experiment', description: 'faults with a target, a share and a duration' })

/** Faults on purpose, within limits. */
export const chaos: z.ZodType<ChaosConfig> = z.strictObject({
  limits,
  seed: z.string().default('').describe('changes every draw'),
  exemptHeader: headerName().default('x-chaos-exempt').describe('requests with this header are never hit, whatever its value'),
  protect: z.array(name()).default([]).describe('routes that no experiment may be on'),
  killFile: filePath().optional().describe('while this file is there everything is stopped, and nothing starts'),
  ledger: ledger.optional(),
  prometheus: z.string().regex(/^https?:\/\/[^\s/]+(?:\/\S*)?$/, 'expected a URL such as http://127.0.0.1:9090').optional().describe('URL of the Prometheus that conditions with a `promql` ask'),
  experiments: z.array(experiment).max(MAX_EXPERIMENTS).prefault([]).describe('what may be started')
}).refine(({ prometheus, experiments }) => prometheus !== undefined || experiments.every(({ hypothesis, stop }) => [...hypothesis, ...stop].every(({ condition }) => condition.kind === 'own')),
  { path: ['prometheus'], message: 'required, as there is a condition with a promql' })
  .transform(({ limits: { percent: share, active, perMinute }, killFile, ledger: lines, prometheus, ...rest }): ChaosConfig => ({ ...rest, prometheus, limits: { percent: share, active, perMinute }, killFile, ledger: lines }))
  .meta({ title: 'chaos', description: 'experiments that inject faults, and the limits they are all under' })
