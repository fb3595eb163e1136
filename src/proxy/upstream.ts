import type { Counter } from '../core/meter.ts'
import type { Pool } from '../http/pool.ts'
import type { BackendRules } from '../http/request-head.ts'
import type { Ejection } from '../core/ejection.ts'

/** Whether a backend may be asked now, and why not. */
export type Availability = 'available' | 'unhealthy' | 'ejected'

/** What the pipeline needs of a backend. */
export interface UpstreamOptions {
  readonly name: string
  readonly pool: Pool
  readonly forward: BackendRules
  readonly ejection: Ejection
  /** False while active health checks fail; shared with the thread that makes them. */
  readonly healthy: () => boolean
  readonly retries: Counter
}

/** A backend as one data-plane thread sees it. Lives on through reloads that do not change it. */
export class Upstream {
  readonly name: string
  readonly pool: Pool
  readonly forward: BackendRules
  readonly retries: Counter
  private readonly ejection: Ejection
  private readonly healthy: () => boolean

  constructor(options: UpstreamOptions) {
    this.name = options.name
    this.pool = options.pool
    this.forward = options.forward
    this.retries = options.retries
    this.ejection = options.ejection
    this.healthy = options.healthy
  }

  /** Of whoever has been admitted last, to be handed to `failed` or `abandoned`. */
  get epoch(): number {
    return this.ejection.epoch
  }

  /** Asks to send one request. After `available`, one of `succeeded`, `failed` and `abandoned` must follow. */
  admit(nowMs: number): Availability {
    if (!this.healthy()) return 'unhealthy'
    return this.ejection.admit(nowMs) ? 'available' : 'ejected'
  }

  succeeded(): void {
    this.ejection.succeeded()
  }

  failed(nowMs: number, epoch: number = this.epoch): void {
    this.ejection.failed(nowMs, epoch)
  }

  abandoned(epoch: number = this.epoch): void {
    this.ejection.abandoned(epoch)
  }
}
