import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { BUDGET_BYTES, DailyBudget } from '../../src/shadow/daily-budget.ts'

const NOON = Date.UTC(2026, 10, 26, 12)
const HOUR = 3_600_000
const memory = (): BigInt64Array => new BigInt64Array(new SharedArrayBuffer(BUDGET_BYTES))
const spend = (budget: DailyBudget, times: number): number => Array.from({ length: times }, () => budget.take()).filter(Boolean).length

describe('a daily budget', () => {
  it('gives as many a day as it says, and says what is left', () => {
    const budget = new DailyBudget(memory(), 5, () => NOON)
    expect(budget.left).toBe(5)
    expect(spend(budget, 3)).toBe(3)
    expect(budget.left).toBe(2)
    expect(spend(budget, 10)).toBe(2)
    expect([budget.left, budget.take()]).toEqual([0, false])
  })

  it('begins anew at midnight UTC, and not before', () => {
    let ms = NOON
    const budget = new DailyBudget(memory(), 3, () => ms)
    spend(budget, 9)
    ms = NOON + 12 * HOUR - 1
    expect(budget.take()).toBe(false)
    ms += 1
    expect([budget.left, spend(budget, 9), budget.left]).toEqual([3, 3, 0])
    ms += 48 * HOUR
    expect(spend(budget, 9)).toBe(3)
  })

  it('of 0 gives nothing', () => {
    expect(new DailyBudget(memory(), 0, () => NOON).take()).toBe(false)
  })

  it('that is made smaller or larger counts what has been spent', () => {
    const word = memory()
    spend(new DailyBudget(word, 10, () => NOON), 8)
    expect(new DailyBudget(word, 5, () => NOON).take()).toBe(false)
    expect(spend(new DailyBudget(word, 12, () => NOON), 9)).toBe(4)
  })

  it('is exact over threads that spend at the same time', async () => {
    const word = memory()
    const source = `
      import { parentPort, workerData } from 'node:worker_threads'
      import { DailyBudget } from ${JSON.stringify(new URL('../../src/shadow/daily-budget.ts', import.meta.url).href)}
      const budget = new DailyBudget(new BigInt64Array(workerData), 20_000, () => ${NOON})
      let spent = 0
      for (let i = 0; i < 15_000; i++) if (budget.take()) spent++
      parentPort.postMessage(spent)`
    const spent = await Promise.all([0, 1, 2].map(() => new Promise<number>((resolve, reject) => {
      const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData: word.buffer })
      worker.once('message', resolve)
      worker.once('error', reject)
    })))
    expect(spent.reduce((sum, count) => sum + count, 0)).toBe(20_000)
  })
})
