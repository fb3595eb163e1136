/** Slots on a switchboard; an experiment in a config has one of its own. */
export const MAX_EXPERIMENTS = 256

/** Threads that may hold places. */
const MAX_THREADS = 1024

const ACTIVE = 0
const MINUTE = 1
const LATEST = 0

// float64 for each slot
const UNTIL = 0
const STARTED = 1
const SHARE = 2
const STRENGTH = 3
const FLOATS = 4
// int32 for each slot
const RUN = 0
const ELIGIBLE = 1
const DRY = 2
const INTS = 3

const HEAD_INTS = 2
const HEAD_FLOATS = 1
const FLOATS_AT = HEAD_INTS * 4
const INTS_AT = FLOATS_AT + (HEAD_FLOATS + MAX_EXPERIMENTS * FLOATS) * 8
const THREADS_AT = INTS_AT + MAX_EXPERIMENTS * INTS * 4
const BYTES = THREADS_AT + MAX_THREADS * 4

// a minute and a count in one word, so that both change at once: ten bits for the minute, the others for the count
const COUNT_BITS = 21
const MAX_COUNT = 2 ** COUNT_BITS - 1
const MINUTE_MS = 60_000

/** What is set when an experiment is started. */
export interface Start {
  /** On the clock all threads share, ms. */
  readonly nowMs: number
  /** Until when it runs if nobody goes on: a lease, or the end. */
  readonly untilMs: number
  /** Whether it only says what it would do. */
  readonly dry?: boolean
}

/**
 * What is running, in memory all threads share: a start or stop by the main thread is seen by the next request anywhere,
 * and the caps on requests under a fault at once, and on how many a minute, are exact over all of them.
 *
 *     [ requests under a fault, minute and count: int32 x 2 | latest until: float64 | until, started, share, strength: float64
 *       x 4 x 256 | run, eligible, dry: int32 x 3 x 256 | requests under a fault by thread: int32 x 1024 ]
 */
export class Switchboard {
  readonly memory: SharedArrayBuffer
  private readonly words: Int32Array
  private readonly floats: Float64Array
  private readonly ints: Int32Array
  private readonly byThread: Int32Array
  private readonly thread: number

  /** @param thread number of the thread that uses it, unique among those that take places */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(BYTES), thread = 0) {
    this.memory = memory
    this.thread = thread
    this.words = new Int32Array(memory, 0, HEAD_INTS)
    this.floats = new Float64Array(memory, FLOATS_AT, HEAD_FLOATS + MAX_EXPERIMENTS * FLOATS)
    this.ints = new Int32Array(memory, INTS_AT, MAX_EXPERIMENTS * INTS)
    this.byThread = new Int32Array(memory, THREADS_AT, MAX_THREADS)
  }

  /** Starts an experiment as configured: a new run, with nothing counted yet. */
  start(slot: number, { nowMs, untilMs, dry = false }: Start): void {
    if (slot < 0 || slot >= MAX_EXPERIMENTS) return
    this.adjust(slot, Number.NaN, 1)
    this.floats[at(slot, STARTED)] = nowMs
    Atomics.store(this.ints, slot * INTS + ELIGIBLE, 0)
    Atomics.store(this.ints, slot * INTS + DRY, dry ? 1 : 0)
    Atomics.add(this.ints, slot * INTS + RUN, 1)
    this.extend(slot, untilMs)
  }

  /** Has it run until then, sooner or later than before. */
  extend(slot: number, untilMs: number): void {
    this.floats[at(slot, UNTIL)] = untilMs
    this.settle()
  }

  /** Sets how many it hits, 0..1 of those in scope (NaN: as configured), and how strongly, 0..1. */
  adjust(slot: number, share: number, strength: number): void {
    this.floats[at(slot, SHARE)] = share
    this.floats[at(slot, STRENGTH)] = strength
  }

  stop(slot: number): void {
    this.extend(slot, 0)
  }

  stopAll(): void {
    for (let slot = 0; slot < MAX_EXPERIMENTS; slot++) this.floats[at(slot, UNTIL)] = 0
    this.settle()
  }

  /** When the experiment ends by itself; 0 when it is not running. */
  until(slot: number): number {
    return this.floats[at(slot, UNTIL)] ?? 0
  }

  /** Whether nothing at all runs: what is asked first of every request. */
  isIdle(nowMs: number): boolean {
    return (this.floats[LATEST] ?? 0) <= nowMs
  }

  isRunning(slot: number, nowMs: number): boolean {
    return this.until(slot) > nowMs
  }

  isDry(slot: number): boolean {
    return this.ints[slot * INTS + DRY] === 1
  }

  /** Which run of the experiment this is; another number after each start. */
  run(slot: number): number {
    return this.ints[slot * INTS + RUN] ?? 0
  }

  startedMs(slot: number): number {
    return this.floats[at(slot, STARTED)] ?? 0
  }

  /** The share that was set in place of the configured one, 0..1, or NaN. */
  share(slot: number): number {
    return this.floats[at(slot, SHARE)] ?? Number.NaN
  }

  /** 0..1 */
  strength(slot: number): number {
    return this.floats[at(slot, STRENGTH)] ?? 1
  }

  /** Counts a request in scope, over all threads. @returns how many there were before it in this run */
  count(slot: number): number {
    return Atomics.add(this.ints, slot * INTS + ELIGIBLE, 1)
  }

  /** Requests in scope of this run so far. */
  counted(slot: number): number {
    return Atomics.load(this.ints, slot * INTS + ELIGIBLE)
  }

  /** Takes one of `limit` hits in this minute; false when all are taken. */
  takeOfMinute(limit: number, nowMs: number): boolean {
    const minute = Math.floor(nowMs / MINUTE_MS) & 0x3ff
    let word = Atomics.load(this.words, MINUTE)
    for (;;) {
      const taken = word >>> COUNT_BITS === minute ? word & MAX_COUNT : 0
      if (taken >= limit) return false
      const found = Atomics.compareExchange(this.words, MINUTE, word, (minute << COUNT_BITS) | (taken + 1))
      if (found === word) return true
      word = found // another thread was faster
    }
  }

  /** Takes one of `limit` places for a request under a fault; false when all are taken. */
  enter(limit: number): boolean {
    let active = Atomics.load(this.words, ACTIVE)
    while (active < limit) {
      const found = Atomics.compareExchange(this.words, ACTIVE, active, active + 1)
      if (found === active) {
        Atomics.add(this.byThread, this.thread, 1)
        return true
      }
      active = found
    }
    return false
  }

  leave(count = 1): void {
    Atomics.sub(this.byThread, this.thread, count)
    Atomics.sub(this.words, ACTIVE, count)
  }

  /** A thread is gone, and with it the requests it held: their places are given back. */
  abandon(thread: number): void {
    Atomics.sub(this.words, ACTIVE, Atomics.exchange(this.byThread, thread, 0))
  }

  get active(): number {
    return Atomics.load(this.words, ACTIVE)
  }

  private settle(): void {
    let latest = 0
    for (let slot = 0; slot < MAX_EXPERIMENTS; slot++) latest = Math.max(latest, this.until(slot))
    this.floats[LATEST] = latest
  }
}

const at = (slot: number, part: number): number => HEAD_FLOATS + slot * FLOATS + part
