import { Agent, request } from 'undici'
import type { BackendConfig, Config, HealthConfig } from '../config/types.ts'
import type { Meter } from '../core/meter.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { PlanMessage } from './messages.ts'

/** Backends that can have a flag at once. */
export const MAX_BACKENDS = 1024

const HEALTHY = 0
const UNHEALTHY = 1

interface Check {
  readonly slot: number
  readonly abort: AbortController
  readonly fingerprint: string
}

/**
 * Asks backends whether they are well and shares the answer with all threads: an int32 each, 1 while they are not. A
 * backend without checks, or not yet checked, counts as well.
 */
export class Health {
  readonly memory: SharedArrayBuffer = new SharedArrayBuffer(MAX_BACKENDS * 4)
  private readonly flags = new Int32Array(this.memory)
  private readonly checks = new Map<string, Check>()
  private readonly meter: Meter
  private readonly log: Logger

  constructor(meter: Meter, log: Logger) {
    this.meter = meter
    this.log = log
  }

  /** Gives each checked backend of a config its slot; those it shares with the config in force keep theirs. */
  assign(config: Config): Readonly<Record<string, number>> {
    const wanted = Object.entries(config.backends).filter(([, backend]) => backend.health !== undefined)
    const taken = new Set([...this.checks.values()].map(({ slot }) => slot))
    let free = 0
    return Object.fromEntries(wanted.map(([name]) => {
      const known = this.checks.get(name)?.slot
      if (known !== undefined) return [name, known]
      while (taken.has(free)) free++
      taken.add(free)
      return [name, free]
    }))
  }

  /** Checks what a config says, and stops checking what it does not. */
  follow({ config, healthSlots: slots, authorities }: Pick<PlanMessage, 'config' | 'healthSlots' | 'authorities'>): void {
    const wanted = new Map(Object.entries(config.backends).map(([name, backend]) => [name, { ...backend, authority: authorities[backend.tls.ca ?? ''] }]))
    for (const [name, { abort, fingerprint, slot }] of this.checks) {
      const backend = wanted.get(name)
      if (backend?.health !== undefined && fingerprint === fingerprintOf(backend)) continue
      abort.abort()
      this.flags[slot] = HEALTHY
      this.meter.gauge('backend_healthy', { backend: name }).set(1)
      this.checks.delete(name)
    }
    for (const [name, backend] of wanted) {
      const { health } = backend
      const slot = slots[name]
      if (health === undefined || slot === undefined || this.checks.has(name)) continue
      const abort = new AbortController()
      this.checks.set(name, { slot, abort, fingerprint: fingerprintOf(backend) })
      void this.watch(name, backend, health, slot, abort.signal)
    }
  }

  stop(): void {
    for (const { abort } of this.checks.values()) abort.abort()
    this.checks.clear()
  }

  /** Whether a backend's checks pass, as far as they know. */
  isHealthy(name: string): boolean {
    const slot = this.checks.get(name)?.slot
    return slot === undefined || this.flags[slot] !== UNHEALTHY
  }

  private async watch(backend: string, config: Trusted, health: HealthConfig, slot: number, stopped: AbortSignal): Promise<void> {
    const url = new URL(health.path, config.url)
    const agent = createAgent(config)
    const gauge = this.meter.gauge('backend_healthy', { backend })
    gauge.set(1)
    let failures = 0
    let successes = 0
    while (!stopped.aborted) {
      const problem = await ask(url, agent, health.timeout, stopped)
      if (stopped.aborted) break
      failures = problem === undefined ? 0 : failures + 1
      successes = problem === undefined ? successes + 1 : 0
      const unhealthy = this.flags[slot] === UNHEALTHY
      if (!unhealthy && failures >= health.unhealthyAfter) {
        this.flags[slot] = UNHEALTHY
        gauge.set(0)
        this.log.warn({ backend, problem }, 'backend is unhealthy')
      } else if (unhealthy && successes >= health.healthyAfter) {
        this.flags[slot] = HEALTHY
        gauge.set(1)
        this.log.info({ backend }, 'backend is healthy again')
      }
      await pause(health.interval, stopped)
    }
    await agent.destroy()
  }
}

/** A backend with the certificates it is trusted by. */
type Trusted = BackendConfig & { readonly authority: string | undefined }

const fingerprintOf = ({ url, health, tls, authority }: Trusted): string => JSON.stringify([url, health, tls, authority])

// trusts what requests to the backend trust
function createAgent({ authority, tls: { serverName, verify } }: Trusted): Agent {
  return new Agent({
    connections: 1,
    connect: { rejectUnauthorized: verify, ...(serverName !== undefined && { servername: serverName }), ...(authority !== undefined && { ca: authority }) }
  })
}

// undefined when well, else what is wrong
async function ask(url: URL, dispatcher: Agent, timeoutMs: number, stopped: AbortSignal): Promise<string | undefined> {
  try {
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)])
    const { statusCode, body } = await request(url, { dispatcher, signal, headers: { 'user-agent': 'windtunnel-health' } })
    await body.dump()
    return statusCode >= 200 && statusCode < 300 ? undefined : `status ${statusCode}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function pause(ms: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    stopped.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    }, { once: true })
  })
}
