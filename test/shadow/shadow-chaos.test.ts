import { describe, expect, it, vi } from 'vitest'
import { keyOf } from '../../src/core/hash.ts'
import { drawnBy } from '../../src/chaos/experiment.ts'
import { CapturedAnswer } from '../../src/shadow/captured.ts'
import { eventually } from '../http/support/signal.ts'
import type { TestDataPlane } from '../support/data-plane.ts'
import { heldBy, converse, serveMirrored, settled } from './support/mirrored.ts'
import { serveModel } from './support/origin.ts'

const chaosOf = (faults: string, more = '', arm = 'shadow'): string => `chaos:
  limits: { percent: 0.001, active: 1000 }
  experiments:
    - { name: one, route: all, where: { arm: ${arm}${more} }, percent: 100, duration: 1h, faults: [${faults}] }
`
const ANSWER = '{"label": "cat", "score": 1.0}'
const IDS = Array.from({ length: 30 }, (_, i) => `copy-${i}`)
const REST = { inFlight: 0, bytes: 0 }

async function serve(chaos: string, mirror = 'percent: 100, timeout: 5s'): Promise<{ plane: TestDataPlane, seen: () => number, ask: (id: string, lines?: string, body?: string) => Promise<string> }> {
  const reply = serveModel.bind(undefined, (_request, response) => { response.setHeader('content-type', 'application/json').end(ANSWER) })
  const [origin, shadow] = [await reply(), await reply()]
  const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, mirror, chaos })
  plane.startChaos()
  return {
    plane,
    seen: () => shadow.seen.length,
    ask: async (id, lines = '', body = '') => (await converse(plane.port, `POST / HTTP/1.1\r\nhost: a\r\nx-request-id: ${id}\r\nconnection: close\r\n${lines}content-length: ${body.length}\r\n\r\n${body}`))[0]!.body
  }
}

const bodies = (plane: TestDataPlane): readonly string[] => plane.trials.map(({ shadow }) => shadow?.body.toString() ?? '')

describe('chaos on copies', () => {
  it('degrades what is compared and nothing a client sees, whatever share of requests may be hit', async () => {
    const { plane, ask } = await serve(chaosOf('{ kind: null-field, at: /label }'))
    const texts = await Promise.all(IDS.map((id) => ask(id)))
    expect(texts.every((text) => text.endsWith(ANSWER))).toBe(true)
    expect(await settled(plane, IDS.length)).toEqual({ pair: IDS.length })
    await eventually(() => plane.trials.length === IDS.length)
    expect([...new Set(bodies(plane))]).toEqual([ANSWER.replace('"cat"', 'null')])
    expect(plane.trials.every(({ primary }) => primary.body.toString() === ANSWER)).toBe(true)
    expect(plane.exchanges.every(({ injected, decisions }) => injected.length === 0 && decisions.length === 0)).toBe(true)
    expect(plane.chaosRecords.map(({ decisions: [first] }) => [first!.side, first!.faults[0]!.result])).toEqual(IDS.map(() => ['shadow', 'injected']))
    expect([heldBy(plane), plane.switchboard.active]).toEqual([REST, 0])
  })

  it('answers in the place of a shadow that is not asked', async () => {
    const { plane, seen, ask } = await serve(chaosOf('{ kind: abort, status: 200, body: "{}" }'))
    await ask('a')
    await settled(plane, 1)
    await eventually(() => plane.trials.length === 1)
    expect([bodies(plane), seen()]).toEqual([['{}'], 0])
    const failing = await serve(chaosOf('{ kind: abort, status: 503 }'))
    await failing.ask('a')
    expect(await settled(failing.plane, 1)).toEqual({ shadow_error: 1 })
  })

  it('holds a copy back, as part of the time its shadow takes, and lets it go when it is stopped', async () => {
    const { plane, ask } = await serve(chaosOf('{ kind: delay, fixed: 80ms }'))
    await ask('a')
    await eventually(() => plane.trials.length === 1)
    expect(plane.trials[0]!.shadow!.firstByteMs).toBeGreaterThanOrEqual(79)
    const slow = await serve(chaosOf('{ kind: delay, fixed: 10m }'), 'percent: 100, timeout: 60s')
    await ask('b')
    await slow.ask('c')
    await eventually(() => slow.plane.data.held.size === 1)
    slow.plane.data.held.release('one')
    await eventually(() => slow.plane.trials.length === 1)
    expect([heldBy(slow.plane), slow.plane.switchboard.active]).toEqual([REST, 0])
  })

  it('holds no copy back for longer than the mirror waits', async () => {
    const { plane, ask, seen } = await serve(chaosOf('{ kind: delay, fixed: 10m }'), 'percent: 100, timeout: 50ms')
    await ask('a')
    expect(await settled(plane, 1)).toEqual({ shadow_timeout: 1 })
    expect([seen(), plane.data.held.size, plane.switchboard.active, heldBy(plane)]).toEqual([0, 0, 0, REST])
  })

  it('is within its scope, bodies included, though the data plane reads none for it', async () => {
    const { plane, ask } = await serve(chaosOf('{ kind: null-field, at: /label }', ', body: { /tier: free }, backend: next'))
    await ask('a', '', '{"tier":"free"}')
    await ask('b', '', '{"tier":"paid"}')
    await ask('c', 'x-chaos-exempt: 1\r\n', '{"tier":"free"}')
    await settled(plane, 3)
    await eventually(() => plane.trials.length === 3)
    expect(Object.fromEntries(plane.trials.map(({ requestId, shadow }) => [requestId, shadow!.body.includes('null')]))).toEqual({ a: true, b: false, c: false })
  })

  it('on both hits clients and copies by the same draw', async () => {
    const { plane, ask } = await serve(chaosOf('{ kind: delay, fixed: 1ms }', '', 'both').replace('percent: 100,', 'percent: 50,').replace('0.001', '60'))
    await Promise.all(IDS.map((id) => ask(id)))
    await settled(plane, IDS.length)
    const [experiment] = plane.data.plan.routes[0]!.experiments
    const drawn = IDS.filter((id) => drawnBy(experiment!, keyOf(id)) < 0.5)
    const struck = plane.exchanges.filter(({ injected }) => injected.length > 0).map(({ requestId }) => requestId)
    expect(struck.toSorted()).toEqual(drawn.toSorted())
    expect(drawn.length).toBeGreaterThan(5)
  })

  it('that goes wrong costs the copy it happens to, and no client', async () => {
    const { plane, ask } = await serve(chaosOf('{ kind: null-field, at: /label }'))
    const spy = vi.spyOn(CapturedAnswer.prototype, 'joined').mockImplementation(() => { throw new Error('breaks on purpose') })
    expect(await ask('a')).toContain(ANSWER)
    expect(await settled(plane, 1)).toEqual({ dropped_error: 1 })
    spy.mockRestore()
    expect([heldBy(plane), plane.switchboard.active]).toEqual([REST, 0])
  })

  it('is refused for faults that are about connections or streams', async () => {
    await expect(serve(chaosOf('{ kind: reset }'))).rejects.toThrow(/one of its faults is about connections or streams/)
  })
})
