import type { AlertmanagerAlert } from './alertmanager-client.ts'
import type { AlertRule, PrometheusAlert } from './prometheus-client.ts'
import type { Notification } from './receiver.ts'
import type { Delivery, Dose, Gap, Handling, RuleReading, Source, Spell } from './record.ts'
import { keyOf, type Labels } from './selector.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Turns what the sources say, one look after the other, into spells, handlings, deliveries, doses and gaps. */
export class Observer {
  /** What Prometheus's clock is ahead of ours, ms. */
  private readonly aheadMs: number
  private readonly open = new Map<string, Mutable<Spell>>()
  private readonly handled = new Map<string, Mutable<Handling>>()
  private readonly failing = new Map<Source, Mutable<Gap>>()
  private readonly answered = new Map<Source, number>()
  private readonly heard = new Set<Source>()
  private readonly counts = new Map<string, number>()
  private lastCountSentMs: number
  private metered: { readonly experiment: string, readonly dose: Mutable<Dose> } | undefined
  readonly spells: Spell[] = []
  readonly handlings: Handling[] = []
  readonly deliveries: Delivery[] = []
  readonly gaps: Gap[] = []
  readonly ruleReadings: RuleReading[] = []

  constructor(startMs: number, aheadMs: number) {
    this.aheadMs = aheadMs
    this.lastCountSentMs = startMs
    for (const source of ['Prometheus', 'Alertmanager', 'Windtunnel'] as const) this.answered.set(source, startMs)
  }

  alerts(atMs: number, alerts: readonly PrometheusAlert[]): void {
    this.answer('Prometheus', atMs)
    const there = new Set<string>()
    for (const { labels, state, activeAtMs } of alerts) {
      const key = `${activeAtMs} ${keyOf(labels)}`
      there.add(key)
      let spell = this.open.get(key)
      if (spell === undefined) {
        spell = { labels, activeAtMs: activeAtMs - this.aheadMs, firstSeenMs: atMs, firingSeenMs: undefined, endedMs: undefined }
        this.open.set(key, spell)
        this.spells.push(spell)
      }
      if (state === 'firing') spell.firingSeenMs ??= atMs
    }
    for (const [key, spell] of this.open) {
      if (there.has(key)) continue
      spell.endedMs = atMs
      this.open.delete(key)
    }
  }

  handling(atMs: number, alerts: readonly AlertmanagerAlert[]): void {
    this.answer('Alertmanager', atMs)
    for (const { labels, state, startsAtMs, receivers, suppressedBy } of alerts) {
      const key = `${startsAtMs} ${keyOf(labels)}`
      let handling = this.handled.get(key)
      if (handling === undefined) {
        handling = { labels, startsAtMs: startsAtMs - this.aheadMs, activeSeenMs: undefined, suppressedSeenMs: undefined, suppressedBy: [], receivers }
        this.handled.set(key, handling)
        this.handlings.push(handling)
      }
      if (state === 'active') handling.activeSeenMs ??= atMs
      if (state === 'suppressed') {
        handling.suppressedSeenMs ??= atMs
        handling.suppressedBy = suppressedBy
      }
    }
  }

  notification(atMs: number, { receiver, alerts }: Notification): void {
    for (const { labels, status, startsAtMs } of alerts) this.deliveries.push({ atMs, receiver, labels, status, startsAtMs: startsAtMs - this.aheadMs })
  }

  rules(atMs: number, rules: readonly AlertRule[]): void {
    const last = this.ruleReadings.at(-1)
    if (last === undefined || JSON.stringify(last.rules) !== JSON.stringify(rules)) this.ruleReadings.push({ atMs, rules })
  }

  /** @param sentMs when it was asked: what had been injected by then is in the counts */
  injected(sentMs: number, atMs: number, counts: ReadonlyMap<string, number>): void {
    this.answer('Windtunnel', atMs)
    if (this.metered !== undefined) {
      const { experiment, dose } = this.metered
      const before = this.counts.get(experiment) ?? 0
      const now = counts.get(experiment) ?? 0
      // a count that fell has begun anew
      const more = now < before ? now : now - before
      if (more > 0) {
        if (dose.firstMs === undefined) {
          dose.firstMs = atMs
          dose.notBeforeMs = Math.max(dose.notBeforeMs ?? 0, this.lastCountSentMs)
        }
        dose.lastMs = atMs
        dose.count += more
      }
    }
    for (const [experiment, value] of counts) this.counts.set(experiment, value)
    this.lastCountSentMs = sentMs
  }

  /** Counts what an experiment injects from now on. */
  meter(experiment: string, atMs: number): Dose {
    const dose: Mutable<Dose> = { count: 0, firstMs: undefined, notBeforeMs: atMs, lastMs: undefined }
    this.metered = { experiment, dose }
    return dose
  }

  failed(source: Source, atMs: number, reason: string): void {
    const gap = this.failing.get(source)
    if (gap !== undefined) {
      gap.toMs = atMs
      return
    }
    const opened: Mutable<Gap> = { source, fromMs: this.answered.get(source) ?? atMs, toMs: atMs, reason }
    this.failing.set(source, opened)
    this.gaps.push(opened)
  }

  /** Whether a source has answered since the beginning. */
  hasAnswered(source: Source): boolean {
    return this.heard.has(source)
  }

  /** Gaps that are still open last until now. */
  close(atMs: number): void {
    for (const gap of this.failing.values()) gap.toMs = atMs
  }

  /** Alerts that are pending or firing now. */
  active(): readonly Labels[] {
    return [...this.open.values()].map(({ labels }) => labels)
  }

  private answer(source: Source, atMs: number): void {
    const gap = this.failing.get(source)
    if (gap !== undefined) gap.toMs = atMs
    this.failing.delete(source)
    this.answered.set(source, atMs)
    this.heard.add(source)
  }
}
