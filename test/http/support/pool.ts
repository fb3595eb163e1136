import { onTestFinished } from 'vitest'
import { Deadlines } from '../../../src/http/deadlines.ts'
import { Pool, type PoolOptions } from '../../../src/http/pool.ts'
import { eventually } from './signal.ts'
import { ticks } from './ticks.ts'

/** A pool for one test, closed when that is over, on a clock the test moves. */
export class TestPool {
  readonly time: { ms: number } = { ms: 0 }
  readonly deadlines: Deadlines = new Deadlines(() => this.time.ms)
  readonly pool: Pool

  constructor(port: number, options: Partial<PoolOptions> = {}) {
    this.pool = new Pool({
      hostname: '127.0.0.1', port, tls: undefined, maxConnections: 10, maxWaiting: 100, connectTimeoutMs: 2000, idleMs: 4000, dnsTtlMs: 5000,
      clock: () => this.time.ms, lookUp: () => Promise.reject(new Error('no such name')), deadlines: this.deadlines, maxHeadBytes: 16_384, maxFields: 200, ...options
    })
    onTestFinished(() => this.pool.close())
  }

  /** Resolves when this many connections are idle. */
  cooled(idle: number): Promise<void> {
    return eventually(() => this.pool.counts.idle === idle)
  }

  ticks(): Promise<void> {
    return ticks(this.deadlines, this.time)
  }
}
