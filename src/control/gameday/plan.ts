import { z } from 'zod'
import { address, count, name } from '../../config/schema/texts.ts'
import type { Address } from '../../config/types.ts'
import { didYouMean, duration } from '../../core/scalars.ts'
import { parseSelector, type Selector } from './selector.ts'

/** An alert that a fault should raise. */
export interface Expectation {
  readonly alert: string
  /** Labels it must carry, among others. */
  readonly labels: Readonly<Record<string, string>>
  /** From the first injection to the notification, ms. */
  readonly withinMs: number
  /** Alertmanager's receiver that must be told. */
  readonly receiver: string | undefined
}

/** One fault, and what should come of it. */
export interface Round {
  readonly name: string
  /** Of the running config; null injects nothing. */
  readonly experiment: string | null
  readonly expect: readonly Expectation[]
  /** Names of alerts that may fire as well. */
  readonly allow: readonly string[]
  /** Injected faults below which silence tells nothing. */
  readonly minInjected: number
  /** How long the fault lasts, ms; by default as long as the experiment. */
  readonly forMs: number | undefined
  /** Time for alerts to resolve after the last injection, ms. */
  readonly recoverMs: number | undefined
}

/** Time without a fault, ms. */
export interface ControlTimes {
  readonly beforeMs: number
  readonly betweenMs: number
  readonly afterMs: number
  /** How long a round waits for its alerts to be neither pending nor firing. */
  readonly quietMs: number
}

/** A whole game day. */
export interface Plan {
  /** Without a slash at the end. */
  readonly prometheus: string
  readonly alertmanager: string | undefined
  readonly receiver: { readonly listen: Address, readonly name: string } | undefined
  readonly pollMs: number
  /** Alerts that must not fire without a fault; every alert when there are none. */
  readonly watch: readonly Selector[]
  readonly control: ControlTimes
  readonly rounds: readonly Round[]
}

const serverUrl = (): z.ZodType<string> => z.string().transform((text, context) => {
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '' && url.username === '') return text.replace(/\/+$/, '')
  const guess = /^[\w.-]+:\d+(?:\/\S*)?$/.test(text) ? `http://${text}` : undefined
  context.addIssue({ code: 'custom', message: `expected a URL such as http://127.0.0.1:9090, without credentials or query; got ${JSON.stringify(text)}${didYouMean(guess)}` })
  return z.NEVER
})

const alertName = (): z.ZodType<string> => z.string().min(1)

const selector = (): z.ZodType<Selector> => z.string().min(1).transform((text, context) => {
  const parsed = parseSelector(text)
  if (typeof parsed !== 'string') return parsed
  context.addIssue({ code: 'custom', message: parsed })
  return z.NEVER
})

const expectation: z.ZodType<Expectation> = z.strictObject({
  alert: alertName().describe('name of the alert'),
  labels: z.record(z.string().regex(/^[A-Za-z_]\w*$/, 'not a label name'), z.string()).default({}).describe('labels it must carry, among others'),
  within: duration({ min: '1ms' }).describe('how soon after the first injection someone must be notified'),
  receiver: z.string().min(1).optional().describe('receiver of Alertmanager that must be told')
}).transform(({ within, receiver, ...rest }): Expectation => ({ ...rest, withinMs: within, receiver }))
  .meta({ title: 'expectation', description: 'an alert that the fault should raise' })

/** A round as it is written; it is named when all of them are known. */
const round = z.strictObject({
  name: name().optional().describe('what it is called in the report'),
  experiment: name().nullable().describe('chaos experiment of the running config; null injects nothing'),
  expect: z.array(expectation).describe('alerts that should fire; none of them makes it a drill in which nothing may'),
  allow: z.array(alertName()).default([]).describe('names of alerts that may fire as well'),
  minInjected: count(1, 1_000_000_000).default(1).describe('injected faults below which silence tells nothing'),
  for: duration({ min: '1ms' }).optional().describe('how long the fault lasts; by default as long as the experiment'),
  recover: duration({ min: '1ms' }).optional().describe('how soon after the last injection alerts must be resolved')
}).meta({ title: 'round', description: 'one fault, and what should come of it' })

const control = z.strictObject({
  before: duration().prefault('1m').describe('time before the first round'),
  between: duration().prefault('30s').describe('time between rounds'),
  after: duration().prefault('1m').describe('time after the last round'),
  quiet: duration().prefault('5m').describe('how long a round waits for its alerts to be neither pending nor firing')
}).prefault({}).transform(({ before, between, after, quiet }): ControlTimes => ({ beforeMs: before, betweenMs: between, afterMs: after, quietMs: quiet }))
  .meta({ title: 'control windows', description: 'time without a fault, in which nothing may fire' })

const receiver = z.strictObject({
  listen: address().describe('where Alertmanager sends its webhooks'),
  name: z.string().min(1).describe('the receiver of Alertmanager that does')
}).meta({ title: 'receiver', description: 'a webhook receiver of our own, so that a notification is measured where it arrives' })

/** The YAML of a game day. */
export const plan: z.ZodType<Plan> = z.strictObject({
  version: z.literal(1).describe('version of this format'),
  prometheus: serverUrl().describe('address of Prometheus'),
  alertmanager: serverUrl().optional().describe('address of Alertmanager'),
  receiver: receiver.optional(),
  poll: duration({ min: '10ms', max: '1m' }).prefault('1s').describe('how often Prometheus and Alertmanager are asked'),
  watch: z.array(selector()).default([]).describe('alerts that must not fire without a fault: names, or matchers such as severity="page"; by default all'),
  control,
  rounds: z.array(round).min(1).describe('faults, one after the other')
}).transform(({ prometheus, alertmanager, receiver: ours, poll, watch, control: times, rounds }): Plan =>
  ({ prometheus, alertmanager, receiver: ours, pollMs: poll, watch, control: times, rounds: named(rounds) }))
  .meta({ title: 'game day', description: 'faults against a running Windtunnel, and the alerts that should notice' })

function named(rounds: readonly z.output<typeof round>[]): readonly Round[] {
  const taken = new Map<string, number>()
  return rounds.map(({ name: given, for: lasts, recover, ...rest }): Round => {
    const base = given ?? rest.experiment ?? 'no-fault'
    const times = (taken.get(base) ?? 0) + 1
    taken.set(base, times)
    return { ...rest, name: times === 1 ? base : `${base}-${times}`, forMs: lasts, recoverMs: recover }
  })
}
