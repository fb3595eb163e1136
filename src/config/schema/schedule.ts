import { Cron } from 'croner'
import { z } from 'zod'

/** Days as they are written, in the order of JavaScript's. */
export const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

export type Day = typeof DAYS[number]

/** When runs may start. */
export interface WindowConfig {
  /** Days on which it opens. */
  readonly days: readonly Day[]
  /** Minutes of the day; the window ends before `to`, on the next day where that is not later. The same twice is the whole day. */
  readonly from: number
  readonly to: number
  /** Name of a time zone (IANA). */
  readonly timezone: string
}

/** When an experiment starts. */
export interface ScheduleConfig {
  /** Five fields. */
  readonly cron: string | undefined
  /** Of the cron. */
  readonly timezone: string
  readonly window: WindowConfig | undefined
}

const timezone = (): z.ZodType<string> => z.string().refine(isTimezone, 'expected the name of a time zone such as Europe/Berlin')

function isTimezone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text }).format(0)
    return true
  } catch {
    return false
  }
}

const timeOfDay = (): z.ZodType<number> => z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day such as 09:30, in quotes')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)))

const window: z.ZodType<WindowConfig> = z.strictObject({
  days: z.array(z.enum(DAYS)).min(1).default([...DAYS]).describe('days on which it opens'),
  from: timeOfDay().prefault('00:00').describe('when it opens'),
  to: timeOfDay().prefault('00:00').describe('when it closes; on the next day where that is not later'),
  timezone: timezone().default('UTC').describe('whose clock it goes by')
}).meta({ title: 'window', description: 'when runs may start' })

// a pattern is read by whoever goes by it (control/chaos-run/schedule.ts); here only for what it says is wrong
function checkCron(text: string, context: z.RefinementCtx): void {
  try {
    new Cron(text.trim(), { mode: '5-part', paused: true }).stop()
  } catch (error) {
    context.addIssue({ code: 'custom', message: `not a cron: ${error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error)}` })
  }
}

/** What a config says of when an experiment starts. */
export const scheduleField: z.ZodType<ScheduleConfig> = z.strictObject({
  cron: z.string().regex(/^\s*\S+(?:\s+\S+){4}\s*$/, 'expected five fields: minute, hour, day of the month, month, day of the week').superRefine(checkCron).optional().describe('starts it again and again: `0 10 * * 1-5` at ten on working days'),
  timezone: timezone().default('UTC').describe('whose clock the cron goes by'),
  window: window.optional()
}).transform(({ cron, window: when, ...rest }): ScheduleConfig => ({ ...rest, cron, window: when })).meta({ title: 'schedule', description: 'when the experiment starts by itself, and when it may' })
