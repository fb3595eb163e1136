import { z } from 'zod'
import { duration, formatDuration } from '../../core/scalars.ts'

/** What Windtunnel measures of itself, in the order of a list. Latencies are in ms. */
export const OWN_MEASURES = ['error-percent', 'p50', 'p90', 'p99', 'first-byte-p99', 'requests-per-second'] as const

export type OwnMeasure = typeof OWN_MEASURES[number]

/** A bound on what Windtunnel measures itself: latencies in ms, shares in percent. */
export interface OwnCondition {
  readonly kind: 'own'
  readonly name: string
  readonly measure: OwnMeasure
  /** Requests of this route alone; undefined for all. */
  readonly route: string | undefined
  readonly backend: string | undefined
  /** ms that it looks back. */
  readonly window: number
  /** The bounds themselves are within. */
  readonly max: number | undefined
  readonly min: number | undefined
}

/** A bound on what a query of Prometheus gives. */
export interface PromqlCondition {
  readonly kind: 'promql'
  readonly name: string
  readonly promql: string
  readonly max: number | undefined
  readonly min: number | undefined
}

/** A number and what it is to stay within: steady state as data. */
export type ConditionConfig = OwnCondition | PromqlCondition

const LATENCIES: ReadonlySet<string> = new Set<OwnMeasure>(['p50', 'p90', 'p99', 'first-byte-p99'])

/** Whether a measure is a duration, whose bounds are written with a unit. */
export const isLatency = (measure: OwnMeasure): boolean => LATENCIES.has(measure)

interface Milliseconds {
  readonly ms: number
}

const bound = (): z.ZodType<number | Milliseconds> => z.union([z.number(), duration().transform((ms) => ({ ms }))])

const fields = z.strictObject({
  name: z.string().min(1).max(200).optional().describe('what reports call it'),
  measure: z.enum(OWN_MEASURES).optional().describe('what is measured: `error-percent` of requests answered 5xx or 429, or left by their client before an answer; latencies to the end of the answer or its first octet'),
  promql: z.string().min(1).optional().describe('in place of `measure`: a query of Prometheus that gives one number'),
  route: z.string().optional().describe('requests of this route alone'),
  backend: z.string().optional().describe('requests to this backend alone'),
  window: duration({ min: '1s', max: '1h' }).optional().describe('how far back it looks; 30s by default'),
  max: bound().optional().describe('the most it may be: a duration for latencies, else a number'),
  min: bound().optional().describe('the least it may be')
})

type Fields = z.infer<typeof fields>

const WINDOW_MS = 30_000

/** What a config says of a condition: `{ measure: p99, route: chat, max: 800ms }` or `{ promql: "...", max: 3 }`. */
export const conditionField: z.ZodType<ConditionConfig> = fields.transform((said, context): ConditionConfig => {
  const problem = problemOf(said)
  if (problem !== undefined) {
    context.addIssue({ code: 'custom', path: [...problem.path], message: problem.message })
    return z.NEVER
  }
  const { measure, promql = '', route, backend, window = WINDOW_MS } = said
  const [min, max] = [amount(said.min), amount(said.max)]
  const condition: ConditionConfig = measure === undefined
    ? { kind: 'promql', name: '', promql, max, min }
    : { kind: 'own', name: '', measure, route, backend, window, max, min }
  return { ...condition, name: said.name ?? textOf(condition) }
}).meta({ title: 'condition', description: 'a number, and what it is to stay within' })

const amount = (said: Fields['max']): number | undefined => typeof said === 'object' ? said.ms : said

interface Problem {
  readonly path: readonly string[]
  readonly message: string
}

function problemOf({ measure, promql, route, backend, window, max, min }: Fields): Problem | undefined {
  if ((measure === undefined) === (promql === undefined)) return { path: [], message: 'expected one of measure and promql' }
  if (max === undefined && min === undefined) return { path: [], message: 'expected max, min or both' }
  const foreign = promql === undefined ? undefined : Object.entries({ route, backend, window }).find(([, value]) => value !== undefined)
  if (foreign !== undefined) return { path: [foreign[0]], message: 'expected no such key beside promql: the query says it' }
  for (const [key, said] of Object.entries({ max, min })) {
    if (said === undefined) continue
    if (measure !== undefined && isLatency(measure)) {
      if (typeof said === 'number') return { path: [key], message: `expected a duration with a unit; got ${said} - did you mean "${said}ms"?` }
    } else if (typeof said !== 'number') {
      return { path: [key], message: 'expected a number without a unit' }
    } else if (measure === 'error-percent' && (said < 0 || said > 100)) {
      return { path: [key], message: `expected a percentage from 0 to 100; got ${said}` }
    }
  }
  const [least, most] = [amount(min), amount(max)]
  return least !== undefined && most !== undefined && least > most ? { path: ['max'], message: 'expected no less than min' } : undefined
}

/** A condition in words: `p99 of route chat over 30s <= 800ms`. */
export function textOf(condition: ConditionConfig): string {
  const { max, min } = condition
  const unit = condition.kind === 'own' && isLatency(condition.measure) ? formatDuration : String
  const bounds = [...min === undefined ? [] : [`>= ${unit(min)}`], ...max === undefined ? [] : [`<= ${unit(max)}`]].join(' and ')
  if (condition.kind === 'promql') return `${condition.promql} ${bounds}`
  const { measure, route, backend, window } = condition
  const where = [...route === undefined ? [] : [`of route ${route}`], ...backend === undefined ? [] : [`to backend ${backend}`]]
  return [measure, ...where, `over ${formatDuration(window)}`, bounds].join(' ')
}

/** Whether a number is within the bounds of a condition. */
export const isWithin = ({ max, min }: ConditionConfig, value: number): boolean => (max === undefined || value <= max) && (min === undefined || value >= min)
