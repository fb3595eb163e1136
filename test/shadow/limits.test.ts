import { describe, expect, it } from 'vitest'
import { eventually } from '../http/support/signal.ts'
import type { TestDataPlane } from '../support/data-plane.ts'
import { accountOf, converse, mirrorOf, serveMirrored, settled, type Setup } from './support/mirrored.ts'
import { json, type Origin, type Serve, serveModel } from './support/origin.ts'

const DAY_MS = 86_400_000

async function start(mirror: string, { shadow, primary, ...setup }: { shadow?: Serve, primary?: Serve } & Omit<Partial<Setup>, 'shadow' | 'primary' | 'mirror'> = {}): Promise<{ plane: TestDataPlane, origin: Origin, next: Origin }> {
  const [origin, next] = [await serveModel(primary), await serveModel(shadow)]
  return { origin, next, plane: await serveMirrored({ primary: origin.port, shadow: next.port, mirror, ...setup }) }
}

async function ask(plane: TestDataPlane, count: number, head = 'GET / HTTP/1.1\r\nhost: a\r\n'): Promise<void> {
  for (let i = 0; i < count; i++) {
    // oxlint-disable-next-line no-await-in-loop -- one after another is the point
    const [answer] = await converse(plane.port, `${head}connection: close\r\n\r\n`)
    expect(answer?.head).toMatch(/^HTTP\/1\.1 200 /)
  }
}

describe('a mirror with a rate', () => {
  it('copies no more in a second, and counts the rest', async () => {
    const { plane, next } = await start('percent: 100, maxRate: 0.001')
    await ask(plane, 5)
    expect(await settled(plane, 5)).toEqual({ pair: 1, dropped_rate: 4 })
    expect(next.seen).toHaveLength(1)
  })
})

describe('a mirror with a daily budget', () => {
  it('copies no more in a day, and goes on the next day', async () => {
    const { plane, next } = await start('percent: 100, dailyBudget: 3, baseline: { backend: live, percent: 100 }')
    let now = Date.UTC(2026, 10, 26, 23, 59)
    plane.wall.clock = () => now
    await ask(plane, 5)
    expect(await settled(plane, 5)).toEqual({ pair: 3, dropped_budget: 2 })
    // nothing would come of a baseline alone
    expect(await settled(plane, 3, { backend: 'live', leg: 'baseline' })).toEqual({ pair: 3 })
    now += DAY_MS
    await ask(plane, 5)
    expect(await settled(plane, 10)).toEqual({ pair: 6, dropped_budget: 4 })
    expect(next.seen).toHaveLength(6)
  })

  it('keeps to it over reloads', async () => {
    const { plane, origin, next } = await start('percent: 100, dailyBudget: 3')
    await ask(plane, 2)
    plane.reload(`version: 1
backends: { live: { url: "http://127.0.0.1:${origin.port}" }, next: { url: "http://127.0.0.1:${next.port}" } }
routes: [{ name: all, backend: live, mirrors: [{ backend: next, percent: 100, dailyBudget: 4 }] }]
`)
    await ask(plane, 5)
    expect(await settled(plane, 7)).toEqual({ pair: 4, dropped_budget: 3 })
  })
})

describe('a mirror with a breaker', () => {
  const breaker = 'percent: 100, breaker: { failures: 3, base: 1h, max: 2h }'

  it.each<[string, Serve, string]>([
    ['fails', (_request, response) => json(response, {}, 500), 'shadow_error'],
    ['leaves', (_request, response) => void response.destroy(), 'shadow_error'],
    ['hangs', () => undefined, 'shadow_timeout']
  ])('leaves a shadow that %s alone after so many copies in a row', async (_name, shadow, outcome) => {
    const { plane, next } = await start(`${breaker}, timeout: 30ms`, { shadow })
    for (let i = 1; i <= 6; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await ask(plane, 1)
      // oxlint-disable-next-line no-await-in-loop -- the same
      await settled(plane, i)
    }
    expect(accountOf(plane).outcomes).toEqual({ [outcome]: 3, dropped_breaker: 3 })
    expect(next.seen).toHaveLength(3)
    expect(plane.fold.value('mirror_breaker_open', { route: 'all', mirror: 'next', backend: 'next', leg: 'shadow' })).toBe(1)
  })

  it('tries one copy after a while, and goes on when that is answered', async () => {
    let well = false
    const { plane, next } = await start('percent: 100, breaker: { failures: 2, base: 30ms, max: 1s }', { shadow: (_request, response) => json(response, {}, well ? 200 : 503) })
    await ask(plane, 2)
    await settled(plane, 2)
    await ask(plane, 2)
    expect(accountOf(plane).outcomes).toMatchObject({ dropped_breaker: 2 })
    well = true
    // oxlint-disable-next-line no-await-in-loop -- one after another is the point
    while (next.seen.length < 3) await ask(plane, 1)
    await eventually(() => plane.fold.value('mirror_breaker_open', { route: 'all', mirror: 'next', backend: 'next', leg: 'shadow' }) === 0)
    const { sampled } = accountOf(plane)
    await ask(plane, 5)
    expect((await settled(plane, sampled + 5))['pair']).toBe(6)
  })

  it('is not tripped by what does not come of the shadow', async () => {
    const { plane } = await start(breaker, { primary: (_request, response) => json(response, {}) })
    const gone = 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2000000\r\n'
    for (let i = 0; i < 4; i++) void converse(plane.port, `${gone}connection: close\r\n\r\n`).catch(() => undefined)
    await settled(plane, 4)
    await ask(plane, 2)
    expect(await settled(plane, 6)).toEqual({ dropped_oversize: 4, pair: 2 })
  })
})

describe('a mirror that sheds', () => {
  it('copies nothing while the event loop is late, and goes on when it no longer is', async () => {
    const { plane, next } = await start('percent: 100, shed: { lag: 100ms }')
    plane.lag.ms = 100
    await ask(plane, 3)
    plane.lag.ms = 99
    await ask(plane, 2)
    expect(await settled(plane, 5)).toEqual({ dropped_shed: 3, pair: 2 })
    expect(next.seen).toHaveLength(2)
  })

  it('copies nothing while the primary answers so many times slower than it usually does', async () => {
    const { plane } = await start('percent: 100, shed: { slowdown: 3 }')
    const pace = plane.data.plan.routes[0]!.pace!
    for (let i = 0; i < 3000; i++) pace.see(20, i * 10)
    await ask(plane, 1)
    for (let i = 3000; i < 3300; i++) pace.see(70, i * 10)
    await ask(plane, 3)
    for (let i = 3300; i < 3600; i++) pace.see(20, i * 10)
    await ask(plane, 1)
    expect(await settled(plane, 5)).toEqual({ dropped_shed: 3, pair: 2 })
  })

  it('sees how long the primary takes, mirrored or not', async () => {
    const { plane } = await start('percent: 0, shed: { slowdown: 3 }')
    const pace = plane.data.plan.routes[0]!.pace!
    const seen: number[] = []
    pace.see = (tookMs) => void seen.push(tookMs)
    await ask(plane, 3)
    expect(seen.filter((ms) => ms > 0)).toHaveLength(3)
  })
})

describe('a mirror of some requests', () => {
  it('draws only those that match', async () => {
    const { plane, next } = await start('percent: 100, match: { method: [GET], path: { prefix: /v1 } }')
    await ask(plane, 2, 'GET /v1/a HTTP/1.1\r\nhost: a\r\n')
    await ask(plane, 2, 'GET /v2/a HTTP/1.1\r\nhost: a\r\n')
    await ask(plane, 2, 'DELETE /v1/a HTTP/1.1\r\nhost: a\r\n')
    expect(await settled(plane, 2)).toEqual({ pair: 2 })
    expect(accountOf(plane).sampled).toBe(2)
    expect(next.seen.map(({ method, target }) => `${method} ${target}`)).toEqual(['GET /v1/a', 'GET /v1/a'])
  })

  it.each([
    ['a header', 'sample: { by: { header: X-Tenant } }', ''],
    ['the unit', 'sample: { by: unit }', 'unit: { header: x-tenant }']
  ])('drawn by %s takes all of one or none', async (_name, sample, route) => {
    const { plane, next } = await start(`percent: 50, ${sample}`, { route })
    for (let tenant = 0; tenant < 20; tenant++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await ask(plane, 3, `GET /${tenant} HTTP/1.1\r\nhost: a\r\nx-tenant: t${tenant}\r\n`)
    }
    await eventually(() => accountOf(plane).sampled === accountOf(plane).ended)
    const counts = new Map<string, number>()
    for (const { target } of next.seen) counts.set(target, (counts.get(target) ?? 0) + 1)
    expect([...new Set(counts.values())]).toEqual([3])
    expect(counts.size).toBeGreaterThan(3)
    expect(counts.size).toBeLessThan(17)
  })

  it('draws a request without the header it draws by by itself', async () => {
    const { plane } = await start('percent: 50, sample: { by: { header: x-tenant } }')
    for (let i = 0; i < 40; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await ask(plane, 1, `GET / HTTP/1.1\r\nhost: a\r\nx-request-id: alone-${i}\r\n`)
    }
    const { sampled } = accountOf(plane)
    expect(sampled).toBeGreaterThan(5)
    expect(sampled).toBeLessThan(35)
  })

  it('shares its sample with a mirror that has the same salt, and with no other', async () => {
    const third = await serveModel()
    const { plane } = await start('percent: 30, sample: { salt: same }', {
      backends: `third: { url: "http://127.0.0.1:${third.port}" }\nfourth: { url: "http://127.0.0.1:${third.port}" }`,
      mirrors: '- { backend: third, percent: 60, sample: { salt: same } }\n- { backend: fourth, percent: 60, sample: { salt: other } }'
    })
    const [next, same, other] = plane.data.plan.routes[0]!.mirrors.map(({ options: { shadow } }) => shadow)
    const keys = Array.from({ length: 2000 }, (_, i) => i * 7919 * 2 ** 30)
    const missed = (mirror: typeof next): number => keys.filter((key) => next!.samples(key) && !mirror!.samples(key)).length
    expect([missed(same), missed(other) > 100]).toEqual([0, true])
  })

  it('says in each trial how likely its request was to be drawn', async () => {
    const { plane } = await start('percent: 99')
    await ask(plane, 3)
    await eventually(() => accountOf(plane).sampled === accountOf(plane).ended)
    expect(new Set(plane.trials.map(({ probability }) => probability))).toEqual(new Set([0.99]))
  })
})

describe('what is known of both sides', () => {
  const answers = (plane: TestDataPlane): Record<string, number> => Object.fromEntries((plane.fold.collect().get('mirror_answers_total') ?? [])
    .flatMap(({ labels, values: [count = 0] }) => count > 0 ? [[`${labels['primary']} ${labels['other']}`, count]] : []))

  it.each<[string, number, number, string]>([
    ['both answer', 200, 404, 'ok ok'],
    ['the shadow fails', 200, 500, 'ok failed'],
    ['the primary fails', 503, 200, 'failed ok'],
    ['both fail', 500, 502, 'failed failed']
  ])('is counted when %s', async (_name, live, shadow, expected) => {
    const { plane } = await start('percent: 100', {
      primary: (_request, response) => json(response, {}, live), shadow: (_request, response) => json(response, {}, shadow)
    })
    await converse(plane.port, 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
    await settled(plane, 1)
    expect(answers(plane)).toEqual({ [expected]: 1 })
  })

  it('is counted when the primary breaks off and when the shadow does', async () => {
    const { plane } = await start('percent: 100', { primary: (_request, response) => void response.destroy(), shadow: (_request, response) => void response.destroy() })
    await converse(plane.port, 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
    await settled(plane, 1)
    expect(answers(plane)).toEqual({ 'failed failed': 1 })
  })

  it('says nothing of a request that was dropped', async () => {
    const { plane } = await start('percent: 100, maxBody: 1KiB', { shadow: (_request, response) => void response.end('x'.repeat(2000)) })
    await ask(plane, 1)
    await settled(plane, 1)
    expect(answers(plane)).toEqual({})
    expect(mirrorOf(plane).options.leg).toBe('shadow')
  })
})
