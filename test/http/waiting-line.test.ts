import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Deadlines } from '../../src/http/deadlines.ts'
import { type Waiter, WaitingLine } from '../../src/http/waiting-line.ts'
import { Random, runSeed } from './support/random.ts'

const waiter = (): Waiter => ({ ticket: undefined, onConnected: () => undefined, onUnconnected: () => undefined })

function setUp(): { deadlines: Deadlines, line: WaitingLine, late: Waiter[], pass: (ms: number) => void } {
  vi.useFakeTimers()
  onTestFinished(() => { vi.useRealTimers() })
  let ms = 0
  const deadlines = new Deadlines(() => ms)
  const late: Waiter[] = []
  const line: WaitingLine = new WaitingLine(deadlines, (ticket) => {
    line.leave(ticket)
    late.push(ticket.waiter)
  })
  const pass = (by: number): void => {
    ms += by
    vi.advanceTimersByTime(by)
  }
  return { deadlines, line, late, pass }
}

describe('a line of waiters', () => {
  it('is like a list of them, whoever leaves', () => {
    const { deadlines, line } = setUp()
    const random = new Random(runSeed())
    const list: { readonly waiter: Waiter, readonly fresh: boolean }[] = []
    for (let step = 0; step < 5000; step++) {
      if (list.length === 0 || random.below(10) < 5) {
        const one = { waiter: waiter(), fresh: random.once(4) }
        list.push(one)
        line.join(one.waiter, one.fresh, 1000)
      } else {
        const [gone] = list.splice(random.once(3) ? random.below(list.length) : 0, 1)
        const { ticket } = gone!.waiter
        for (let i = 0; i < 2; i++) line.leave(ticket!)
        expect(gone!.waiter.ticket).toBeUndefined()
      }
      const label = `seed ${random.seed} step ${step}`
      expect([line.length, line.freshLength, deadlines.size], label).toEqual([list.length, list.filter(({ fresh }) => fresh).length, list.length])
      expect([line.first?.waiter, line.next(false)?.waiter, line.next(true)?.waiter], label).toEqual([list[0]?.waiter, list[0]?.waiter, list.find(({ fresh }) => !fresh)?.waiter])
    }
  })

  it('numbers tickets as they are drawn', () => {
    const { line } = setUp()
    const all = Array.from({ length: 3 }, waiter)
    for (const one of all) line.join(one, false, 1000)
    expect([...all.map(({ ticket }) => ticket!.number), line.drawn]).toEqual([1, 2, 3, 3])
  })

  it('tells of those whose time is up, and of no others', () => {
    const { line, late, pass } = setUp()
    const [soon, gone, later] = [waiter(), waiter(), waiter()]
    line.join(soon, false, 100)
    line.join(gone, true, 100)
    line.join(later, false, 1000)
    line.leave(gone.ticket!)
    pass(200)
    expect([late, line.length, line.first?.waiter]).toEqual([[soon], 1, later])
  })

  it('keeps nothing of who has left, nor of who stood beside', () => {
    const { line } = setUp()
    const [first, second, third] = [waiter(), waiter(), waiter()]
    for (const one of [first, second, third]) line.join(one, false, 1000)
    const { ticket } = second
    line.leave(ticket!)
    expect([ticket!.before, ticket!.behind, first.ticket!.behind, third.ticket!.before]).toEqual([undefined, undefined, third.ticket, first.ticket])
  })

  it('leaves the tickets of another line alone', () => {
    const { line } = setUp()
    const { line: other } = setUp()
    const one = waiter()
    line.join(one, false, 1000)
    other.leave(one.ticket!)
    expect([line.length, other.length, one.ticket?.waiter]).toEqual([1, 0, one])
  })
})
