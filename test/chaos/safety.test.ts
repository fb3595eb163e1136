import { describe, expect, it } from 'vitest'
import { type Chaos, decide, type Verdict } from '../../src/chaos/decide.ts'
import type { Experiment } from '../../src/chaos/experiment.ts'
import type { Fault } from '../../src/chaos/fault.ts'
import { Switchboard } from '../../src/chaos/switchboard.ts'
import { keyOf } from '../../src/core/hash.ts'
import type { RequestView } from '../../src/core/request-view.ts'
import { countBound } from '../support/chance.ts'
import { requestOf } from '../support/request.ts'
import { answerWith, EVERYTHING, experimentOf, limits } from './support/experiment.ts'

const bare = requestOf()
const REQUESTS = 100_000

function running(experiments: readonly Experiment[], options?: Parameters<typeof limits>[0]): ReturnType<typeof limits> {
  const chaos = limits(options)
  for (const { slot } of experiments) chaos.switchboard.start(slot, { nowMs: 0, untilMs: Infinity })
  return chaos
}

const ask = (experiments: readonly Experiment[], chaos: Chaos, id: string, request: RequestView = bare, nowMs = 0, unit = id): Verdict => {
  chaos.share.see(nowMs)
  const verdict = decide(experiments, chaos, { request, backend: 'canary', keys: { request: keyOf(id), unit: keyOf(unit) }, nowMs, side: 'primary' })
  if (verdict.strikes.length > 0) chaos.switchboard.leave()
  return verdict
}
const isHit = ({ strikes }: Verdict): boolean => strikes.length > 0
const all = (share: number, more: Partial<Experiment> = {}): Experiment => ({ ...experimentOf('one', 0, share), ...more })

describe('a block', () => {
  it.each([[100, 0.2, 20], [100, 1, 100], [100, 0, 0], [10, 0.25, 3], [7, 0.5, 4], [1000, 0.001, 1], [3, 0.99, 3]])('of %i at a share of %d has exactly %i hits, in each one after the other', (block, share, hits) => {
    const experiment = all(share, { block })
    const chaos = running([experiment])
    for (let round = 0; round < 20; round++) {
      const struck = Array.from({ length: block }, (_, i) => isHit(ask([experiment], chaos, `r${round}-${i}`))).filter((hit) => hit).length
      expect(struck).toBe(hits)
    }
  })

  it('spreads its hits, and begins elsewhere for another experiment', () => {
    const pattern = (salt: number): string => {
      const experiment = all(0.25, { block: 8, salt })
      const chaos = running([experiment])
      return Array.from({ length: 16 }, (_, i) => isHit(ask([experiment], chaos, `r${i}`)) ? '1' : '0').join('')
    }
    expect(pattern(1)).toMatch(/^0*(?:1000){1,4}1?0*$/)
    expect(new Set([1, 2, 3, 4, 5, 6].map(pattern)).size).toBeGreaterThan(1)
  })
})

describe('the limit on hits in a minute', () => {
  it('is exact over all threads and all experiments, and begins anew each minute', () => {
    const board = new Switchboard()
    const other = new Switchboard(board.memory, 1)
    const taken = (nowMs: number): number => Array.from({ length: 200 }, (_, i) => (i % 3 === 0 ? other : board).takeOfMinute(100, nowMs)).filter((took) => took).length
    expect([taken(1000), taken(59_999), taken(60_000), taken(119_000), taken(600_000)]).toEqual([100, 0, 100, 0, 100])
    expect(board.takeOfMinute(Infinity, 600_000)).toBe(true)
  })

  it('refuses what goes beyond it, gives back the place, and says so', () => {
    const experiment = all(1)
    const chaos = { ...running([experiment]), maxPerMinute: 5 }
    const hits = Array.from({ length: 20 }, (_, i) => isHit(ask([experiment], chaos, `r${i}`)))
    expect([hits.filter((hit) => hit).length, chaos.switchboard.active, new Set(chaos.skips)]).toEqual([5, 0, new Set(['minute_limit'])])
  })
})

describe('the header that exempts', () => {
  it.each(['1', '', '0', 'false', 'no'])('wins whatever its value (%j), over every experiment and every header that asks for one', (value) => {
    const experiment = all(1, { trigger: 'x-chaos' })
    const chaos = running([experiment])
    expect(isHit(ask([experiment], chaos, 'r', requestOf({ headers: ['x-chaos: one'] })))).toBe(true)
    const verdict = ask([experiment], chaos, 'r', requestOf({ headers: ['x-chaos: one', `X-Chaos-Exempt: ${value}`] }))
    expect([isHit(verdict), verdict.decisions[0]!.skip, chaos.skips]).toEqual([false, 'exempt', ['exempt']])
  })
})

describe('a header that asks for chaos', () => {
  const struck = (header: string | undefined, share = 0.2): number => {
    const experiment = all(share, { trigger: 'x-chaos' })
    const chaos = running([experiment])
    const request = header === undefined ? bare : requestOf({ headers: [`x-chaos: ${header}`] })
    return Array.from({ length: 5000 }, (_, i) => isHit(ask([experiment], chaos, `r${i}`, request))).filter((hit) => hit).length
  }

  it('only narrows: without it nothing is hit, with it never more than is configured', () => {
    const [configured, half] = [struck('one'), struck('one;percent=10')]
    expect(Math.abs(configured - 1000)).toBeLessThan(countBound(5000, 0.2))
    expect(Math.abs(half - 500)).toBeLessThan(countBound(5000, 0.1))
    expect([struck(undefined), struck('other'), struck('one;percent=0'), struck('two, three;percent=9')]).toEqual([0, 0, 0, 0])
    for (const header of ['one;percent=100', 'one;percent=1e9', 'one;percent=-1', 'one;percent=NaN', 'one;percent=', 'other, one']) expect([0, configured]).toContain(struck(header))
  })

  it('does nothing where the experiment does not take it', () => {
    const experiment = all(0)
    const chaos = running([experiment])
    expect(isHit(ask([experiment], chaos, 'r', requestOf({ headers: ['x-chaos: one;percent=100'] })))).toBe(false)
  })
})

describe('a fault that goes wrong', () => {
  const failing: Fault = () => () => { throw new Error('breaks on purpose') }

  it('leaves the request alone, and the other faults of the experiment', () => {
    const [fault] = all(1, {}).faults
    const experiment = all(1, { faults: [{ ...fault!, fault: failing }, fault!] })
    const chaos = running([experiment])
    const { strikes, decisions } = ask([experiment], chaos, 'r')
    expect(strikes.map(({ effect }) => effect.do)).toEqual(['answer'])
    expect([decisions[0]!.faults.map(({ reason }) => reason), chaos.skips, chaos.switchboard.active]).toEqual([['error', ''], ['error'], 0])
  })

  it('costs nothing else when not even its state can be made', () => {
    const [fault] = all(1).faults
    const bad = all(1, { faults: [{ ...fault!, fault: () => { throw new Error('breaks on purpose') } }] })
    const good = { ...experimentOf('two', 1, 1, [answerWith(500)]) }
    const chaos = running([bad, good])
    expect(ask([bad, good], chaos, 'r').strikes.map(({ injection }) => injection.experiment)).toEqual(['two'])
    expect(chaos.skips).toEqual(['error'])
  })

  it('in reading its scope leaves the request alone', () => {
    const experiment = all(1, { scope: { ...EVERYTHING, tests: [{ text: '', needsBody: false, matches: () => { throw new Error('breaks on purpose') } }] } })
    const chaos = running([experiment])
    expect([isHit(ask([experiment], chaos, 'r')), chaos.skips]).toEqual([false, ['error']])
  })
})

describe('a dry run', () => {
  it('decides as a run would, injects nothing and takes no place', () => {
    const experiment = all(0.2)
    const real = running([experiment])
    const dry = limits({ maxActive: 0 })
    dry.switchboard.start(0, { nowMs: 0, untilMs: Infinity, dry: true })
    for (let i = 0; i < 2000; i++) {
      const wouldHit = isHit(ask([experiment], real, `r${i}`))
      const { strikes, decisions } = ask([experiment], dry, `r${i}`)
      expect([strikes, decisions.map(({ skip, group }) => `${group} ${skip}`)]).toEqual([[], wouldHit ? ['experiment dry_run'] : []])
    }
  })
})

describe('the groups of an experiment', () => {
  it('are apart, of the sizes that were asked for, and the same unit is always in the same one', () => {
    const experiment = all(0.1, { control: 0.1, by: 'unit' })
    const chaos = running([experiment])
    const group = (id: string, unit: string): string => ask([experiment], chaos, id, bare, 0, unit).decisions[0]?.group ?? 'rest'
    const counts = new Map<string, number>()
    for (let i = 0; i < 20_000; i++) {
      const first = group(`a${i}`, `u${i}`)
      counts.set(first, (counts.get(first) ?? 0) + 1)
      if (i % 50 === 0) expect(group(`b${i}`, `u${i}`)).toBe(first)
    }
    for (const name of ['experiment', 'control']) expect(Math.abs(counts.get(name)! - 2000)).toBeLessThan(countBound(20_000, 0.1))
    expect(counts.get('rest')).toBeGreaterThan(15_000)
  })
})

describe('a fault with a percent of its own', () => {
  it('hits that share of the requests in scope, whatever the experiment hits, and by draws of its own', () => {
    const [fault] = all(0.5).faults
    const experiment = all(0.5, { faults: [fault!, { ...fault!, kind: 'other', salt: 99, share: 0.1 }] })
    const chaos = running([experiment])
    let [both, common, own] = [0, 0, 0]
    for (let i = 0; i < REQUESTS / 5; i++) {
      const kinds = ask([experiment], chaos, `r${i}`).strikes.map(({ injection }) => injection.fault)
      if (kinds.includes('abort')) common++
      if (kinds.includes('other')) own++
      if (kinds.length === 2) both++
    }
    expect(Math.abs(common - 10_000)).toBeLessThan(countBound(20_000, 0.5))
    expect(Math.abs(own - 2000)).toBeLessThan(countBound(20_000, 0.1))
    expect(Math.abs(both - 1000)).toBeLessThan(countBound(20_000, 0.05))
  })
})

describe('a ramp', () => {
  it('over requests moves the share with each that is in scope, over all threads', () => {
    const experiment = all(1, { ramp: { shape: 'linear', of: 'percent', unit: 'requests', over: 10_000, hold: Infinity, recover: 0, from: 0, to: 1 } })
    const chaos = running([experiment])
    const hits = Array.from({ length: 12_000 }, (_, i) => isHit(ask([experiment], chaos, `r${i}`)))
    const among = (from: number, to: number): number => hits.slice(from, to).filter((hit) => hit).length
    expect(Math.abs(among(0, 10_000) - 5000)).toBeLessThan(countBound(10_000, 0.5))
    expect([among(0, 100) < 15, among(10_000, 12_000)]).toEqual([true, 2000])
  })

  it('over time begins with the start, and another start begins it anew', () => {
    const experiment = all(1, { ramp: { shape: 'step', of: 'percent', unit: 'ms', over: 1000, hold: Infinity, recover: 0, from: 0, to: 1 } })
    const chaos = limits()
    chaos.switchboard.start(0, { nowMs: 5000, untilMs: Infinity })
    expect([5000, 5199, 6000].map((nowMs) => isHit(ask([experiment], chaos, 'r', bare, nowMs)))).toEqual([false, false, true])
    chaos.switchboard.start(0, { nowMs: 6000, untilMs: Infinity })
    expect(isHit(ask([experiment], chaos, 'r', bare, 6001))).toBe(false)
  })
})
