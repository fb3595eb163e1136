import type { Chaos } from '../chaos/decide.ts'
import type { Experiment } from '../chaos/experiment.ts'
import type { Switchboard } from '../chaos/switchboard.ts'
import type { Config, RouteConfig } from '../config/types.ts'
import type { Handover } from '../core/handover.ts'
import type { Meter } from '../core/meter.ts'
import { Pace } from '../core/pace.ts'
import type { Deadlines } from '../http/deadlines.ts'
import type { HeldRequests } from '../proxy/inject/held.ts'
import type { Plan, Route } from '../proxy/plan.ts'
import type { Upstream } from '../proxy/upstream.ts'
import { type Arm, compileSplit } from '../route/split.ts'
import { compileUnit } from '../route/unit.ts'
import type { ChaosRecord } from '../telemetry/chaos-record.ts'
import { backendOf, type Backends } from './backends.ts'
import { compileMirror } from './compile-mirror.ts'
import { compileChaos, compileExperiments } from './compile-chaos.ts'
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
  readonly held: HeldRequests
  /** Takes note of what chaos decided for a copy. */
  readonly recordChaos: (record: ChaosRecord) => void
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
  const chaos = compileChaos(config, meter, switchboard)
  const routes = config.routes.map((route) => compileRoute(route, config, experiments.get(route.name) ?? [], chaos, dependencies))
  return Object.freeze({ hash, routes: Object.freeze(routes), chaos, maxMatchBytes: Math.max(0, ...config.routes.map(({ maxBuffer }) => maxBuffer)) })
}

function compileRoute(route: RouteConfig, config: Config, experiments: readonly Experiment[], chaos: Chaos | undefined, dependencies: CompileDependencies): Route {
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
    mirrors: route.mirrors.map((mirror) => compileMirror(mirror, route, config, pace, chaos && { chaos, experiments }, dependencies)),
    pace,
    // those on copies alone are no affair of the client's side
    experiments: experiments.filter(({ scope: { arm } }) => arm !== 'shadow'),
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
