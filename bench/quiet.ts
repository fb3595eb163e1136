import { cpus } from 'node:os'
import { cpuMs, machineCpuMs } from './proc.ts'

/** A piece of work and how much of the machine others took while it was done. */
export interface Turn<T> {
  readonly result: T
  /** CPU time of other processes than the bench's, as a share of all there was, 0..1. */
  readonly others: number
}

// of the machine; what others take beyond this slows proxies down, and those on V8 more than those in C
const DISTURBED = 0.1
const ATTEMPTS = 3

/** Repeats what was disturbed, as long as there is time to be spent on that. */
export class Patience {
  private leftMs: number

  constructor(ms: number) {
    this.leftMs = ms
  }

  /**
   * Does a piece of work, and does it again when others took much of the machine meanwhile: at most three times. The least
   * disturbed counts. What the work measured plays no part in that.
   */
  async undisturbed<T>(work: () => Promise<T>): Promise<Turn<T>> {
    let best = await once(work)
    for (let attempt = 1; attempt < ATTEMPTS && best.others > DISTURBED && this.leftMs > 0; attempt++) {
      const startedAt = performance.now()
      const next = await once(work)
      this.leftMs -= performance.now() - startedAt
      if (next.others < best.others) best = next
    }
    return best
  }
}

async function once<T>(work: () => Promise<T>): Promise<Turn<T>> {
  const [startedAt, machineBefore, oursBefore] = [performance.now(), machineCpuMs(), cpuMs(process.pid)]
  const result = await work()
  const [elapsedMs, machine, ours] = [performance.now() - startedAt, machineCpuMs() - machineBefore, cpuMs(process.pid) - oursBefore]
  return { result, others: Math.max(0, machine - ours) / (elapsedMs * cpus().length) }
}
