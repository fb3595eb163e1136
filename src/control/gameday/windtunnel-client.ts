import { z } from 'zod'
import { ask, AskError, askJson, type Server } from './ask.ts'

/** A chaos experiment of the running config. */
export interface Experiment {
  readonly name: string
  readonly state: string
  /** How long it runs once started, ms; undefined when the API does not say. */
  readonly durationMs: number | undefined
}

const EXPERIMENTS = z.object({ experiments: z.array(z.object({ name: z.string(), state: z.string(), durationMs: z.number().optional() })) })
  .transform(({ experiments }): readonly Experiment[] => experiments.map(({ durationMs, ...rest }) => ({ ...rest, durationMs })))

/** Longer than several renewals that fail. */
const LEASE = '15s'

const LINE = /^windtunnel_chaos_injected_total\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\}\s+(\S+)/gm
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g

/** Starts and stops faults, and counts them. All of it rejects with an AskError. */
export class WindtunnelClient {
  private readonly server: Server

  constructor(server: Server) {
    this.server = server
  }

  experiments(signal: AbortSignal): Promise<readonly Experiment[]> {
    return askJson(this.server, 'GET', '/api/v1/chaos', EXPERIMENTS, signal)
  }

  /** Starts one that ends by itself unless it is renewed within the lease: so it does when we are gone. */
  start(name: string, signal: AbortSignal): Promise<readonly Experiment[]> {
    return askJson(this.server, 'POST', `/api/v1/chaos/${encodeURIComponent(name)}/start`, EXPERIMENTS, signal, { lease: LEASE })
  }

  stop(name: string, signal: AbortSignal): Promise<readonly Experiment[]> {
    return askJson(this.server, 'POST', `/api/v1/chaos/${encodeURIComponent(name)}/stop`, EXPERIMENTS, signal)
  }

  /** Keeps one going that ends unless it is renewed. False where it cannot be renewed, and need not. */
  async renew(name: string, signal: AbortSignal): Promise<boolean> {
    const { status } = await ask(this.server, 'POST', `/api/v1/chaos/${encodeURIComponent(name)}/renew`, signal)
    return status !== 404 && status !== 405 && status !== 409
  }

  /** Faults that were had so far, by experiment. */
  async injected(signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const { status, text } = await ask(this.server, 'GET', '/metrics', signal)
    if (status !== 200) throw new AskError(`${this.server.name} at ${this.server.url} answers /metrics with ${status}`, status)
    return countInjected(text)
  }
}

/**
 * Injected faults by experiment, from a page of metrics. A request that meets two faults of an experiment is counted under
 * both, so that the largest count over faults is the number of requests that were certainly hit.
 */
export function countInjected(page: string): ReadonlyMap<string, number> {
  const byFault = new Map<string, Map<string, number>>()
  for (const [, list = '', value] of page.matchAll(LINE)) {
    const labels = new Map([...list.matchAll(LABEL)].map(([, label = '', text = '']) => [label, text]))
    const experiment = labels.get('experiment')
    if (experiment === undefined) continue
    const faults = byFault.get(experiment) ?? new Map<string, number>()
    byFault.set(experiment, faults)
    const fault = labels.get('fault') ?? ''
    faults.set(fault, (faults.get(fault) ?? 0) + Number(value))
  }
  return new Map([...byFault].map(([experiment, faults]) => [experiment, Math.max(0, ...faults.values())]))
}
