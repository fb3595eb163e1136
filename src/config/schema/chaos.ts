import { z } from 'zod'
import { MAX_EXPERIMENTS } from '../../chaos/switchboard.ts'
import { bodyTests, headerTests } from '../../core/request-tests.ts'
import { duration, percent } from '../../core/scalars.ts'
import { faults } from '../registries.ts'
import type { ChaosConfig, ExperimentConfig, FaultConfig, WhereConfig } from '../types.ts'
import { oneOfKinds } from './kinds.ts'
import { count, name } from './texts.ts'

const limits = z.strictObject({
  percent: percent().describe('percent of all requests that experiments may hit together'),
  active: count(1, 1_000_000).describe('requests that may be under a fault at once, over all threads')
}).meta({ title: 'blast radius', description: 'what all experiments together may do' })

const where: z.ZodType<WhereConfig> = z.strictObject({
  backend: name().optional().describe('only requests that go to this backend of the route'),
  headers: headerTests.optional().describe('only requests with these headers'),
  body: bodyTests.optional().describe('only requests with these fields in their JSON body')
}).prefault({}).transform(({ backend, headers, body }): WhereConfig => ({ backend, headers, body }))
  .meta({ title: 'where', description: 'which requests of the route are in scope; all must hold' })

const experiment: z.ZodType<ExperimentConfig> = z.strictObject({
  name: name().describe('what it is started, stopped and counted by'),
  route: name().describe('name of the route it is on'),
  where,
  percent: percent().describe('percent of the requests in scope that are hit; there is no default'),
  duration: duration({ min: '1ms' }).describe('how long it runs once started; every fault ends by itself'),
  start: z.enum(['manual', 'on-load']).default('manual').describe('whether it waits to be started, or starts when the config is loaded'),
  faults: z.array(oneOfKinds<FaultConfig>('kind', faults)).min(1).describe('what is done to a request that is hit')
}).meta({ title: 'experiment', description: 'faults with a target, a share and a duration' })

/** Faults on purpose, within limits. */
export const chaos: z.ZodType<ChaosConfig> = z.strictObject({
  limits,
  experiments: z.array(experiment).max(MAX_EXPERIMENTS).prefault([]).describe('what may be started')
}).meta({ title: 'chaos', description: 'experiments that inject faults, and the limits they are all under' })
