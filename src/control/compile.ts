import type { Chaos } from '../chaos/decide.ts'
import { type Experiment, type Scope } from '../chaos/experiment.ts'
import { faults } from '../chaos/faults/index.ts'
import { ShareLimit } from '../chaos/share-limit.ts'
import type { Switchboard } from '../chaos/switchboard.ts'
import type { Config, ExperimentConfig, MirrorConfig, RouteConfig, WhereConfig } from '../config/types.ts'
import { Ejection } from '../core/ejection.ts'
import type { Handover } from '../core/handover.ts'
import { saltOf } from '../core/hash.ts'
import type { Meter } from '../core/meter.ts'
import { compileBodyTests, compileHeaderTests } from '../core/request-tests.ts'
import type { Deadlines } from '../http/deadlines.ts'
import type { Plan, Route } from '../proxy/plan.ts'
import type { Upstream } from '../proxy/upstream.ts'
import type { Matcher } from '../route/matcher.ts'
import { matchers } from '../route/matchers/index.ts'
import { type Arm, compileSplit } from '../route/split.ts'
import { compileUnit } from '../route/unit.ts'
import { Mirror } from '../shadow/mirror.ts'
import type { MirrorPair } from '../shadow/mirroring.ts'
import type { Leg } from '../shadow/pair.ts'
import { type Backends, backendRules, ejectionPolicy } from './backends.ts'

/** What a plan is bound to in the thread that serves it. */
export interface CompileDependencies {
  readonly backends: Backends
  readonly meter: Meter
  readonly deadlines: Deadlines
  readonly clock: () => number
  readonly handover: Handover
  readonly switchboard: Switchboard
  /** Threads that share the work: each gets its part of a cap. */
  readonly threads: number
}

/** Compiles a checked config into what a data-plane thread serves by. */
export function compilePlan(config: Config, hash: string, dependencies: CompileDependencies): Plan {
  const { meter, switchboard } = dependencies
  const experiments = compileExperiments(config)
  const chaos: Chaos | undefined = config.chaos === undefined || config.chaos.experiments.length === 0 ? undefined : {
    switchboard,
    share: new ShareLimit(config.chaos.limits.percent / 100),
    maxActive: config.chaos.limits.active,
    injected: ({ experiment, fault }) => meter.counter('chaos_injected_total', { experiment, fault }),
    skipped: (reason) => meter.counter('chaos_skipped_total', { reason })
  }
  const routes = config.routes.map((route) => compileRoute(route, config, experiments.get(route.name) ?? [], dependencies))
  return Object.freeze({ hash, routes: Object.freeze(routes), chaos, maxMatchBytes: Math.max(0, ...config.routes.map(({ maxBuffer }) => maxBuffer)) })
}

function compileRoute(route: RouteConfig, config: Config, experiments: readonly Experiment[], dependencies: CompileDependencies): Route {
  const { meter } = dependencies
  const upstream = (name: string): Upstream => dependencies.backends.upstream(name, backendOf(config, name))
  return Object.freeze({
    name: route.name,
    matchers: compileMatch(route),
    unit: compileUnit(route.unit),
    split: compileSplit(route.name, arms(route, upstream)),
    fallback: route.fallback === undefined ? undefined : upstream(route.fallback),
    timeouts: { connectMs: route.timeouts.connect, firstByteMs: orForever(route.timeouts.firstByte), idleMs: orForever(route.timeouts.idle) },
    maxBufferBytes: route.maxBuffer,
    mirrors: route.mirrors.map((mirror) => compileMirror(mirror, route, config, dependencies)),
    experiments,
    unitMissing: meter.counter('unit_missing_total', { route: route.name }),
    bodyUnread: meter.counter('body_unread_total', { route: route.name }),
    fallbacks: meter.counter('fallbacks_total', { route: route.name })
  })
}

/** A timeout as the data plane takes it: 0 in a config means none. */
export const orForever = (ms: number): number => ms === 0 ? Infinity : ms

/** A route's conditions in the order they are tried. */
export function compileMatch(route: RouteConfig): readonly Matcher[] {
  return matchers.filter(({ name }) => Object.hasOwn(route.match, name)).map(({ name, build }) => build(route.match[name]))
}

/** A route's arms, bound to whatever stands for a backend. */
export function arms<T>(route: RouteConfig, target: (backend: string) => T): readonly Arm<T>[] {
  return route.split.map(({ backend, weight }) => ({ name: backend, weight, target: target(backend) }))
}

/** Salt of a mirror's sample: that of its baseline is another, so that both are drawn independently. */
export const mirrorSalt = (route: string, mirror: string, leg: Leg): number => saltOf('mirror', route, mirror, leg)

function compileMirror(mirror: MirrorConfig, route: RouteConfig, config: Config, dependencies: CompileDependencies): MirrorPair {
  const { baseline } = mirror
  return {
    shadow: createMirror('shadow', mirror.backend, mirror.percent, mirror, route, config, dependencies),
    baseline: baseline === undefined ? undefined
      : createMirror('baseline', baseline.backend, baseline.percent, mirror, route, config, dependencies)
  }
}

function createMirror(leg: Leg, backend: string, percent: number, mirror: MirrorConfig, route: RouteConfig, config: Config,
  { backends, meter, deadlines, clock, handover, threads }: CompileDependencies): Mirror {
  const labels = { route: route.name, mirror: mirror.backend, backend, leg }
  const target = backendOf(config, backend)
  const maxInFlight = Math.ceil(mirror.maxInFlight / threads)
  return new Mirror({
    route: route.name,
    backend,
    mirror: mirror.backend,
    leg,
    share: percent / 100,
    salt: mirrorSalt(route.name, mirror.backend, leg),
    timeoutMs: mirror.timeout,
    maxBodyBytes: mirror.maxBody,
    maxInFlight,
    maxBytes: Math.ceil(mirror.maxBytes / threads),
    forward: backendRules(target),
    keepCredentials: mirror.credentials === 'keep',
    pool: backends.mirrorPool(`${route.name}\n${mirror.backend}\n${leg}`, target, maxInFlight),
    ejection: new Ejection(ejectionPolicy(target)),
    healthy: () => backends.isHealthy(backend),
    deadlines,
    clock,
    handover,
    sampled: meter.counter('mirror_sampled_total', labels),
    outcome: (outcome) => meter.counter('mirror_requests_total', { ...labels, outcome }),
    pairs: meter.gauge('mirror_pairs', labels),
    inFlight: meter.gauge('mirror_in_flight', labels),
    bytesHeld: meter.gauge('mirror_held_bytes', labels)
  })
}

/** Experiments by route, each with the slot of its place in the config. */
export function compileExperiments(config: Config): ReadonlyMap<string, readonly Experiment[]> {
  const byRoute = new Map<string, Experiment[]>()
  config.chaos?.experiments.forEach((experiment, slot) => {
    const list = byRoute.get(experiment.route) ?? []
    list.push(compileExperiment(experiment, slot))
    byRoute.set(experiment.route, list)
  })
  return byRoute
}

function compileExperiment(experiment: ExperimentConfig, slot: number): Experiment {
  return {
    name: experiment.name,
    slot,
    share: experiment.percent / 100,
    salt: saltOf('chaos', experiment.name),
    scope: compileScope(experiment.where),
    faults: experiment.faults.map((fields, index) => {
      const found = faults.find(({ name }) => name === fields.kind)
      if (found === undefined) throw new Error(`no such fault: ${fields.kind}`)
      return { kind: fields.kind, salt: saltOf('chaos value', experiment.name, String(index)), fault: found.build(fields) }
    })
  }
}

function compileScope({ backend, headers, body }: WhereConfig): Scope {
  const tests = [...headers === undefined ? [] : [compileHeaderTests(headers)], ...body === undefined ? [] : [compileBodyTests(body)]]
  const texts = [...backend === undefined ? [] : [`backend is ${backend}`], ...tests.map(({ text }) => text)]
  return { text: texts.length === 0 ? 'every request' : texts.join(' and '), needsBody: body !== undefined, backend, tests }
}

function backendOf(config: Config, name: string): Config['backends'][string] {
  const found = Object.hasOwn(config.backends, name) ? config.backends[name] : undefined
  if (found === undefined) throw new Error(`no such backend: ${name}`)
  return found
}
