import { describe, expect, it } from 'vitest'
import { keyOf } from '../../src/core/hash.ts'
import { drawnBy } from '../../src/chaos/experiment.ts'
import { accountOf, converse, serveMirrored, settled } from './support/mirrored.ts'
import { serveModel } from './support/origin.ts'

const CHAOS = `chaos:
  limits: { percent: 100, active: 1000 }
  experiments:
    - { name: slow, route: all, percent: 30, duration: 1h, faults: [{ kind: delay, fixed: 1ms }] }
    - { name: down, route: all, percent: 20, duration: 1h, faults: [{ kind: abort, status: 503, body: down }] }
`
const IDS = Array.from({ length: 200 }, (_, i) => `chaos-${i}`)
const ask = (port: number, id: string): Promise<unknown> => converse(port, `GET / HTTP/1.1\r\nhost: a\r\nx-request-id: ${id}\r\nconnection: close\r\n\r\n`)

describe('an exchange that chaos touched', () => {
  it('is never compared, and every other one is', async () => {
    const [origin, shadow] = [await serveModel(), await serveModel()]
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, mirror: 'percent: 100, baseline: { backend: live, percent: 100 }', chaos: CHAOS })
    plane.startChaos()
    const [slow, down] = plane.data.plan.routes[0]!.experiments
    const aborted = IDS.filter((id) => drawnBy(down!, keyOf(id)) < down!.share)
    const delayed = IDS.filter((id) => drawnBy(slow!, keyOf(id)) < slow!.share && !aborted.includes(id))
    const untouched = IDS.filter((id) => !aborted.includes(id) && !delayed.includes(id))
    await Promise.all(IDS.map((id) => ask(plane.port, id)))
    expect(await settled(plane, untouched.length + delayed.length)).toEqual({ pair: untouched.length, dropped_injected: delayed.length })
    expect(await settled(plane, untouched.length, { backend: 'live', leg: 'baseline' })).toEqual({ pair: untouched.length })
    expect(accountOf(plane).sampled).toBe(untouched.length + delayed.length)
    expect(plane.pairs.filter(({ leg }) => leg === 'shadow').map(({ requestId }) => requestId).toSorted()).toEqual(untouched.toSorted())
    // what cannot be compared is not asked either
    expect(shadow.seen).toHaveLength(untouched.length)
    expect(Math.min(untouched.length, delayed.length, aborted.length)).toBeGreaterThan(10)
  })

  it('takes its place in no sample: who is drawn is the same with chaos and without', async () => {
    const [origin, shadow] = [await serveModel(), await serveModel()]
    const mirrored = async (starts: boolean): Promise<string[]> => {
      const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, mirror: 'percent: 40', chaos: CHAOS })
      if (starts) plane.startChaos()
      await Promise.all(IDS.map((id) => ask(plane.port, id)))
      await settled(plane, 1)
      const touched = new Set(plane.exchanges.filter(({ injected }) => injected.length > 0).map(({ requestId }) => requestId))
      expect(plane.pairs.some(({ requestId }) => touched.has(requestId))).toBe(false)
      return plane.pairs.map(({ requestId }) => requestId)
    }
    const [calm, rough] = [await mirrored(false), await mirrored(true)]
    expect(rough.filter((id) => !calm.includes(id))).toEqual([])
    expect(rough.length).toBeLessThan(calm.length)
  })
})
