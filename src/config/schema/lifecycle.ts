import { z } from 'zod'
import { duration, percent } from '../../core/scalars.ts'
import type { Checks } from '../../core/extension.ts'
import type { HarmConfig, LifecycleConfig, StageConfig, WatchConfig } from '../chaos-types.ts'
import { conditionField } from './condition.ts'
import { scheduleField } from './schedule.ts'
import { count } from './texts.ts'

const stage: z.ZodType<StageConfig> = z.strictObject({
  percent: percent().optional().describe('percent of the requests in scope that are hit; as the experiment says when left out'),
  strength: percent().optional().describe('percent of the faults\' strength'),
  duration: duration({ min: '1s' }).describe('how long the stage lasts')
}).transform(({ percent: share, strength, duration: ms }): StageConfig => ({ percent: share, strength, duration: ms })).meta({ title: 'stage', description: 'how many are hit, and how strongly, for a while' })

const watched = (what: string): z.ZodType<WatchConfig> => z.strictObject({
  condition: conditionField,
  for: duration().prefault('0s').describe('how long it must be violated without a break before that counts'),
  onNoData: z.enum(['continue', 'halt']).optional().describe('what happens when there is no number for half a minute')
}).transform(({ condition, for: forMs, onNoData }): WatchConfig => ({ condition, for: forMs, onNoData })).meta({ title: what, description: `a condition: ${what}` })

const harm: z.ZodType<HarmConfig> = z.strictObject({
  of: z.enum(['errors', 'slow']).describe('what is counted: requests that fail, or that take longer than `slow`'),
  more: percent().describe('percentage points by which the group that is hit may be worse than the control group'),
  confidence: z.number().min(50).max(99.99).default(95).describe('percent: how sure it must be, over all looks')
}).meta({ title: 'harm', description: 'ends the experiment once it surely does more harm than this' })

/** What an experiment may say of its life, besides how long it lasts. */
export const lifecycleFields: Checks<LifecycleConfig> = {
  baseline: duration({ max: '1h' }).prefault('0s').describe('how long it watches without faults before it starts; what does not hold then keeps it from starting'),
  stages: z.array(stage).min(1).max(50).optional().describe('one after the other, within `duration`'),
  recovery: duration({ max: '1h' }).prefault('0s').describe('how long it watches without faults in the end'),
  hypothesis: z.array(watched('what is to hold; its verdict fails otherwise')).max(20).default([]).describe('the steady state: what is to hold while faults are on'),
  stop: z.array(watched('what ends the experiment at once')).max(20).default([]).describe('what ends it at once where it does not hold'),
  harm: z.array(harm).max(2).default([]).describe('how much worse the group that is hit may be than the control group'),
  slow: duration({ min: '1ms' }).prefault('1s').describe('from where on a request is slow'),
  minRequests: count(0, 1_000_000_000).default(100).describe('requests under faults, and in the control group, without which nothing is concluded'),
  schedule: scheduleField.optional()
}
