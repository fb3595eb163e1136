import { draw, type Key, keyOf, saltOf } from '../core/hash.ts'
import type { RequestTest } from '../core/request-tests.ts'
import type { RequestView } from '../core/request-view.ts'
import type { Fault, Stage, Striker } from './fault.ts'
import { levelOf, type Ramp } from './ramp.ts'
import type { Switchboard } from './switchboard.ts'

/** A chaos experiment, compiled for one thread. */
export interface Experiment {
  readonly name: string
  /** Its place on the switchboard, which says whether it is running. */
  readonly slot: number
  /** Share of the requests in scope that are hit, 0..1. */
  readonly share: number
  /** Share of the requests in scope that it is held against and are left alone, 0..1. */
  readonly control: number
  readonly salt: Key
  readonly scope: Scope
  /** What it draws by: the same always decides alike, at any share above its draw. */
  readonly by: 'request' | 'unit' | { readonly header: string }
  /** Requests in scope of which exactly the share is hit, in the order they come; 0 draws each by itself. */
  readonly block: number
  readonly ramp: Ramp | undefined
  /** Requests without this header, naming the experiment, are out of scope; it may ask for a smaller percentage too. */
  readonly trigger: string | undefined
  /** Whether clients are told, by a header. */
  readonly mark: boolean
  readonly faults: readonly NamedFault[]
  /** Of the run that `strikers` belong to. */
  readonly state: ExperimentState
}

/** What changes while an experiment runs, in one thread. */
export interface ExperimentState {
  run: number
  strikers: readonly Striker[]
}

/** A fault under its `kind`. */
export interface NamedFault {
  readonly kind: string
  readonly stage: Stage
  /** Salt of the fault's own draws. */
  readonly salt: Key
  /** Share of the requests in scope that it hits by a draw of its own, 0..1; undefined: those the experiment hits. */
  readonly share: number | undefined
  readonly fault: Fault
}

/** Which requests of a route an experiment may touch. */
export interface Scope {
  /** What it wants, for `explain`. */
  readonly text: string
  readonly needsBody: boolean
  /** Name of the only backend in scope, or undefined for all. */
  readonly backend: string | undefined
  /** Whose answers: the client's, the copy's, or both. */
  readonly arm: 'primary' | 'shadow' | 'both'
  /** The band of units by hash, 0..1, up to but not with `to`. */
  readonly units: { readonly from: number, readonly to: number } | undefined
  readonly tests: readonly RequestTest[]
}

/** Keys a request can be drawn by. */
export interface Keys {
  readonly request: Key
  readonly unit: Key
}

// one for all experiments, so that the same band is the same units
const BAND = saltOf('chaos units')

/** Whether a request that would go to `backend` is in scope. */
export function inScope(scope: Scope, request: RequestView, backend: string, unitKey: Key): boolean {
  if (scope.backend !== undefined && scope.backend !== backend) return false
  if (scope.units !== undefined && !inBand(scope.units, unitKey)) return false
  for (const test of scope.tests) if (!test.matches(request)) return false
  return true
}

/** Whether a unit is in a band. */
export function inBand({ from, to }: NonNullable<Scope['units']>, unitKey: Key): boolean {
  const drawn = draw(BAND, unitKey)
  return drawn >= from && drawn < to
}

/** Whom an experiment draws by; a request without the header it names is drawn by itself. */
export function keyFor({ by }: Experiment, request: RequestView, keys: Keys): Key {
  if (by === 'request') return keys.request
  if (by === 'unit') return keys.unit
  const value = request.header(by.header)
  return value === undefined ? keys.request : keyOf(value)
}

/** The draw of a request: it is hit when this is below the share. A larger share keeps every hit of a smaller one. */
export const drawnBy = (experiment: Experiment, key: Key): number => draw(experiment.salt, key)

/**
 * Whether the request that `before` others in scope came before is one of the share of each block that is hit: evenly spread,
 * and in each block of N exactly round(share * N).
 */
export function inBlock({ block, salt }: Experiment, share: number, before: number): boolean {
  const wanted = Math.round(share * block)
  const place = (before + Math.floor(draw(salt, 0) * block)) % block
  return Math.floor((place + 1) * wanted / block) > Math.floor(place * wanted / block)
}

/** How many are hit now and how strongly, both 0..1: as configured, as a controller has set it, along the ramp. */
export function shareNow(experiment: Experiment, switchboard: Switchboard, nowMs: number): number {
  const set = switchboard.share(experiment.slot)
  return (Number.isNaN(set) ? experiment.share : set) * level(experiment, switchboard, nowMs, 'percent')
}

export function strengthNow(experiment: Experiment, switchboard: Switchboard, nowMs: number): number {
  return switchboard.strength(experiment.slot) * level(experiment, switchboard, nowMs, 'strength')
}

function level({ ramp, slot, salt }: Experiment, switchboard: Switchboard, nowMs: number, what: 'percent' | 'strength'): number {
  if (ramp === undefined || (ramp.of !== what && ramp.of !== 'both')) return 1
  return levelOf(ramp, ramp.unit === 'ms' ? nowMs - switchboard.startedMs(slot) : switchboard.counted(slot), salt)
}

/** The faults of an experiment, with the state of its present run. */
export function strikersOf({ state, faults, slot }: Experiment, switchboard: Switchboard): readonly Striker[] {
  const run = switchboard.run(slot)
  if (state.run !== run) {
    state.run = run
    state.strikers = faults.map(({ fault }) => fault())
  }
  return state.strikers
}
