import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import stringify from 'fast-json-stable-stringify'
import type { BackendConfig, Config } from '../config/types.ts'
import type { Meter } from '../core/meter.ts'
import type { Deadlines } from '../http/deadlines.ts'
import { Pool } from '../http/pool.ts'
import type { BackendRules } from '../http/request-head.ts'
import { systemLookup } from '../http/resolver.ts'
import { Ejection, type EjectionPolicy } from '../core/ejection.ts'
import { Upstream } from '../proxy/upstream.ts'

/** Octets and lines of a backend's answer head. */
const ANSWER_HEAD = { maxHeadBytes: 65_536, maxFields: 500 }

export interface BackendsDependencies {
  readonly meter: Meter
  readonly deadlines: Deadlines
  readonly clock: () => number
  /** Threads that share the work: each gets its part of a cap. */
  readonly threads: number
  /** Whether active checks of a backend pass. */
  readonly healthy: (backend: string) => boolean
  /** A backend has been taken out, or answers again. */
  readonly onEjection?: (backend: string, out: boolean) => void
}

interface Kept<T> {
  readonly fingerprint: string
  readonly value: T
}

/**
 * The connections of one thread: a pool for each backend, and one for each mirror, so that a shadow can never take one from
 * the live model. A reload keeps those whose config is the same; the rest end when their last request has.
 */
export class Backends {
  private readonly dependencies: BackendsDependencies
  private upstreams = new Map<string, Kept<Upstream>>()
  private pools = new Map<string, Kept<Pool>>()
  private nextUpstreams = new Map<string, Kept<Upstream>>()
  private nextPools = new Map<string, Kept<Pool>>()
  private authorities: Readonly<Record<string, string>> = {}

  constructor(dependencies: BackendsDependencies) {
    this.dependencies = dependencies
  }

  /** Certificates of authorities by the path a config gives, for what is asked for from now on; others are read from their files. */
  trust(authorities: Readonly<Record<string, string>>): void {
    this.authorities = authorities
  }

  /** The live backend of this name. */
  upstream(name: string, config: BackendConfig): Upstream {
    const made = this.nextUpstreams.get(name) ?? keep(this.upstreams.get(name), stringify([config, this.authorityOf(config)]), () => this.createUpstream(name, config))
    this.nextUpstreams.set(name, made)
    return made.value
  }

  /** A pool for the copies of one mirror, of its own. */
  mirrorPool(key: string, config: BackendConfig, maxConnections: number): Pool {
    const made = this.nextPools.get(key) ?? keep(this.pools.get(key), stringify([config, maxConnections, this.authorityOf(config)]), () => this.createPool({ ...config, maxConnections: maxConnections * this.dependencies.threads, maxWaiting: maxConnections * this.dependencies.threads }))
    this.nextPools.set(key, made)
    return made.value
  }

  /** Whether active checks of a backend pass, or there are none. */
  isHealthy(backend: string): boolean {
    return this.dependencies.healthy(backend)
  }

  /** Takes over what was asked for since the last call; what was not is let go. */
  commit(): void {
    for (const [name, old] of this.upstreams) {
      if (this.nextUpstreams.get(name) === old) continue
      old.value.pool.retire()
      // what is measured of a backend ends with it, and one in its place begins anew
      for (const metric of ['upstream_connections', 'upstream_waiting', 'backend_ejected']) this.dependencies.meter.gauge(metric, { backend: name }).set(0)
    }
    for (const [key, old] of this.pools) if (this.nextPools.get(key) !== old) old.value.retire()
    this.upstreams = this.nextUpstreams
    this.pools = this.nextPools
    this.rollback()
  }

  /** Forgets what was asked for since the last `commit`. */
  rollback(): void {
    this.nextUpstreams = new Map()
    this.nextPools = new Map()
  }

  /** Sets the gauges of connections. */
  measure(): void {
    for (const [backend, { value }] of this.upstreams) {
      const { connections, waiting } = value.pool.counts
      this.dependencies.meter.gauge('upstream_connections', { backend }).set(connections)
      this.dependencies.meter.gauge('upstream_waiting', { backend }).set(waiting)
    }
  }

  private createUpstream(name: string, config: BackendConfig): Upstream {
    const { meter, healthy, onEjection } = this.dependencies
    const ejections = meter.counter('ejections_total', { backend: name })
    const ejected = meter.gauge('backend_ejected', { backend: name })
    return new Upstream({
      name,
      pool: this.createPool(config),
      forward: backendRules(config),
      ejection: new Ejection(ejectionPolicy(config), (out) => {
        if (out) ejections.add()
        ejected.set(out ? 1 : 0)
        onEjection?.(name, out)
      }),
      healthy: config.health === undefined ? () => true : () => healthy(name),
      retries: meter.counter('retries_total', { backend: name })
    })
  }

  private authorityOf({ tls: { ca } }: BackendConfig): string | undefined {
    return ca === undefined ? undefined : this.authorities[ca] ?? readFileSync(ca, 'utf8')
  }

  private createPool(config: BackendConfig): Pool {
    const { deadlines, clock, threads } = this.dependencies
    const url = new URL(config.url)
    const secure = url.protocol === 'https:'
    const { serverName, verify } = config.tls
    const ca = this.authorityOf(config)
    // an address is checked as the address it is, and is no name to tell the server (RFC 6066 section 3)
    const name = serverName ?? (isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0 ? url.hostname : undefined)
    return new Pool({
      ...ANSWER_HEAD,
      hostname: url.hostname,
      port: Number(url.port === '' ? (secure ? 443 : 80) : url.port),
      tls: secure
        ? { rejectUnauthorized: verify, ALPNProtocols: ['http/1.1'], ...(name !== undefined && { servername: name }), ...(ca !== undefined && { ca }) }
        : undefined,
      maxConnections: Math.ceil(config.maxConnections / threads),
      maxWaiting: Math.ceil(config.maxWaiting / threads),
      connectTimeoutMs: config.timeouts.connect,
      idleMs: config.timeouts.keepAlive,
      dnsTtlMs: config.timeouts.dns,
      deadlines,
      clock,
      lookUp: systemLookup
    })
  }
}

/** @throws Error when there is no backend of this name */
export function backendOf(config: Config, name: string): BackendConfig {
  const found = Object.hasOwn(config.backends, name) ? config.backends[name] : undefined
  if (found === undefined) throw new Error(`no such backend: ${name}`)
  return found
}

/** When a backend is taken out. */
export const ejectionPolicy = ({ eject: { failures, base, max } }: BackendConfig): EjectionPolicy => ({ failures, baseMs: base, maxMs: max })

/** How requests to a backend differ from the client's. */
export function backendRules(config: BackendConfig): BackendRules {
  const { host } = new URL(config.url)
  return {
    host: config.host === 'client' ? undefined : config.host === 'backend' ? host : config.host,
    defaultHost: host,
    ...headerRules(config.headers)
  }
}

/** Edits of headers, as heads are made by them. */
export function headerRules({ set, remove }: BackendConfig['headers']): Pick<BackendRules, 'setLines' | 'dropNames'> {
  const lines = Object.entries(set)
  const dropped = [...lines.map(([name]) => name), ...remove].map((name) => name.toLowerCase())
  return {
    setLines: lines.map(([name, value]) => `${name}: ${Buffer.from(value, 'utf8').toString('latin1')}\r\n`).join(''),
    dropNames: dropped.length === 0 ? undefined : new Set(dropped)
  }
}

function keep<T>(old: Kept<T> | undefined, fingerprint: string, create: () => T): Kept<T> {
  return old?.fingerprint === fingerprint ? old : { fingerprint, value: create() }
}
