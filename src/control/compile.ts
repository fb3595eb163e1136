import type { Chaos } from '../chaos/decide.ts'
import { type Experiment, type Scope } from '../chaos/experiment.ts'
import { faults } from '../chaos/faults/index.ts'
import { ShareLimit } from '../chaos/share-limit.ts'
import type { Switchboard } from '../chaos/switchboard.ts'
import type { Config, ExperimentConfig, RouteConfig, WhereConfig } from '../config/types.ts'
import type { Handover } from '../core/handover.ts'
import { saltOf } from '../core/hash.ts'
import type { Meter } from '../core/meter.ts'
import { Pace } from '../core/pace.ts'
import { compileBodyTests, compileHeaderTests } from '../core/request-tests.ts'
import type { Deadlines } from '../http/deadlines.ts'
import type { Plan, Route } from '../proxy/plan.ts'
import type { Upstream } from '../proxy/upstream.ts'
import { type Arm, compileSplit } from '../route/split.ts'
import { compileUnit } from '../route/unit.ts'
import { backendOf, type Backends } from './backends.ts'
import { compileMirror } from './compile-mirror.ts'
import { compileMatchers } from './conditions.ts'

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
  /** How late this thread's event loop is. */
  readonly lagMs: () => number
  /** ms since 1970. */
  readonly wallClock: () => number
  /** What mirrors have spent today, shared by all threads, and the place of each in it (budgets.ts). */
  readonly budgets: { readonly memory: SharedArrayBuffer, readonly slots: Readonly<Record<string, number>> }
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
  const pace = route.mirrors.some(({ shed }) => shed !== undefined) ? new Pace() : undefined
  const upstream = (name: string): Upstream => dependencies.backends.upstream(name, backendOf(config, name))
  return Object.freeze({
    name: route.name,
    matchers: compileMatchers(route.match),
    unit: compileUnit(route.unit),
    split: compileSplit(route.name, arms(route, upstream)),
    fallback: route.fallback === undefined ? undefined : upstream(route.fallback),
    timeouts: { connectMs: route.timeouts.connect, firstByteMs: orForever(route.timeouts.firstByte), idleMs: orForever(route.timeouts.idle) },
    maxBufferBytes: route.maxBuffer,
    mirrors: route.mirrors.map((mirror) => compileMirror(mirror, route, config, pace, dependencies)),
    pace,
    experiments,
    unitMissing: meter.counter('unit_missing_total', { route: route.name }),
    bodyUnread: meter.counter('body_unread_total', { route: route.name }),
    fallbacks: meter.counter('fallbacks_total', { route: route.name })
  })
}

/** A timeout as the data plane takes it: 0 in a config means none. */
export const orForever = (ms: number): number => ms === 0 ? Infinity : ms

/** A route's arms, bound to whatever stands for a backend. */
export function arms<T>(route: RouteConfig, target: (backend: string) => T): readonly Arm<T>[] {
  return route.split.map(({ backend, weight }) => ({ name: backend, weight, target: target(backend) }))
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
