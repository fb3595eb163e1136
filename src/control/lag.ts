const EVERY_MS = 20
// share of a delay that is still felt at the next look: one of 400 ms is forgotten after a second
const FADING = 0.95

/** How late the event loop of this thread is, ms: at once when it is, and for a while after. */
export class Lag {
  ms = 0
  private readonly timer: NodeJS.Timeout

  constructor(clock: () => number) {
    let dueMs = clock() + EVERY_MS
    this.timer = setInterval(() => {
      const nowMs = clock()
      this.ms = Math.max(nowMs - dueMs, this.ms * FADING)
      dueMs = nowMs + EVERY_MS
    }, EVERY_MS).unref()
  }

  stop(): void {
    clearInterval(this.timer)
  }
}
