import { isUtf8 } from 'node:buffer'
import type { Config, MirrorConfig, RouteConfig, SampleConfig } from '../config/types.ts'
import { Ejection } from '../core/ejection.ts'
import { keyOf, saltOf } from '../core/hash.ts'
import { setValues } from '../core/json-edit.ts'
import { parsePointer } from '../core/json-pointer.ts'
import type { Counter, Labels, Meter } from '../core/meter.ts'
import type { Pace } from '../core/pace.ts'
import type { BackendRules } from '../http/request-head.ts'
import { DailyBudget } from '../shadow/daily-budget.ts'
import { Legs, type LegsOptions } from '../shadow/legs.ts'
import type { Limits } from '../shadow/limits.ts'
import { type Fate, Mirror, type MirrorOptions } from '../shadow/mirror.ts'
import { RateLimit } from '../shadow/rate-limit.ts'
import type { Leg } from '../shadow/trial.ts'
import { backendOf, backendRules, ejectionPolicy, headerRules } from './backends.ts'
import { budgetKey, budgetWord } from './budgets.ts'
import type { CompileDependencies } from './compile.ts'
import { wantsOf } from './comparison-wants.ts'
import { compileMatchers } from './conditions.ts'
import { type RouteChaos, shadowStrike } from './shadow-chaos.ts'

/** What a mirror's sample is salted with. */
export interface MirrorIdentity {
  readonly backend: string
  readonly sample: Pick<SampleConfig, 'salt'>
}

/** Salt of a mirror's sample: that of its baseline is another, so that both are drawn independently. */
export function mirrorSalt(route: string, { backend, sample: { salt } }: MirrorIdentity, leg: Leg): number {
  return leg === 'shadow' && salt !== undefined ? saltOf('mirror sample', salt) : saltOf('mirror', route, backend, leg)
}

/** What a mirror's sample is drawn by; a request without the header it names is drawn by itself. */
export function sampleKey({ by }: SampleConfig): LegsOptions['sampleKey'] {
  if (by === 'request') return ({ requestKey }) => requestKey
  if (by === 'unit') return ({ unitKey }) => unitKey
  return ({ view, requestKey }) => {
    const value = view.header(by.header)
    return value === undefined ? requestKey : keyOf(value)
  }
}

/** Compiles a mirror of a route. @param pace of the route's backends @param chaos experiments of the route */
export function compileMirror(mirror: MirrorConfig, route: RouteConfig, config: Config, pace: Pace | undefined, chaos: RouteChaos | undefined, dependencies: CompileDependencies): Legs {
  const { baseline, compare } = mirror
  const leg = legCompiler(mirror, route, config, pace, chaos, dependencies)
  return new Legs({
    shadow: leg('shadow', mirror.backend, mirror.percent),
    baseline: baseline === undefined ? undefined : leg('baseline', baseline.backend, baseline.percent),
    matchers: compileMatchers(mirror.match),
    sampleKey: sampleKey(mirror.sample),
    requestHeaders: wantsOf(compare).requestHeaders
  })
}

type LegCompiler = (leg: Leg, backend: string, percent: number) => Mirror

function legCompiler(mirror: MirrorConfig, route: RouteConfig, config: Config, pace: Pace | undefined, chaos: RouteChaos | undefined, dependencies: CompileDependencies): LegCompiler {
  const { backends, meter, deadlines, clock, handover, threads } = dependencies
  const wants = wantsOf(mirror.compare)
  const answerHeaders = Object.freeze([...wants.answerHeaders, BINARY_LENGTH])
  const isShedding = sheddingOf(mirror, pace, dependencies)
  const strike = chaos === undefined ? undefined : shadowStrike(mirror.backend, route.name, chaos, dependencies)
  return (leg, backend, percent) => {
    const labels = { route: route.name, mirror: mirror.backend, backend, leg }
    const target = backendOf(config, backend)
    const maxInFlight = Math.ceil(mirror.maxInFlight / threads)
    return new Mirror({
      route: route.name,
      backend,
      mirror: mirror.backend,
      leg,
      share: percent / 100,
      salt: mirrorSalt(route.name, mirror, leg),
      timeoutMs: mirror.timeout,
      maxBodyBytes: mirror.maxBody,
      maxInFlight,
      maxBytes: Math.ceil(mirror.maxBytes / threads),
      forward: leg === 'shadow' ? edited(backendRules(target), mirror) : backendRules(target),
      keepCredentials: mirror.credentials === 'keep',
      rewrite: leg === 'shadow' ? rewriteOf(mirror) : undefined,
      strike: leg === 'shadow' ? strike : undefined,
      limits: {
        isShedding,
        breaker: breakerOf(mirror, labels, dependencies),
        ...(leg === 'shadow' ? spendingOf(mirror, route, dependencies) : NO_SPENDING)
      },
      wantsRequest: wants.requestBody,
      answerHeaders,
      pool: backends.mirrorPool(`${route.name}\n${mirror.backend}\n${leg}`, target, maxInFlight),
      ejection: new Ejection(ejectionPolicy(target)),
      healthy: () => backends.isHealthy(backend),
      deadlines,
      clock,
      handover,
      sampled: meter.counter('mirror_sampled_total', labels),
      outcome: (outcome) => meter.counter('mirror_requests_total', { ...labels, outcome }),
      answers: answersOf(labels, meter),
      pairs: meter.gauge('mirror_pairs', labels),
      inFlight: meter.gauge('mirror_in_flight', labels),
      bytesHeld: meter.gauge('mirror_held_bytes', labels)
    })
  }
}

// looked up once: they are counted with every copy
function answersOf(labels: Labels, meter: Meter): MirrorOptions['answers'] {
  const counter = (primary: Fate, other: Fate): Counter => meter.counter('mirror_answers_total', { ...labels, primary, other })
  const counters = { ok: { ok: counter('ok', 'ok'), failed: counter('ok', 'failed') }, failed: { ok: counter('failed', 'ok'), failed: counter('failed', 'failed') } }
  return (primary, other) => counters[primary][other]
}

// says where the JSON of an answer ends that has tensors behind it
const BINARY_LENGTH = 'inference-header-content-length'

function sheddingOf({ shed }: MirrorConfig, pace: Pace | undefined, { lagMs }: CompileDependencies): Limits['isShedding'] {
  if (shed === undefined) return undefined
  const { lag, slowdown } = shed
  return () => lagMs() >= lag || (pace !== undefined && pace.slowdown >= slowdown)
}

function breakerOf({ breaker }: MirrorConfig, labels: Labels, { meter }: CompileDependencies): Ejection | undefined {
  const open = meter.gauge('mirror_breaker_open', labels)
  open.set(0)
  return breaker === undefined ? undefined : new Ejection({ failures: breaker.failures, baseMs: breaker.base, maxMs: breaker.max }, (out) => open.set(out ? 1 : 0))
}

const NO_SPENDING: Pick<Limits, 'rate' | 'budget'> = { rate: undefined, budget: undefined }

// what the shadow may cost
function spendingOf({ backend, maxRate, dailyBudget }: MirrorConfig, route: RouteConfig, { threads, budgets, wallClock }: CompileDependencies): Pick<Limits, 'rate' | 'budget'> {
  const slot = budgets.slots[budgetKey(route.name, backend)]
  return {
    rate: maxRate === undefined ? undefined : new RateLimit(maxRate / threads),
    budget: dailyBudget === undefined || slot === undefined ? undefined : new DailyBudget(budgetWord(budgets.memory, slot), dailyBudget, wallClock)
  }
}

// a body that is edited has another digest
const DIGESTS = ['content-digest', 'repr-digest', 'digest', 'content-md5']

/** A backend's rules with a mirror's on top: of two that set the same, the mirror's holds. */
function edited(rules: BackendRules, { headers, body }: MirrorConfig): BackendRules {
  const own = headerRules(headers)
  const dropNames = [...own.dropNames ?? [], ...Object.keys(body.set).length === 0 ? [] : DIGESTS]
  if (dropNames.length === 0) return rules
  const kept = rules.setLines.split('\r\n').filter((line) => line !== '' && !dropNames.includes(line.slice(0, line.indexOf(':')).toLowerCase()))
  return { ...rules, setLines: kept.map((line) => `${line}\r\n`).join('') + own.setLines, dropNames: new Set([...rules.dropNames ?? [], ...dropNames]) }
}

function rewriteOf({ body: { set } }: MirrorConfig): MirrorOptions['rewrite'] {
  const settings = Object.entries(set).map(([pointer, value]) => ({ at: parsePointer(pointer) ?? [], value: JSON.stringify(value) }))
  if (settings.length === 0) return undefined
  return (body) => {
    // octets that are no UTF-8 would come out as others
    if (!isUtf8(body)) return undefined
    const made = setValues(body.toString('utf8'), settings)
    return made === undefined ? undefined : Buffer.from(made, 'utf8')
  }
}
