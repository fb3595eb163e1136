/** Something that ends by itself when its time comes. */
export interface Timed {
  /** On the clock of `Deadlines.now`, in ms; Infinity for none. */
  deadlineMs: number
  /** Called once when the deadline has passed; it has been set back to Infinity by then. */
  expire(): void
}

const TICK_MS = 25

/**
 * Deadlines for many connections with one timer: every 25 ms the set is walked and what is due expires, so a deadline is
 * kept to within two ticks and moving one costs an assignment. Sockets stay in the set for life; a request adds nothing.
 */
export class Deadlines {
  /** Coarse monotonic time in ms, at most a tick old. */
  now: number
  private readonly clock: () => number
  private readonly members = new Set<Timed>()
  private timer: NodeJS.Timeout | undefined

  /** `clock` is monotonic, in ms. */
  constructor(clock: () => number) {
    this.clock = clock
    this.now = clock()
  }

  /** When a wait of `ms` that begins now is over. */
  after(ms: number): number {
    if (this.timer === undefined) this.now = this.clock() // nobody has been waiting, so no tick has kept it up
    return this.now + ms + TICK_MS
  }

  add(member: Timed): void {
    this.members.add(member)
    if (this.timer !== undefined) return
    this.now = this.clock()
    this.timer = setInterval(() => this.sweep(), TICK_MS)
    this.timer.unref()
  }

  delete(member: Timed): void {
    this.members.delete(member)
    if (this.members.size > 0 || this.timer === undefined) return
    clearInterval(this.timer)
    this.timer = undefined
  }

  private sweep(): void {
    const now = this.clock()
    this.now = now
    for (const member of this.members) {
      if (member.deadlineMs > now) continue
      member.deadlineMs = Infinity
      member.expire()
    }
  }
}
