// a window is this long and has so many answers at least
const WINDOW_MS = 1000
const WINDOW_ANSWERS = 20
// windows after which what is usual has mostly been forgotten: while things are as usual, and while they are not
const MEMORY = 60
const MEMORY_WHILE_SLOW = 600
// slower than usual by more than this is slow, once there have been so many windows to say what is usual
const SLOW = 2
const FIRST_WINDOWS = 10
// times below this are alike: no client notices
const FLOOR_MS = 1

/**
 * How fast answers come of late, beside how fast they usually do: geometric means, as times of models spread over orders of
 * magnitude. What is usual follows what is, slowly, so that a lasting change becomes the usual in the end.
 */
export class Pace {
  /** Times as long as usual that answers of the last window took; 1 until there is something usual. */
  slowdown = 1
  private usualLog = 0
  private windows = 0
  private sinceMs = -Infinity
  private sumLog = 0
  private count = 0

  /** An answer took `tookMs` and came at `nowMs`. */
  see(tookMs: number, nowMs: number): void {
    if (this.count === 0) this.sinceMs = nowMs
    this.sumLog += Math.log(tookMs > FLOOR_MS ? tookMs : FLOOR_MS)
    this.count++
    if (this.count >= WINDOW_ANSWERS && nowMs - this.sinceMs >= WINDOW_MS) this.close()
  }

  private close(): void {
    const meanLog = this.sumLog / this.count
    this.sumLog = 0
    this.count = 0
    this.slowdown = this.windows === 0 ? 1 : Math.exp(meanLog - this.usualLog)
    const memory = this.slowdown > SLOW && this.windows >= FIRST_WINDOWS ? MEMORY_WHILE_SLOW : Math.min(++this.windows, MEMORY)
    this.usualLog += (meanLog - this.usualLog) / memory
  }
}
