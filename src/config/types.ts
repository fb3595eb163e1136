/*
 * The config as the rest of the program sees it: checked, defaults filled in, `${...}` replaced. Durations are ms, sizes are
 * octets; shares are still percent, as people wrote them. Plain data: it is sent between threads as it is.
 */
import type { UnitFields } from '../route/unit.ts'
import type { ChaosConfig } from './chaos-types.ts'

export interface Config {
  readonly version: 1
  readonly listen: ListenConfig
  /** Data-plane threads; `auto` is one per core. */
  readonly workers: number | 'auto'
  readonly admin: AdminConfig
  readonly log: LogConfig
  readonly shutdown: ShutdownConfig
  /** By name. */
  readonly backends: Readonly<Record<string, BackendConfig>>
  /** First match wins. */
  readonly routes: readonly RouteConfig[]
  readonly chaos: ChaosConfig | undefined
}

export interface Address {
  readonly host: string
  readonly port: number
}

export interface ListenConfig {
  readonly address: Address
  /** Paths of PEM files. */
  readonly tls: { readonly cert: string, readonly key: string } | undefined
  /** Octets of a request head. */
  readonly maxHead: number
  /** Header lines of a request. */
  readonly maxHeaders: number
  /** Client connections at once, over all threads. */
  readonly maxConnections: number
  /** `idle` 0 is for ever. */
  readonly timeouts: { readonly head: number, readonly keepAlive: number, readonly idle: number }
  /** What a client's FIN after its whole request means: it is gone, or it is only done sending. */
  readonly halfClose: 'cancel' | 'answer'
  readonly forwarded: ForwardedConfig
}

export interface ForwardedConfig {
  /** Addresses or networks whose x-forwarded-*, forwarded and x-real-ip are believed; from others they are dropped. */
  readonly trust: readonly string[]
  /** Whether x-forwarded-for, -proto and -host are sent. */
  readonly send: boolean
  /** Whether Via is sent, as "1.1 windtunnel-<id of this process>". */
  readonly via: boolean
}

export interface AdminConfig {
  readonly address: Address
  /** Path of a file that holds the bearer token for writes. */
  readonly tokenFile: string | undefined
  /** Further names the admin address may be called by, as "name" or "name:port". */
  readonly hosts: readonly string[]
}

export interface LogConfig {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** Percent of requests that get an access line; 0 is none. */
  readonly access: number
}

export interface ShutdownConfig {
  /** After SIGTERM, how long requests are still accepted while /readyz already fails. */
  readonly delay: number
  /** How long requests under way may take to end. */
  readonly grace: number
}

export interface BackendConfig {
  /** `http:` or `https:`, host and port; no path, no credentials. */
  readonly url: string
  readonly headers: { readonly set: Readonly<Record<string, string>>, readonly remove: readonly string[] }
  /** Which Host it is sent: the client's (`client`), the URL's (`backend`), or this text. */
  readonly host: string
  /** Connections at once, over all threads. */
  readonly maxConnections: number
  /** Requests that may wait for a connection, over all threads. */
  readonly maxWaiting: number
  readonly timeouts: {
    /** For a connection to be there, where the route does not say. */
    readonly connect: number
    /** How long an unused connection is kept. */
    readonly keepAlive: number
    /** How long an address is used before its name is looked up again. */
    readonly dns: number
  }
  readonly tls: { readonly ca: string | undefined, readonly serverName: string | undefined, readonly verify: boolean }
  readonly health: HealthConfig | undefined
  readonly eject: { readonly failures: number, readonly base: number, readonly max: number }
}

export interface HealthConfig {
  readonly path: string
  readonly interval: number
  readonly timeout: number
  /** Failures in a row that make it unhealthy, and successes in a row that make it healthy again. */
  readonly unhealthyAfter: number
  readonly healthyAfter: number
}

export interface RouteConfig {
  readonly name: string
  /** By matcher name (route/matchers); all must hold; empty matches everything. */
  readonly match: Readonly<Record<string, unknown>>
  readonly unit: UnitFields
  readonly split: readonly SplitConfig[]
  readonly fallback: string | undefined
  /** `firstByte` and `idle` 0 are for ever. */
  readonly timeouts: { readonly connect: number, readonly firstByte: number, readonly idle: number }
  /** Octets of a body that may be kept in memory where a rule reads it. */
  readonly maxBuffer: number
  readonly mirrors: readonly MirrorConfig[]
}

export interface SplitConfig {
  readonly backend: string
  readonly weight: number
}

export interface MirrorConfig {
  readonly backend: string
  readonly percent: number
  /** By matcher name (route/matchers), none that reads bodies; all must hold. */
  readonly match: Readonly<Record<string, unknown>>
  readonly sample: SampleConfig
  readonly timeout: number
  readonly maxBody: number
  /** Copies under way at once, over all threads. */
  readonly maxInFlight: number
  /** Octets held for all copies under way, over all threads. */
  readonly maxBytes: number
  /** Copies a second to the shadow, over all threads. */
  readonly maxRate: number | undefined
  /** Copies a day (UTC) to the shadow, over all threads. */
  readonly dailyBudget: number | undefined
  readonly breaker: { readonly failures: number, readonly base: number, readonly max: number } | undefined
  readonly shed: { readonly lag: number, readonly slowdown: number } | undefined
  /** Whether copies carry authorization and cookies. */
  readonly credentials: 'strip' | 'keep'
  /** How copies to the shadow differ from the request. */
  readonly headers: { readonly set: Readonly<Record<string, string>>, readonly remove: readonly string[] }
  /** JSON values by JSON Pointer. */
  readonly body: { readonly set: Readonly<Record<string, unknown>> }
  readonly baseline: { readonly backend: string, readonly percent: number } | undefined
  readonly compare: CompareConfig
  readonly capture: CaptureConfig | undefined
}

export interface SampleConfig {
  /** What the sample is drawn by; the same always decides alike. `header` is lower case. */
  readonly by: 'request' | 'unit' | { readonly header: string }
  /** Mirrors with the same salt draw the same requests; undefined gives each a salt of its own. */
  readonly salt: string | undefined
}

export interface CompareConfig {
  /** Name of a codec (compare/codecs), or `auto`. */
  readonly codec: string
  /** Tolerance of numbers without a rule; undefined leaves it to the codec. */
  readonly numbers: 'exact' | 'float32' | 'float16' | 'bfloat16' | undefined
  /** Lower-case names of answer headers that are compared. */
  readonly headers: readonly string[]
  /** JSON Pointers, `*` for any key or index. */
  readonly ignore: readonly string[]
  /** First match decides how a field is compared; `as` names a comparator (compare/comparators), the rest is its own. */
  readonly fields: readonly CompareFieldConfig[]
  readonly slices: readonly SliceConfig[]
  /** Percentage points. */
  readonly margin: number
  /** Percent of the largest a measure can be. */
  readonly measureMargin: number
  /** Percent. */
  readonly confidence: number
  /** Requests whose times are left out at the beginning. */
  readonly warmUp: number
  /** JSON Pointers, `*` for any key or index. */
  readonly redact: readonly string[]
  readonly evidence: 'values' | 'hashes' | 'none'
  /** Where predictions stand, and how they are compared with the truth. */
  readonly truth: (CompareFieldConfig & { readonly horizon: number, readonly maxPending: number }) | undefined
}

/** One of `header` (lower case), `request` and `answer` (JSON Pointers) is there. */
export interface SliceConfig {
  readonly name: string
  readonly header: string | undefined
  readonly request: string | undefined
  readonly answer: string | undefined
  /** Rising. */
  readonly bins: readonly number[] | undefined
}

export interface CaptureConfig {
  readonly file: string
  readonly percent: number
  /** Octets of the file. */
  readonly maxBytes: number
}

export interface CompareFieldConfig {
  readonly at: string
  readonly as: string
  readonly [option: string]: unknown
}
