import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { drawnBy } from '../../src/chaos/experiment.ts'
import { draw, type Key, keyOf, saltOf } from '../../src/core/hash.ts'
import type { Mirror } from '../../src/shadow/mirror.ts'
import { chiSquareBound, countBound } from '../support/chance.ts'
import { NOBODY } from './support/bad-shadows.ts'
import { converse, serveMirrored, settled, yamlOf } from './support/mirrored.ts'
import { serveModel } from './support/origin.ts'

const KEYS: readonly Key[] = Array.from({ length: 40_000 }, (_, i) => keyOf(`request-${i}`))
const PERCENTS = [0, 0.01, 0.5, 1, 5, 10, 33.3, 50, 90, 99.9, 100]

/** Two mirrors, one with a baseline, behind a split, with an experiment running; ports that no test connects to. */
const plan = (percent: number, other = 50): string => `version: 1
backends:
  live: { url: "http://127.0.0.1:${NOBODY}" }
  canary: { url: "http://127.0.0.1:${NOBODY}" }
  third: { url: "http://127.0.0.1:${NOBODY}" }
  next: { url: "http://127.0.0.1:${NOBODY}" }
  after: { url: "http://127.0.0.1:${NOBODY}" }
routes:
  - name: all
    split: [{ backend: live, weight: 5 }, { backend: canary, weight: 3 }, { backend: third, weight: 2 }]
    mirrors:
      - { backend: next, percent: ${percent}, baseline: { backend: live, percent: ${other} } }
      - { backend: after, percent: ${other} }
  - { name: more, backend: live, mirrors: [{ backend: next, percent: ${other} }] }
chaos:
  limits: { percent: 100, active: 100 }
  experiments:
    - { name: slow, route: all, percent: 20, duration: 1h, faults: [{ kind: delay, fixed: 1ms }] }
`

interface Mirrors {
  readonly next: Mirror
  readonly baseline: Mirror
  readonly after: Mirror
  readonly more: Mirror
  readonly arm: (key: Key) => string
  readonly isSlow: (key: Key) => boolean
}

async function mirrorsOf(percent: number): Promise<Mirrors> {
  const { data } = await serveMirrored(plan(percent))
  const [all, more] = data.plan.routes
  const [next, after] = all!.mirrors
  return {
    next: next!.options.shadow, baseline: next!.options.baseline!, after: after!.options.shadow, more: more!.mirrors[0]!.options.shadow,
    arm: (key) => all!.split(key).name, isSlow: (key) => drawnBy(all!.experiments[0]!, key) < all!.experiments[0]!.share
  }
}

/** Pearson's chi-square of a table, against rows and columns that have nothing to do with each other. */
function dependence(rows: readonly unknown[], columns: readonly unknown[]): { chiSquare: number, bound: number } {
  const of = (values: readonly unknown[]): Map<unknown, number> => values.reduce((sums: Map<unknown, number>, value) => sums.set(value, (sums.get(value) ?? 0) + 1), new Map())
  const [byRow, byColumn, byCell] = [of(rows), of(columns), of(rows.map((row, i) => `${String(row)} ${String(columns[i])}`))]
  let chiSquare = 0
  for (const [row, inRow] of byRow) {
    for (const [column, inColumn] of byColumn) {
      const expected = inRow * inColumn / rows.length
      chiSquare += ((byCell.get(`${String(row)} ${String(column)}`) ?? 0) - expected) ** 2 / expected
    }
  }
  return { chiSquare, bound: chiSquareBound((byRow.size - 1) * (byColumn.size - 1)) }
}

describe('the sample of a mirror', () => {
  it.each(PERCENTS)('of %d %% is that share of all requests', async (percent) => {
    const { next } = await mirrorsOf(percent)
    const taken = KEYS.filter((key) => next.samples(key)).length
    expect(Math.abs(taken - KEYS.length * percent / 100)).toBeLessThanOrEqual(percent % 100 === 0 ? 0 : countBound(KEYS.length, percent / 100))
  })

  it('of a larger percent keeps every request of a smaller one', async () => {
    let before: readonly Key[] = []
    for (const percent of PERCENTS) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      const { next } = await mirrorsOf(percent)
      const lost = before.filter((key) => !next.samples(key))
      expect(lost, `${percent} %`).toEqual([])
      before = KEYS.filter((key) => next.samples(key))
    }
    expect(before).toHaveLength(KEYS.length)
  })

  it.each<[string, (mirrors: Mirrors) => (key: Key) => unknown]>([
    ['the arm', ({ arm }) => arm],
    ['the fault', ({ isSlow }) => isSlow],
    ['another mirror of the route', ({ after }) => (key) => after.samples(key)],
    ['a mirror of another route to the same backend', ({ more }) => (key) => more.samples(key)],
    ['its own baseline', ({ baseline }) => (key) => baseline.samples(key)],
    ['the access log', () => (key) => draw(saltOf('access log'), key) < 0.5]
  ])('has nothing to do with %s', async (_name, of) => {
    for (const percent of [5, 50]) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      const mirrors = await mirrorsOf(percent)
      const other = of(mirrors)
      const { chiSquare, bound } = dependence(KEYS.map((key) => mirrors.next.samples(key)), KEYS.map(other))
      expect(chiSquare).toBeLessThan(bound)
      expect(chiSquare).toBeGreaterThan(0)
    }
  })

  it('would be seen to depend on what it depends on', async () => {
    const { next, arm } = await mirrorsOf(50)
    const samples = KEYS.map((key) => next.samples(key))
    const { chiSquare, bound } = dependence(samples, KEYS.map((key, i) => samples[i] === true && i % 20 === 0 ? 'live' : arm(key)))
    expect(chiSquare).toBeGreaterThan(bound)
  })

  it('is the same in another process', async () => {
    const { next, baseline } = await mirrorsOf(12.5)
    const ids = Array.from({ length: 5000 }, (_, i) => `request-${i}`)
    const elsewhere = (leg: string, percent: number): string[] => execFileSync(process.execPath, [
      fileURLToPath(new URL('support/sample-ids.ts', import.meta.url)), 'all', 'next', leg, String(percent), '5000'
    ], { encoding: 'utf8' }).split('\n')
    expect(elsewhere('shadow', 12.5)).toEqual(ids.filter((id) => next.samples(keyOf(id))))
    expect(elsewhere('baseline', 50)).toEqual(ids.filter((id) => baseline.samples(keyOf(id))))
  })

  it('is the one it has always been, as are arms and faults', async () => {
    // frozen, as compiled from a config: when one of these changes, logs no longer replay
    const { next, baseline, arm, isSlow } = await mirrorsOf(12.5)
    const drawn = (is: (key: Key) => boolean, below: number): string => KEYS.slice(0, below).flatMap((key, i) => is(key) ? [i] : []).join(' ')
    expect({
      arms: KEYS.slice(0, 40).map((key) => arm(key).slice(0, 1)).join(''),
      sample: drawn((key) => next.samples(key), 100), baseline: drawn((key) => baseline.samples(key), 30), slow: drawn(isSlow, 60)
    }).toEqual({
      arms: 'cllllltlccllltcccltcllcllclctctcllllclcl',
      sample: '0 3 7 13 17 19 54 57 59 65 67 78 80 88', baseline: '2 6 11 17 18 20 21 22 24 27', slow: '1 13 16 19 24 35 37 39 40 42'
    })
  })

  it('is what the shadow is sent, and each pair says whose it is', async () => {
    const [origin, shadow] = [await serveModel(), await serveModel()]
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, mirror: 'percent: 30' })
    const ids = Array.from({ length: 200 }, (_, i) => `live-${i}`)
    const drawn = ids.filter((id) => plane.data.plan.routes[0]!.mirrors[0]!.options.shadow.samples(keyOf(id)))
    await Promise.all(ids.map((id) => converse(plane.port, `GET / HTTP/1.1\r\nhost: a\r\nx-request-id: ${id}\r\nconnection: close\r\n\r\n`)))
    expect(await settled(plane, drawn.length)).toEqual({ pair: drawn.length })
    expect(plane.pairs.map(({ requestId }) => requestId).toSorted()).toEqual(drawn.toSorted())
    const sent = shadow.seen.flatMap(({ lines }) => lines.filter((line) => line.startsWith('x-request-id: ')).map((line) => line.slice(14)))
    expect(sent.toSorted()).toEqual(drawn.toSorted())
    expect(origin.seen).toHaveLength(ids.length)
  })

  it('of 0 % is empty, and asks nothing of the shadow', async () => {
    const [origin, shadow] = [await serveModel(), await serveModel()]
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, mirror: 'percent: 0, baseline: { backend: live, percent: 100 }' })
    for (let i = 0; i < 20; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await converse(plane.port, `GET / HTTP/1.1\r\nhost: a\r\nx-request-id: none-${i}\r\nconnection: close\r\n\r\n`)
    }
    expect(await settled(plane, 0)).toEqual({})
    expect(await settled(plane, 0, { backend: 'live', leg: 'baseline' })).toEqual({})
    expect([shadow.seen.length, origin.seen.length]).toEqual([0, 20])
  })
})

describe('a baseline', () => {
  it('is drawn only for requests that its own backend answers', async () => {
    const [live, canary, shadow] = [await serveModel(), await serveModel(), await serveModel()]
    const plane = await serveMirrored(`version: 1
backends:
  live: { url: "http://127.0.0.1:${live.port}" }
  canary: { url: "http://127.0.0.1:${canary.port}" }
  next: { url: "http://127.0.0.1:${shadow.port}" }
routes:
  - name: all
    split: [{ backend: live, weight: 1 }, { backend: canary, weight: 1 }]
    mirrors: [{ backend: next, percent: 100, baseline: { backend: live, percent: 100 } }]
`)
    const ids = Array.from({ length: 60 }, (_, i) => `arm-${i}`)
    const toLive = ids.filter((id) => plane.data.plan.routes[0]!.split(keyOf(id)).name === 'live')
    await Promise.all(ids.map((id) => converse(plane.port, `GET / HTTP/1.1\r\nhost: a\r\nx-request-id: ${id}\r\nconnection: close\r\n\r\n`)))
    expect(await settled(plane, ids.length)).toEqual({ pair: ids.length })
    expect(await settled(plane, toLive.length, { backend: 'live', leg: 'baseline' })).toEqual({ pair: toLive.length })
    const baseline = plane.pairs.filter(({ leg }) => leg === 'baseline')
    expect(baseline.map(({ requestId }) => requestId).toSorted()).toEqual(toLive.toSorted())
    expect(baseline.every(({ mirror, backend }) => mirror === 'next' && backend === 'live')).toBe(true)
    expect(toLive.length).toBeGreaterThan(10)
    expect(live.seen).toHaveLength(toLive.length * 2)
    expect(canary.seen).toHaveLength(ids.length - toLive.length)
  })

  it('is not compared with another backend\'s answer', async () => {
    const [spare, shadow] = [await serveModel(), await serveModel()]
    const plane = await serveMirrored(yamlOf({
      primary: NOBODY, shadow: shadow.port, mirror: 'percent: 100, baseline: { backend: live, percent: 100 }',
      backends: `spare: { url: "http://127.0.0.1:${spare.port}" }`, route: 'fallback: spare'
    }))
    const [answer] = await converse(plane.port, 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
    expect(answer?.body).toBe('{"ok":true}')
    expect(await settled(plane, 1)).toEqual({ pair: 1 })
    expect(await settled(plane, 1, { backend: 'live', leg: 'baseline' })).toEqual({ dropped_fallback: 1 })
    // the primary's side was asked twice, the shadow once
    expect([spare.seen.length, shadow.seen.length]).toEqual([1, 1])
  })

  it('takes its percent of what the mirror takes', async () => {
    const { next, baseline } = await mirrorsOf(20)
    const mirrored = KEYS.filter((key) => next.samples(key))
    const both = mirrored.filter((key) => baseline.samples(key)).length
    expect(Math.abs(both - mirrored.length / 2)).toBeLessThanOrEqual(countBound(mirrored.length, 0.5))
  })
})
