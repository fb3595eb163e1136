// The `chaos` section of a config; what holds of the whole (types.ts) holds here.
import type { Tests } from '../core/request-tests.ts'
import type { ConditionConfig } from './schema/condition.ts'
import type { ScheduleConfig } from './schema/schedule.ts'

export interface ChaosConfig {
  readonly limits: {
    /** Percent of all requests that experiments may hit together. */
    readonly percent: number
    /** Requests that may be under a fault at once, over all threads. */
    readonly active: number
    /** Requests that may be hit in a minute, over all threads; undefined for any number. */
    readonly perMinute: number | undefined
  }
  readonly seed: string
  /** Lower case. */
  readonly exemptHeader: string
  /** Names of routes no experiment may be on. */
  readonly protect: readonly string[]
  readonly killFile: string | undefined
  readonly ledger: LedgerConfig | undefined
  /** URL of the one that conditions ask. */
  readonly prometheus: string | undefined
  readonly experiments: readonly ExperimentConfig[]
}

export interface LedgerConfig {
  readonly file: string
  readonly maxBytes: number
  readonly misses: boolean
  readonly changes: 'none' | 'hashes' | 'values'
  /** JSON Pointers, `*` for any key or index. */
  readonly redact: readonly string[]
}

/** What an experiment says of its life, besides how long it lasts. */
export interface LifecycleConfig {
  /** ms without faults before; 0 for none. */
  readonly baseline: number
  /** undefined for one, as long as `duration`. */
  readonly stages: readonly StageConfig[] | undefined
  /** ms without faults after; 0 for none. */
  readonly recovery: number
  readonly hypothesis: readonly WatchConfig[]
  readonly stop: readonly WatchConfig[]
  readonly harm: readonly HarmConfig[]
  /** ms from where on a request is slow. */
  readonly slow: number
  readonly minRequests: number
  readonly schedule: ScheduleConfig | undefined
}

export interface ExperimentConfig extends LifecycleConfig {
  readonly name: string
  readonly route: string
  readonly where: WhereConfig
  readonly percent: number
  /** Percent of the requests in scope that are left alone to hold the others against. */
  readonly control: number
  /** What it draws by. `header` is lower case. */
  readonly by: 'request' | 'unit' | { readonly header: string }
  /** Requests of which exactly the share is hit; 0 draws each by itself. */
  readonly block: number
  readonly seed: string | undefined
  readonly ramp: RampConfig | undefined
  readonly duration: number
  /** ms within which whoever started it must renew it; undefined where nobody need. */
  readonly lease: number | undefined
  readonly start: 'manual' | 'on-load'
  /** Lower-case name of a header that must name the experiment. */
  readonly trigger: string | undefined
  /** Whether clients are told. */
  readonly mark: boolean
  /** `kind` names a fault (chaos/faults), the rest is its own. */
  readonly faults: readonly FaultConfig[]
}

/** Undefined leaves it as the experiment says. */
export interface StageConfig {
  readonly percent: number | undefined
  /** Percent of the faults' strength. */
  readonly strength: number | undefined
  /** ms */
  readonly duration: number
}

export interface WatchConfig {
  readonly condition: ConditionConfig
  /** ms it must be violated. */
  readonly for: number
  readonly onNoData: 'continue' | 'halt' | undefined
}

export interface HarmConfig {
  readonly of: 'errors' | 'slow'
  /** Percentage points. */
  readonly more: number
  /** Percent. */
  readonly confidence: number
}

/** A duration in ms, or a number of requests in scope. */
export type Lasting = number | { readonly requests: number }

export interface RampConfig {
  readonly shape: 'step' | 'linear' | 'exponential' | 'sine' | 'square' | 'random-walk'
  readonly of: 'percent' | 'strength' | 'both'
  readonly over: Lasting
  /** undefined for ever. */
  readonly hold: Lasting | undefined
  /** undefined for never. */
  readonly recover: Lasting | undefined
  /** Percent of what is configured. */
  readonly from: number
  readonly to: number
}

export interface WhereConfig {
  readonly backend: string | undefined
  readonly arm: 'primary' | 'shadow' | 'both'
  readonly headers: Tests | undefined
  readonly body: Tests | undefined
  /** Percent of all units, by hash. */
  readonly units: { readonly from: number, readonly to: number } | undefined
}

export interface FaultConfig {
  readonly kind: string
  /** Percent of the requests in scope that it hits by a draw of its own. */
  readonly hitPercent?: number | undefined
  readonly [option: string]: unknown
}
