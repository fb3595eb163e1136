import { beforeEach, describe, expect, it } from 'vitest'
import { Attempts } from '../../src/proxy/attempts.ts'
import type { Route } from '../../src/proxy/plan.ts'
import type { Availability, Upstream } from '../../src/proxy/upstream.ts'

let told: string[] = []
beforeEach(() => { told = [] })

/** A backend that writes down what it is told. */
function upstreamOf(name: string, availability: Availability = 'available'): Upstream {
  const say = (what: string) => (...details: unknown[]): void => void told.push([name, what, ...details].join(' '))
  const double: Pick<Upstream, 'epoch' | 'admit' | 'succeeded' | 'failed' | 'abandoned'> & { retries: { add: () => void } } = {
    epoch: 7, admit: () => availability, succeeded: say('succeeded'), failed: say('failed'), abandoned: say('abandoned'), retries: { add: say('retried') }
  }
  return double as unknown as Upstream // holds: nothing else of it is used
}

const routeTo = (fallback: Upstream | undefined): Route => ({ fallback, fallbacks: { add: () => void told.push('fell back') } }) as unknown as Route

describe('the attempts of a request', () => {
  it('tell a backend once what became of it', () => {
    for (const tell of [(one: Attempts) => one.succeeded(), (one: Attempts) => one.failed(5, false), (one: Attempts) => one.failed(5, true), () => undefined]) {
      const attempts = new Attempts()
      attempts.begin(upstreamOf('a'), false)
      tell(attempts)
      attempts.end()
      attempts.end()
    }
    expect(told).toEqual(['a succeeded', 'a failed 5 7', 'a abandoned 7', 'a abandoned 7'])
  })

  it('tell nobody anything when nobody was asked', () => {
    new Attempts().end()
    expect(told).toEqual([])
  })

  it('run a lost race again once, and count it', () => {
    const attempts = new Attempts()
    attempts.begin(upstreamOf('a'), false)
    expect(attempts.retry()).toBe(true)
    attempts.begin(upstreamOf('a'), true)
    expect([attempts.retry(), attempts.count, told]).toEqual([false, 2, ['a retried']])
  })

  it('ask the fallback once', () => {
    const fallback = upstreamOf('b')
    const attempts = new Attempts()
    attempts.begin(upstreamOf('a'), false)
    expect([attempts.fallBack(routeTo(fallback), 0), attempts.fallBack(routeTo(fallback), 0), told]).toEqual([fallback, undefined, ['fell back']])
  })

  it('ask no fallback that there is not, that is the backend itself, or that takes nothing', () => {
    const itself = upstreamOf('a')
    for (const fallback of [undefined, itself, upstreamOf('b', 'ejected'), upstreamOf('b', 'unhealthy')]) {
      const attempts = new Attempts()
      attempts.begin(itself, false)
      expect(attempts.fallBack(routeTo(fallback), 0)).toBeUndefined()
    }
    expect(told).toEqual([])
  })
})
