/** Something that ends by itself when its time comes. */
export interface Timed {
  /** On the clock of `Deadlines.now`, in ms; Infinity for none. */
  deadlineMs: number
  /** Where `Deadlines` keeps it, for nobody else to set; -1 while it does not. */
  place: number
  /** Called once when the deadline has passed; it has been set back to Infinity by then. */
  expire(): void
}

const TICK_MS = 25

/**
 * Deadlines for many connections with one timer: every 25 ms the list is walked and what is due expires, so a deadline is
 * kept to within two ticks and moving one costs an assignment. Members know their place in the list, as some come and go with
 * each request: a hashed set would be made anew all the time, and what lived while it was would outlive many a collection.
 */
export class Deadlines {
  /** Coarse monotonic time in ms, at most a tick old. */
  now: number
  private readonly clock: () => number
  private readonly members: Timed[] = []
  private timer: NodeJS.Timeout | undefined

  /** `clock` is monotonic, in ms. */
  constructor(clock: () => number) {
    this.clock = clock
    this.now = clock()
  }

  /** How many are watched. */
  get size(): number {
    return this.members.length
  }

  /** When a wait of `ms` that begins now is over. */
  after(ms: number): number {
    if (this.timer === undefined) this.now = this.clock() // nobody has been waiting, so no tick has kept it up
    return this.now + ms + TICK_MS
  }

  add(member: Timed): void {
    if (member.place >= 0) return
    member.place = this.members.push(member) - 1
    if (this.timer !== undefined) return
    this.now = this.clock()
    this.timer = setInterval(() => this.sweep(), TICK_MS)
    this.timer.unref()
  }

  delete(member: Timed): void {
    const { members } = this
    const { place } = member
    if (place < 0) return
    member.place = -1
    const last = members.pop()
    if (last !== undefined && last !== member) {
      members[place] = last
      last.place = place
    }
    if (members.length > 0 || this.timer === undefined) return
    clearInterval(this.timer)
    this.timer = undefined
  }

  private sweep(): void {
    const now = this.clock()
    this.now = now
    // from the end: whoever takes the place of one that leaves meanwhile has been looked at
    for (let i = this.members.length - 1; i >= 0; i--) {
      const member = this.members[i]
      if (member === undefined || member.deadlineMs > now) continue
      member.deadlineMs = Infinity
      member.expire()
    }
  }
}
