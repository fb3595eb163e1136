import { describe, expect, it } from 'vitest'
import { type Fate, forecast } from '../../../src/control/chaos-run/forecast.ts'
import { draw, keyOf, saltOf } from '../../../src/core/hash.ts'
import { wilsonInterval } from '../../../src/stats/wilson-interval.ts'
import { oneLookSize, watchedSize } from '../../../src/stats/two-share-size.ts'

const faults = [{ kind: 'delay', effect: undefined }, { kind: 'label-flip', effect: 'a(1-p) + (1-a)p/(K-1)' }]
const requests = Array.from({ length: 4000 }, (_, i) => ({ id: `r${i}`, isChat: i % 2 === 0 }))
const salt = saltOf('chaos', 'e')

/** Of chats, a tenth is hit and as many are control. */
const fateOf = ({ id, isChat }: { readonly id: string, readonly isChat: boolean }): Fate => {
  if (!isChat) return 'out'
  const drawn = draw(salt, keyOf(id))
  return drawn < 0.1 ? 'hit' : drawn >= 0.9 ? 'control' : 'rest'
}

describe('a forecast', () => {
  it('counts who would be hit, and says what to expect of a minute', () => {
    const { inScope, hit, control, faults: said, needed, requests: seen } = forecast({ requests, fateOf, requestsPerMinute: 600, faults })
    const count = requests.filter((request) => fateOf(request) === 'hit').length
    expect([seen, inScope.count, hit.count, control.count]).toEqual([4000, 2000, count, requests.filter((request) => fateOf(request) === 'control').length])
    const [low, high] = wilsonInterval(count, 4000)
    expect(hit.share).toBe(count / 4000)
    expect([hit.low, hit.high].map((share, i) => share - [low, high][i]!)).toEqual([expect.closeTo(0, 14), expect.closeTo(0, 14)])
    expect(hit.perMinute).toEqual({ expected: hit.share * 600, low: hit.low * 600, high: hit.high * 600 })
    expect(said).toEqual(faults)
    expect(needed).toBeUndefined()
  })

  it('says how long it takes to learn from it', () => {
    const wanted = { first: 0.05, second: 0.01, alpha: 0.05, power: 0.8, beyond: 0 }
    const { needed, hit, control } = forecast({ requests, fateOf, requestsPerMinute: 600, faults, wanted })
    const of = { ...wanted, ratio: control.share / hit.share }
    expect(needed?.oneLook).toBe(Math.ceil(oneLookSize(of)))
    expect(needed?.watched).toBe(watchedSize(of, 0))
    expect(needed?.watchedMinutes).toBeCloseTo(needed!.watched / (hit.share * 600), 9)
    expect(forecast({ requests, fateOf, faults, wanted }).needed?.watchedMinutes).toBeUndefined()
    expect(forecast({ requests, fateOf, faults, wanted: { ...wanted, beyond: 0.05 } }).needed?.watched).toBe(Infinity)
    expect(forecast({ requests, fateOf: () => 'hit', faults, wanted }).needed).toBeUndefined()
  })

  it('weighs requests by how likely they were to be captured', () => {
    // of the route, half are chats; of the sample, one in eleven
    const captured = [...Array.from({ length: 100 }, () => ({ fate: 'hit' as const, probability: 0.1 })), ...Array.from({ length: 1000 }, () => ({ fate: 'out' as const, probability: 1 }))]
    const { hit } = forecast({ requests: captured, fateOf: ({ fate }) => fate, probabilityOf: ({ probability }) => probability, faults })
    expect(hit.share).toBeCloseTo(0.5, 12)
    const [low, high] = wilsonInterval(100, 1100)
    expect(hit.high - hit.low).toBeGreaterThan(high - low)
  })

  it('of no requests knows nothing', () => {
    const { hit, inScope } = forecast({ requests: [], fateOf, requestsPerMinute: 60, faults })
    expect([hit, inScope].map(({ count, share, low, high }) => [count, share, low, high])).toEqual([[0, 0, 0, 1], [0, 0, 0, 1]])
    expect(forecast({ requests, fateOf: () => 'hit', faults }).hit.high).toBe(1)
  })
})
