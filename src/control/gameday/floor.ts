/** Waits that are built into an alert's way, ms. */
export interface Waits {
  /** undefined where it is not known. */
  readonly scrapeMs: number | undefined
  readonly evaluationMs: number
  readonly forMs: number
  /** undefined where nothing is known of an Alertmanager, or where it is not waited for. */
  readonly groupWaitMs: number | undefined
  /** Longest range in the rule's query, if it has one. */
  readonly windowMs: number | undefined
}

export interface Term {
  readonly name: 'scrape interval' | 'evaluation interval' | 'for' | 'group_wait'
  readonly ms: number
}

/** How soon an alert can be noticed at all, whatever the fault. */
export interface Floor {
  readonly terms: readonly Term[]
  /** If the fault begins right after a scrape that is right after an evaluation: the sum of all terms. */
  readonly mostMs: number
  /** If it begins right before both: what remains is waiting on purpose. */
  readonly leastMs: number
  /** The largest term. */
  readonly dominant: Term
  /** A rate over so long rises only as the window fills with the fault; on top of the terms, and not part of them. */
  readonly windowMs: number | undefined
}

/**
 * The delay an alert has by its configuration. The fault must be scraped, then evaluated, then hold for `for`, then wait for
 * its group. `for` is rounded up to whole evaluations, since only those look whether it is over. Source: Prometheus, "Alerting
 * rules"; Alertmanager, "Configuration", group_wait.
 */
export function floorOf({ scrapeMs, evaluationMs, forMs, groupWaitMs, windowMs }: Waits): Floor {
  const held: Term = { name: 'for', ms: evaluationMs > 0 ? Math.ceil(forMs / evaluationMs) * evaluationMs : forMs }
  const terms: Term[] = [
    ...scrapeMs === undefined ? [] : [{ name: 'scrape interval', ms: scrapeMs } as const],
    { name: 'evaluation interval', ms: evaluationMs },
    held,
    ...groupWaitMs === undefined ? [] : [{ name: 'group_wait', ms: groupWaitMs } as const]
  ]
  return {
    terms,
    mostMs: terms.reduce((sum, { ms }) => sum + ms, 0),
    leastMs: held.ms + (groupWaitMs ?? 0),
    dominant: terms.reduce((largest, term) => term.ms > largest.ms ? term : largest),
    windowMs
  }
}
