/** An exchange that waits, or whose answer is altered as it goes, because a fault says so. */
export interface HeldExchange {
  readonly experiments: readonly string[]
  /** Lets it go on now, untouched from here on. */
  release(): void
}

/** Exchanges that are held, so that stopping an experiment lets them go at once. */
export class HeldRequests {
  private readonly members = new Set<HeldExchange>()

  add(held: HeldExchange): void {
    this.members.add(held)
  }

  delete(held: HeldExchange): void {
    this.members.delete(held)
  }

  get size(): number {
    return this.members.size
  }

  /** Lets go what one experiment holds, or everything. */
  release(experiment?: string): void {
    for (const held of [...this.members]) if (experiment === undefined || held.experiments.includes(experiment)) held.release()
  }
}
