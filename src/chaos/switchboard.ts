/** Slots on a switchboard; an experiment in a config has one of its own. */
export const MAX_EXPERIMENTS = 256

/** Threads that may hold places. */
const MAX_THREADS = 1024

const ACTIVE = 0
const HEADER_BYTES = 8
const UNTIL_BYTES = MAX_EXPERIMENTS * 8

/**
 * What is running, in memory all threads share: a start or stop by the main thread is seen by the next request anywhere,
 * and the cap on requests under a fault at once is exact over all of them.
 *
 *     [ requests under a fault: int32 | pad | running until, ms: float64 x 256 | of these by thread: int32 x 1024 ]
 */
export class Switchboard {
  readonly memory: SharedArrayBuffer
  private readonly held: Int32Array
  private readonly untilMs: Float64Array
  private readonly byThread: Int32Array
  private readonly thread: number

  /** @param thread number of the thread that uses it, unique among those that take places */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(HEADER_BYTES + UNTIL_BYTES + MAX_THREADS * 4), thread = 0) {
    this.memory = memory
    this.thread = thread
    this.held = new Int32Array(memory, 0, 2)
    this.untilMs = new Float64Array(memory, HEADER_BYTES, MAX_EXPERIMENTS)
    this.byThread = new Int32Array(memory, HEADER_BYTES + UNTIL_BYTES, MAX_THREADS)
  }

  /** Runs an experiment until `untilMs` on the clock all threads share. */
  start(slot: number, untilMs: number): void {
    this.untilMs[slot] = untilMs
  }

  stop(slot: number): void {
    this.untilMs[slot] = 0
  }

  stopAll(): void {
    this.untilMs.fill(0)
  }

  /** When the experiment ends by itself; 0 when it is not running. */
  until(slot: number): number {
    return this.untilMs[slot] ?? 0
  }

  isRunning(slot: number, nowMs: number): boolean {
    return (this.untilMs[slot] ?? 0) > nowMs
  }

  /** Takes one of `limit` places for a request under a fault; false when all are taken. */
  enter(limit: number): boolean {
    let active = Atomics.load(this.held, ACTIVE)
    while (active < limit) {
      const found = Atomics.compareExchange(this.held, ACTIVE, active, active + 1)
      if (found === active) {
        Atomics.add(this.byThread, this.thread, 1)
        return true
      }
      active = found // another thread was faster
    }
    return false
  }

  leave(count = 1): void {
    Atomics.sub(this.byThread, this.thread, count)
    Atomics.sub(this.held, ACTIVE, count)
  }

  /** A thread is gone, and with it the requests it held: their places are given back. */
  abandon(thread: number): void {
    Atomics.sub(this.held, ACTIVE, Atomics.exchange(this.byThread, thread, 0))
  }

  get active(): number {
    return Atomics.load(this.held, ACTIVE)
  }
}
