export interface EjectionPolicy {
  /** Failures in a row that eject a backend; 0 never ejects. */
  readonly failures: number
  /** First time out, ms; doubled by each probe that fails. */
  readonly baseMs: number
  readonly maxMs: number
}

/**
 * Takes a backend out after failures in a row, and lets single probes try it again.
 *
 *     IN --failures in a row--> OUT --time is up--> PROBE --success--> IN
 *                                ^                    |
 *                                '------ failure -----'  (time doubled)
 *
 * Requests that were sent before it was taken out, or before the present probe, may fail long after: each is told by its
 * epoch, and what they say is old.
 */
export class Ejection {
  /** Of whoever has been admitted last; requests hand it back with what became of them. */
  epoch = 0
  private readonly policy: EjectionPolicy
  private readonly onChange: (ejected: boolean) => void
  private inARow = 0
  private untilMs = -Infinity
  private timeOutMs = 0
  private probing = false

  constructor(policy: EjectionPolicy, onChange: (ejected: boolean) => void = () => undefined) {
    this.policy = policy
    this.onChange = onChange
  }

  /** Whether the backend is out, or on probation. */
  get ejected(): boolean {
    return this.timeOutMs > 0
  }

  /** Whether a request may be sent now. While out, one request at a time is let through as a probe once time is up. */
  admit(nowMs: number): boolean {
    if (this.timeOutMs === 0) return true
    if (nowMs < this.untilMs || this.probing) return false
    this.probing = true
    this.epoch++
    return true
  }

  /** The backend answered. */
  succeeded(): void {
    this.inARow = 0
    if (this.timeOutMs === 0) return
    this.timeOutMs = 0
    this.probing = false
    this.onChange(false)
  }

  /** The backend could not be reached, broke off or timed out for a request of this epoch. */
  failed(nowMs: number, epoch: number): void {
    const { failures, baseMs, maxMs } = this.policy
    if (epoch !== this.epoch || failures === 0) return
    if (this.timeOutMs > 0) {
      this.timeOutMs = Math.min(maxMs, this.timeOutMs * 2)
    } else if (++this.inARow >= failures) {
      this.timeOutMs = baseMs
      this.onChange(true)
    } else {
      return
    }
    this.epoch++
    this.probing = false
    this.untilMs = nowMs + this.timeOutMs
  }

  /** A request of this epoch ended without saying anything about the backend, as when its client left. */
  abandoned(epoch: number): void {
    if (epoch === this.epoch) this.probing = false
  }
}
