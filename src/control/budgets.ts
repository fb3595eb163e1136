import type { Config } from '../config/types.ts'
import type { Meter } from '../core/meter.ts'
import { BUDGET_BYTES, DailyBudget } from '../shadow/daily-budget.ts'

/** Mirrors that can have a budget at once. */
export const MAX_BUDGETS = 1024

/** A mirror's place in the memory of budgets. */
export const budgetKey = (route: string, mirror: string): string => `${route}\n${mirror}`

/** The part of that memory that is a mirror's. */
export const budgetWord = (memory: SharedArrayBuffer, slot: number): BigInt64Array => new BigInt64Array(memory, slot * BUDGET_BYTES, 1)

/**
 * What mirrors may still send today: a word of shared memory each, which threads and reloads leave as it is. Slots are only
 * given to others once a config names their mirror no more and there is none left.
 */
export class Budgets {
  readonly memory: SharedArrayBuffer = new SharedArrayBuffer(MAX_BUDGETS * BUDGET_BYTES)
  private readonly slots = new Map<string, number>()
  private readonly meter: Meter
  private readonly wallClock: () => number
  private current: readonly { readonly route: string, readonly mirror: string, readonly budget: DailyBudget }[] = []

  constructor(meter: Meter, wallClock: () => number) {
    this.meter = meter
    this.wallClock = wallClock
  }

  /** Gives each mirror of a config that has a budget its slot: the one it had, if it had one. */
  assign(config: Config): Readonly<Record<string, number>> {
    const wanted = budgetsOf(config)
    const keys = new Set(wanted.map(({ route, mirror }) => budgetKey(route, mirror)))
    for (const { route, mirror } of wanted) {
      const key = budgetKey(route, mirror)
      if (!this.slots.has(key)) this.slots.set(key, this.freeSlot(keys))
    }
    return Object.fromEntries([...keys].map((key) => [key, this.slots.get(key) ?? 0]))
  }

  /** Tells what is left to the mirrors of a config, from now on. */
  follow(config: Config): void {
    const wanted = budgetsOf(config)
    for (const { route, mirror } of this.current) if (!wanted.some((one) => one.route === route && one.mirror === mirror)) this.meter.gauge('mirror_budget_left', { route, mirror }).set(0)
    this.current = wanted.map(({ route, mirror, limit }) => ({ route, mirror, budget: new DailyBudget(budgetWord(this.memory, this.slots.get(budgetKey(route, mirror)) ?? 0), limit, this.wallClock) }))
    this.measure()
  }

  /** Sets the gauges. */
  measure(): void {
    for (const { route, mirror, budget } of this.current) this.meter.gauge('mirror_budget_left', { route, mirror }).set(budget.left)
  }

  private freeSlot(wanted: ReadonlySet<string>): number {
    if (this.slots.size < MAX_BUDGETS) return this.slots.size
    const [key, slot] = [...this.slots].find(([name]) => !wanted.has(name)) ?? []
    if (key === undefined || slot === undefined) throw new Error(`mirrors: expected at most ${MAX_BUDGETS} with a dailyBudget`)
    this.slots.delete(key)
    budgetWord(this.memory, slot)[0] = 0n
    return slot
  }
}

const budgetsOf = ({ routes }: Config): readonly { readonly route: string, readonly mirror: string, readonly limit: number }[] =>
  routes.flatMap(({ name: route, mirrors }) => mirrors.flatMap(({ backend: mirror, dailyBudget: limit }) => limit === undefined ? [] : [{ route, mirror, limit }]))
