import { describe, expect, it } from 'vitest'
import { Ejection } from '../../src/core/ejection.ts'
import { Random, runSeed } from '../http/support/random.ts'

const POLICY = { failures: 3, baseMs: 1000, maxMs: 5000 }

/** An ejection, what has been told of it, and requests that are admitted and remember their epoch. */
class Subject {
  readonly changes: boolean[] = []
  readonly ejection: Ejection

  constructor(policy = POLICY) {
    this.ejection = new Ejection(policy, (ejected) => this.changes.push(ejected))
  }

  /** The epoch of a request that is let through; undefined when it is not. */
  ask(nowMs: number): number | undefined {
    return this.ejection.admit(nowMs) ? this.ejection.epoch : undefined
  }

  fail(nowMs: number, times = 1): void {
    for (let i = 0; i < times; i++) this.ejection.failed(nowMs, this.ask(nowMs)!)
  }
}

describe('an ejection', () => {
  it('takes a backend out after so many failures in a row, and not before', () => {
    const subject = new Subject()
    subject.fail(0, 2)
    subject.ejection.succeeded()
    subject.fail(0, 2)
    expect([subject.ejection.ejected, subject.changes]).toEqual([false, []])
    subject.fail(0)
    expect([subject.ejection.ejected, subject.ask(0), subject.ask(999), subject.changes]).toEqual([true, undefined, undefined, [true]])
  })

  it('lets one probe through at a time once time is up', () => {
    const subject = new Subject()
    subject.fail(0, 3)
    expect([subject.ask(1000) !== undefined, subject.ask(1000), subject.ask(9999)]).toEqual([true, undefined, undefined])
  })

  it('ends with the first probe that succeeds', () => {
    const subject = new Subject()
    subject.fail(0, 3)
    subject.ask(1000)
    subject.ejection.succeeded()
    expect([subject.ask(1000) !== undefined, subject.ask(1000) !== undefined, subject.changes]).toEqual([true, true, [true, false]])
  })

  it('doubles with each probe that fails, up to its longest', () => {
    const subject = new Subject()
    subject.fail(0, 3)
    let nowMs = 0
    for (const outMs of [1000, 2000, 4000, 5000, 5000]) {
      expect(subject.ask(nowMs + outMs - 1)).toBeUndefined()
      nowMs += outMs
      subject.ejection.failed(nowMs, subject.ask(nowMs)!)
    }
    expect(subject.changes).toEqual([true])
  })

  it('begins anew with its shortest once it has ended', () => {
    const subject = new Subject()
    subject.fail(0, 3)
    subject.ejection.failed(1000, subject.ask(1000)!)
    subject.ask(3000)
    subject.ejection.succeeded()
    subject.fail(3000, 3)
    expect([subject.ask(3999), subject.ask(4000) !== undefined]).toEqual([undefined, true])
  })

  it('gives the place of a probe that said nothing to the next', () => {
    const subject = new Subject()
    subject.fail(0, 3)
    subject.ejection.abandoned(subject.ask(1000)!)
    expect([subject.ask(1000) !== undefined, subject.ask(1000)]).toEqual([true, undefined])
  })

  it('heeds no failure of a request from before it, nor of one from before the probe', () => {
    const subject = new Subject()
    const old = Array.from({ length: 50 }, () => subject.ask(0)!)
    subject.fail(0, 3)
    for (const epoch of old.slice(0, 20)) subject.ejection.failed(900, epoch)
    const probe = subject.ask(1000)!
    for (const epoch of old.slice(20, 40)) subject.ejection.failed(1000, epoch) // the probe is on its way
    expect(subject.ask(1000)).toBeUndefined()
    subject.ejection.failed(1000, probe)
    expect([subject.ask(2999), subject.ask(3000) !== undefined]).toEqual([undefined, true]) // doubled once
    subject.ejection.succeeded()
    for (const epoch of old.slice(40)) subject.ejection.failed(3000, epoch)
    expect(subject.ejection.ejected).toBe(false)
  })

  it('is not opened to a second probe by a request from before it that says nothing', () => {
    const subject = new Subject()
    const old = subject.ask(0)!
    subject.fail(0, 3)
    subject.ask(1000)
    subject.ejection.abandoned(old)
    expect(subject.ask(1000)).toBeUndefined()
  })

  it('never happens where the config allows none', () => {
    const subject = new Subject({ ...POLICY, failures: 0 })
    subject.fail(0, 1000)
    expect(subject.ejection.ejected).toBe(false)
  })

  it('always lets a backend back in, whatever happened, once it answers', () => {
    const random = new Random(runSeed())
    for (let round = 0; round < 200; round++) {
      const subject = new Subject({ failures: 1 + random.below(4), baseMs: 1 + random.below(2000), maxMs: 2000 + random.below(2000) })
      const asked: number[] = []
      let nowMs = 0
      let probes = 0
      for (let step = 0; step < 200; step++) {
        nowMs += random.below(300)
        const wasOut = subject.ejection.ejected
        const epoch = subject.ask(nowMs)
        if (epoch !== undefined) {
          asked.push(epoch)
          if (wasOut) probes++
        }
        const one = asked.splice(random.below(asked.length + 1), 1)[0]
        if (one === undefined) continue
        if (random.once(3)) subject.ejection.abandoned(one)
        else if (random.once(4)) subject.ejection.succeeded()
        else subject.ejection.failed(nowMs, one)
      }
      for (const epoch of asked) subject.ejection.abandoned(epoch)
      const epoch = subject.ask(nowMs + 4000)
      expect(epoch, `seed ${random.seed}, round ${round}, after ${probes} probes`).toBeDefined()
      subject.ejection.succeeded()
      expect(subject.ask(nowMs + 4000)).toBeDefined()
    }
  })
})
