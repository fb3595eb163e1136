import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Deadlines, type Timed } from '../../src/http/deadlines.ts'
import { Random, runSeed } from './support/random.ts'

const member = (): Timed & { expired: number } => ({ deadlineMs: Infinity, place: -1, expired: 0, expire() { this.expired++ } })

function setUp(): { deadlines: Deadlines, time: { ms: number }, pass: (ms: number) => void } {
  vi.useFakeTimers()
  onTestFinished(() => { vi.useRealTimers() })
  const time = { ms: 1000 }
  const pass = (ms: number): void => {
    for (let left = ms; left > 0; left -= 25) {
      time.ms += Math.min(25, left)
      vi.advanceTimersByTime(Math.min(25, left))
    }
  }
  return { deadlines: new Deadlines(() => time.ms), time, pass }
}

describe('deadlines', () => {
  it('expire what is due, once, no earlier than asked and within two ticks', () => {
    const { deadlines, pass } = setUp()
    const one = member()
    deadlines.add(one)
    one.deadlineMs = deadlines.after(100)
    pass(100)
    expect(one.expired).toBe(0)
    pass(50)
    expect([one.expired, one.deadlineMs]).toEqual([1, Infinity])
    pass(1000)
    expect(one.expired).toBe(1)
  })

  it('leave alone what has none, has moved on or has left', () => {
    const { deadlines, pass } = setUp()
    const [none, moved, left] = [member(), member(), member()]
    for (const one of [none, moved, left]) deadlines.add(one)
    moved.deadlineMs = deadlines.after(50)
    left.deadlineMs = deadlines.after(50)
    pass(50)
    moved.deadlineMs = deadlines.after(500)
    deadlines.delete(left)
    pass(400)
    expect([none.expired, moved.expired, left.expired]).toEqual([0, 0, 0])
  })

  it('may be set anew, or left, by what expires', () => {
    const { deadlines, pass } = setUp()
    const again = member()
    again.expire = () => {
      again.expired++
      again.deadlineMs = deadlines.after(100)
      if (again.expired === 2) deadlines.delete(again)
    }
    deadlines.add(again)
    again.deadlineMs = deadlines.after(10)
    pass(1000)
    expect(again.expired).toBe(2)
  })

  it('expire each that is due, once, whoever joins and leaves meanwhile', () => {
    const { deadlines, pass } = setUp()
    const random = new Random(runSeed())
    for (let round = 0; round < 100; round++) {
      const label = `seed ${random.seed} round ${round}`
      const [members, others] = [Array.from({ length: 1 + random.below(20) }, member), Array.from({ length: 10 }, member)]
      const due = new Set<Timed>()
      const gone = new Set<Timed>()
      for (const one of members) {
        deadlines.add(one)
        if (random.once(3)) continue
        due.add(one)
        one.deadlineMs = deadlines.after(0)
        const [leaver, joiner] = [random.pick(members), random.pick(others)]
        const what = random.below(4)
        one.expire = () => {
          one.expired++
          if (what % 2 === 1) deadlines.add(joiner)
          if (what < 2) return
          if (leaver.deadlineMs !== Infinity) gone.add(leaver)
          deadlines.delete(leaver)
        }
      }
      pass(100)
      for (const one of members) expect(one.expired, label).toBe(due.has(one) && !gone.has(one) ? 1 : 0)
      for (const one of [...members, ...others]) deadlines.delete(one)
      expect(deadlines.size, label).toBe(0)
    }
  })

  it('keep no timer when nobody waits', () => {
    const { deadlines } = setUp()
    const one = member()
    deadlines.add(one)
    expect(vi.getTimerCount()).toBe(1)
    deadlines.delete(one)
    deadlines.delete(one)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('count from now, not from when somebody last waited', () => {
    const { deadlines, time, pass } = setUp()
    const first = member()
    deadlines.add(first)
    pass(100)
    deadlines.delete(first)
    time.ms += 3_600_000
    const second = member()
    second.deadlineMs = deadlines.after(100) // as connections do: the deadline is set before they are added
    deadlines.add(second)
    pass(75)
    expect(second.expired).toBe(0)
    pass(100)
    expect(second.expired).toBe(1)
  })
})
