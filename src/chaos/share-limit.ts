/** Share of windows in which an experiment at the limit may be disturbed. */
const ALPHA = 0.001
const WINDOW_MS = 60_000
// tilts from one that reacts within a handful of hits to one for a million requests
const TILTS = Array.from({ length: 12 }, (_, i) => 4 / 2 ** i)

/** Hits that are allowed after so many requests: `start + requests * slope`. */
interface Line {
  readonly start: number
  readonly slope: number
}

/**
 * Keeps the share of all requests that faults hit under a limit. Random draws swing around their share, so what is refused
 * is only what goes beyond the swing a share at the limit would have: in 999 windows of 1000 an experiment at the limit runs
 * undisturbed from the window's beginning to its end, however many requests there are.
 *
 * For a share p and any tilt t > 0, `exp(t * hits - requests * ln(1 - p + p * e^t))` is a martingale, which ever reaches
 * 1 / a with a chance of a at most; each tilt is a line that hits may not cross, and the lowest of them counts.
 * Source: J. Ville, Etude critique de la notion de collectif, 1939; S. R. Howard et al., Time-uniform Chernoff bounds via
 * nonnegative supermartingales, Probability Surveys 17, 2020.
 */
export class ShareLimit {
  private readonly lines: readonly Line[]
  private seen = 0
  private hit = 0
  private windowEndsMs = 0

  /** `share` in 0..1 of the requests this thread sees; 0 lets none be hit. */
  constructor(share: number) {
    this.lines = share === 0 ? [{ start: 0, slope: 0 }] : TILTS.map((tilt) => ({
      start: Math.log(TILTS.length / ALPHA) / tilt,
      slope: Math.log1p(share * Math.expm1(tilt)) / tilt
    }))
  }

  /** Counts a request, hit or not. */
  see(nowMs: number): void {
    if (nowMs >= this.windowEndsMs) {
      this.seen = 0
      this.hit = 0
      this.windowEndsMs = nowMs + WINDOW_MS
    }
    this.seen++
  }

  /** Whether one more request may be hit; counts it if so. */
  take(): boolean {
    for (const { start, slope } of this.lines) if (this.hit + 1 > start + this.seen * slope) return false
    this.hit++
    return true
  }
}
