import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type Chaos, needsBody } from '../../src/chaos/decide.ts'
import type { Experiment, Scope } from '../../src/chaos/experiment.ts'
import { keyOf } from '../../src/core/hash.ts'
import { compileBodyTests, compileHeaderTests } from '../../src/core/request-tests.ts'
import { countBound } from '../support/chance.ts'
import { requestOf } from '../support/request.ts'
import { replay } from './support/decisions.ts'
import { answerWith, EVERYTHING, experimentOf, limits, strikesOn, waitFor } from './support/experiment.ts'

const REQUESTS = 100_000
const KEYS = Array.from({ length: REQUESTS }, (_, i) => keyOf(`request-${i}`))
const request = requestOf()

/** Numbers of the requests that are hit. */
function hits(experiments: readonly Experiment[], chaos: Chaos): number[] {
  const hit: number[] = []
  KEYS.forEach((key, i) => {
    chaos.share.see(0)
    if (strikesOn(experiments, chaos, request, 'canary', key, 0).length === 0) return
    chaos.switchboard.leave()
    hit.push(i)
  })
  return hit
}

/** Limits of a process in which the first `count` experiments run for ever. */
function running(count = 1, options?: Parameters<typeof limits>[0]): ReturnType<typeof limits> {
  const chaos = limits(options)
  for (let slot = 0; slot < count; slot++) chaos.switchboard.start(slot, { nowMs: 0, untilMs: Infinity })
  return chaos
}

describe('the share of requests that an experiment hits', () => {
  it.each([1e-4, 0.01, 0.2, 0.5, 0.99])('is %d where that is what was asked for', (share) => {
    const { length } = hits([experimentOf('abort', 0, share)], running())
    expect(Math.abs(length - REQUESTS * share)).toBeLessThan(countBound(REQUESTS, share))
  })

  it('is none at 0 and all at 1', () => {
    expect(hits([experimentOf('abort', 0, 0)], running())).toHaveLength(0)
    expect(hits([experimentOf('abort', 0, 1)], running())).toHaveLength(REQUESTS)
  })

  it('is that of each experiment when two draw at once, and what both hit is a product', () => {
    const [first, second] = [experimentOf('one', 0, 0.2), experimentOf('two', 1, 0.5)]
    const sets = [first, second].map((one) => new Set(hits([one], running(2))))
    const both = [...sets[0]!].filter((i) => sets[1]!.has(i)).length
    expect(Math.abs(both - REQUESTS * 0.1)).toBeLessThan(countBound(REQUESTS, 0.1))
    expect(hits([first, second], running(2))).toHaveLength(sets[0]!.size + sets[1]!.size - both)
  })

  it('only gains victims when it is raised', () => {
    let before = new Set<number>()
    for (const share of [1e-4, 0.001, 0.01, 0.05, 0.2, 0.5, 0.99, 1]) {
      const now = new Set(hits([experimentOf('abort', 0, share)], running()))
      expect([...before].every((i) => now.has(i))).toBe(true)
      expect(now.size).toBeGreaterThan(before.size)
      before = now
    }
  })
})

describe('a decision', () => {
  it('is the same in any process, down to how long a request is held', async () => {
    const script = fileURLToPath(new URL('support/decisions.ts', import.meta.url))
    const runs = await Promise.all([1, 2].map(() => promisify(execFile)(process.execPath, [script, '--print'])))
    const here = replay().join('\n')
    expect(here).toMatch(/"ms":\d+\.\d+/)
    for (const { stdout } of runs) expect(stdout).toBe(here)
  })

  it('does nothing for experiments that do not run, or run no longer', () => {
    const chaos = limits()
    const experiments = [experimentOf('abort', 0, 1)]
    const decided = (nowMs: number): number => {
      chaos.share.see(nowMs)
      return strikesOn(experiments, chaos, request, 'canary', keyOf('k'), nowMs).length
    }
    expect(decided(0)).toBe(0)
    chaos.switchboard.start(0, { nowMs: 0, untilMs: 500 })
    expect([decided(499), decided(500), decided(501)]).toEqual([1, 0, 0])
    chaos.switchboard.start(0, { nowMs: 0, untilMs: 500 })
    chaos.switchboard.stop(0)
    expect(decided(0)).toBe(0)
    expect(chaos.skips).toEqual([])
  })

  it('is all waits in their order and then the answers, of which the first is given', () => {
    const chaos = running(3)
    const experiments = [
      experimentOf('a', 0, 1, [answerWith(500), waitFor(1)]),
      experimentOf('b', 1, 1, [waitFor(2), answerWith(503)]),
      experimentOf('c', 2, 1, [waitFor(3)])
    ]
    chaos.share.see(0)
    const strikes = strikesOn(experiments, chaos, request, 'canary', keyOf('k'), 0)
    expect(strikes.map(({ effect }) => effect.do === 'wait' ? effect.ms : effect.do === 'answer' ? effect.status : undefined)).toEqual([1, 2, 3, 500, 503])
    expect(strikes.map(({ injection }) => `${injection.experiment} ${injection.fault}`)).toEqual(['a delay', 'b delay', 'c delay', 'a abort', 'b abort'])
    expect(chaos.switchboard.active).toBe(1)
  })

  const scopes: readonly (readonly [string, Partial<Scope>, string, boolean])[] = [
    ['its backend', { backend: 'canary' }, 'canary', true],
    ['another backend', { backend: 'stable' }, 'canary', false],
    ['headers that hold', { tests: [compileHeaderTests({ 'x-tenant': 'acme-*' })] }, 'canary', true],
    ['headers that do not', { tests: [compileHeaderTests({ 'x-tenant': 'other' })] }, 'canary', false],
    ['a field of the body that holds', { tests: [compileBodyTests({ '/tier': 'free' })], needsBody: true }, 'canary', true],
    ['one of two tests that does not', { tests: [compileHeaderTests({ 'x-tenant': '*' }), compileBodyTests({ '/tier': 'paid' })], needsBody: true }, 'canary', false]
  ]
  it.each(scopes)('for %s is within scope or not', (_, scope, backend, expected) => {
    const chaos = running()
    const inside = requestOf({ method: 'POST', headers: ['x-tenant: acme-1'], body: '{"tier":"free"}' })
    chaos.share.see(0)
    const strikes = strikesOn([experimentOf('a', 0, 1, undefined, { ...EVERYTHING, ...scope })], chaos, inside, backend, keyOf('k'), 0)
    expect(strikes).toHaveLength(expected ? 1 : 0)
    expect(chaos.switchboard.active).toBe(expected ? 1 : 0)
  })

  it('needs the body only while an experiment runs that looks into it', () => {
    const chaos = limits()
    const experiments = [experimentOf('head', 0, 1), experimentOf('body', 1, 1, undefined, { ...EVERYTHING, needsBody: true })]
    chaos.switchboard.start(0, { nowMs: 0, untilMs: 100 })
    expect(needsBody(experiments, chaos, 0)).toBe(false)
    chaos.switchboard.start(1, { nowMs: 0, untilMs: 100 })
    expect(needsBody(experiments, chaos, 0)).toBe(true)
    expect(needsBody(experiments, chaos, 100)).toBe(false)
  })
})

describe('the limits over all experiments', () => {
  it('take one place for a request, however many faults it gets, and refuse beyond the cap', () => {
    const chaos = running(2, { maxActive: 2 })
    const experiments = [experimentOf('a', 0, 1, [waitFor(1), answerWith(500)]), experimentOf('b', 1, 1, [waitFor(2)])]
    const sizes = ['x', 'y', 'z'].map((key) => {
      chaos.share.see(0)
      return strikesOn(experiments, chaos, request, 'canary', keyOf(key), 0).length
    })
    expect(sizes).toEqual([3, 3, 0])
    expect(chaos.skips).toEqual(['active_limit', 'active_limit']) // each experiment says so
    chaos.switchboard.leave()
    chaos.share.see(0)
    expect(strikesOn(experiments, chaos, request, 'canary', keyOf('w'), 0)).toHaveLength(3)
  })

  it('refuse what goes beyond the share, and hold no place for it', () => {
    const chaos = running(1, { share: 0.05 })
    const { length } = hits([experimentOf('a', 0, 1)], chaos)
    expect(length).toBeLessThan(REQUESTS * 0.05 + 3 * countBound(REQUESTS, 0.05))
    expect(length).toBeGreaterThanOrEqual(REQUESTS * 0.05)
    expect(chaos.skips).toHaveLength(REQUESTS - length)
    expect(new Set(chaos.skips)).toEqual(new Set(['share_limit']))
    expect(chaos.switchboard.active).toBe(0)
  })
})
