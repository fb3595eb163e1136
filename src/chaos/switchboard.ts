/** Slots on a switchboard; an experiment in a config has one of its own. */
export const MAX_EXPERIMENTS = 256

const ACTIVE = 0
const HEADER_BYTES = 8

/**
 * What is running, in memory all threads share: a start or stop by the main thread is seen by the next request anywhere,
 * and the cap on requests under a fault at once is exact over all of them.
 *
 *     [ requests under a fault: int32 | pad | running until, ms: float64 x 256 ]
 */
export class Switchboard {
  readonly memory: SharedArrayBuffer
  private readonly held: Int32Array
  private readonly untilMs: Float64Array

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(HEADER_BYTES + MAX_EXPERIMENTS * 8)) {
    this.memory = memory
    this.held = new Int32Array(memory, 0, 2)
    this.untilMs = new Float64Array(memory, HEADER_BYTES, MAX_EXPERIMENTS)
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
    if (Atomics.add(this.held, ACTIVE, 1) < limit) return true
    Atomics.sub(this.held, ACTIVE, 1)
    return false
  }

  leave(count = 1): void {
    Atomics.sub(this.held, ACTIVE, count)
  }

  get active(): number {
    return Atomics.load(this.held, ACTIVE)
  }
}
