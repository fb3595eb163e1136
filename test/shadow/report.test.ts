import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { eventually } from '../http/support/signal.ts'
import { TestSidecar } from '../support/sidecar.ts'
import { converse } from './support/mirrored.ts'
import { json, type Serve, serveModel } from './support/origin.ts'

const REQUESTS = 100
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** Two models that answer alike but for the label of one request in five, and one score. */
const model = (isNext: boolean): Serve => (request, response, { body }) => {
  const { n } = JSON.parse(body) as { n: number }
  const isCopy = request.headers['x-windtunnel-mirror'] !== undefined
  json(response, {
    id: randomUUID(), // no two answers share one
    label: isNext && n % 5 === 0 ? 'dog' : 'cat',
    // within tolerance but for one
    score: 0.5 * (isNext ? n === 7 ? 1.01 : 1 + 1e-9 : 1),
    // the primary disagrees with itself on one request in four
    mood: !isNext && isCopy && n % 4 === 0 ? 'other' : 'usual',
    n
  })
}

async function serve(): Promise<TestSidecar> {
  const [live, next] = [await serveModel(model(false)), await serveModel(model(true))]
  const sidecar = await TestSidecar.start(`version: 1
listen: 127.0.0.1:0
admin: { listen: "127.0.0.1:0" }
backends:
  live: { url: "http://127.0.0.1:${live.port}" }
  next: { url: "http://127.0.0.1:${next.port}" }
routes:
  - { name: warm-up, match: { path: { exact: /warm-up } }, backend: live, mirrors: [{ backend: next, percent: 100 }] }
  - name: houses
    backend: live
    mirrors:
      - backend: next
        percent: 100
        baseline: { backend: live, percent: 100 }
        compare:
          ignore: [/id]
          fields: [{ at: /score, as: number, rel: 1.0e-6 }]
`)
  // until the analyst is there, pairs are dropped and counted
  while (sidecar.sidecar.fold.value('mirror_requests_total', { route: 'warm-up', mirror: 'next', backend: 'next', leg: 'shadow', outcome: 'differ' }) === 0) {
    // oxlint-disable-next-line no-await-in-loop -- until one gets there
    await predict(sidecar, '/warm-up', 0)
  }
  return sidecar
}

async function predict(sidecar: TestSidecar, path: string, n: number): Promise<string> {
  const body = JSON.stringify({ n })
  const [answer] = await converse(sidecar.port, `POST ${path} HTTP/1.1\r\nhost: a\r\nx-request-id: n-${n}\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
  return answer!.body
}

async function ask(sidecar: TestSidecar, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++) {
    // oxlint-disable-next-line no-await-in-loop -- one after another is the point
    expect(JSON.parse(await predict(sidecar, '/predict', n))).toMatchObject({ label: 'cat', score: 0.5, mood: 'usual', n })
  }
}

/** Requests drawn and ended in both legs, as the threads have counted them. */
function account({ sidecar }: TestSidecar): { sampled: number, ended: number } {
  const sums = sidecar.fold.collect()
  const sum = (metric: string): number => (sums.get(metric) ?? []).reduce((total, { labels, values: [count = 0] }) => total + (labels['route'] === 'houses' ? count : 0), 0)
  return { sampled: sum('mirror_sampled_total'), ended: sum('mirror_requests_total') }
}

const settled = (sidecar: TestSidecar, sampled: number): Promise<void> => eventually(() => {
  const now = account(sidecar)
  return now.sampled >= sampled && now.sampled === now.ended
})

async function mirrorsOf(sidecar: TestSidecar): Promise<any[]> { // oxlint-disable-line typescript/no-explicit-any -- tests look into it as they expect it to be
  const { json: { mirrors } } = await sidecar.api('GET', '/api/v1/mirrors')
  return mirrors.filter(({ route }: { route: string }) => route === 'houses')
}

const report = async (sidecar: TestSidecar, ...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [MAIN, 'report', '--admin', `http://127.0.0.1:${sidecar.adminPort}`, ...args])).stdout

describe('a mirror of two models', () => {
  it('is reported with exactly the fields that differ, by the API and on the command line', async () => {
    const sidecar = await serve()
    await ask(sidecar, 0, REQUESTS)
    await settled(sidecar, 2 * REQUESTS)
    const mirrors = await mirrorsOf(sidecar)
    expect(mirrors).toHaveLength(2)
    const [shadow, baseline] = mirrors
    expect(shadow).toMatchObject({ route: 'houses', mirror: 'next', backend: 'next', leg: 'shadow', sampled: REQUESTS, underWay: 0, outcomes: { match: 79, differ: 21 } })
    expect(baseline).toMatchObject({ route: 'houses', mirror: 'next', backend: 'live', leg: 'baseline', sampled: REQUESTS, underWay: 0, outcomes: { match: 75, differ: 25 } })
    expect(shadow.comparison).toMatchObject({ compared: REQUESTS, match: 79, differ: 21, uncomparable: {} })
    const differing = ({ comparison: { fields } }: { comparison: { fields: { path: string, compared: number, different: number }[] } }): unknown =>
      Object.fromEntries(fields.filter(({ path }) => path.startsWith('/')).map(({ path, compared, different }) => [path, [different, compared]]))
    expect(differing(shadow)).toEqual({ '/label': [20, 100], '/score': [1, 100], '/mood': [0, 100], '/n': [0, 100] })
    expect(differing(baseline)).toEqual({ '/mood': [25, 100], '/label': [0, 100], '/score': [0, 100], '/n': [0, 100] })
    const labels = shadow.comparison.examples.filter(({ path }: { path: string }) => path === '/label')
    expect(labels.length).toBeGreaterThan(0)
    for (const { requestId, primary, other } of labels) expect([Number(requestId.slice(2)) % 5, primary, other]).toEqual([0, '"cat"', '"dog"'])
    expect(shadow.comparison.latency.duration.count).toBe(REQUESTS)

    const printed = (await report(sidecar)).replace(/^[^]*?(?=^houses -> )/m, '')
    expect(printed).toMatch(/^houses -> next$/m)
    expect(printed).toMatch(/^houses -> live \(baseline of mirror next: /m)
    expect(printed.match(/^sampled 100: .*/gm)).toEqual([
      expect.stringMatching(/^(?=.*match 79)(?=.*differ 21)[^,]*,[^,]*$/), expect.stringMatching(/^(?=.*match 75)(?=.*differ 25)[^,]*,[^,]*$/)
    ])
    expect(printed).toMatch(/^\/label +20 +100 +20\.00 % +\S+ % \.\. \S+ % /m)
    expect(printed).toMatch(/^\/score +1 +100 +1\.00 % /m)
    expect(printed).toMatch(/^\/mood +25 +100 +25\.00 % /m)
    expect(printed).not.toContain('/id')
    const { mirrors: all } = JSON.parse(await report(sidecar, '--json')) as { mirrors: { route: string }[] }
    expect(all.filter(({ route }) => route === 'houses')).toEqual(mirrors)
  })

  it('keeps its account when the analyst is killed in the middle of its work', async () => {
    const sidecar = await serve()
    await ask(sidecar, 0, 20)
    await settled(sidecar, 40)
    const { worker } = sidecar.threads.analyst as unknown as { worker: { terminate(): Promise<number> } }
    // pairs are handed over every 20 ms, so some are on their way whenever it ends
    const asking = ask(sidecar, 20, 120)
    await eventually(() => account(sidecar).sampled > 60)
    await worker.terminate()
    await asking
    await settled(sidecar, 240)
    await sidecar.logged('thread died; starting it again')
    // one that has been started in its place compares again
    const compared = async (): Promise<number> => (await mirrorsOf(sidecar))[0]?.comparison?.compared ?? 0
    let asked = 120
    while (await compared() === 0) {
      // oxlint-disable-next-line no-await-in-loop -- until one gets there
      await ask(sidecar, asked, ++asked)
    }
    await settled(sidecar, 2 * asked)
    for (const { sampled, outcomes, underWay } of await mirrorsOf(sidecar)) {
      expect([sampled, underWay]).toEqual([asked, 0])
      expect(Object.values<number>(outcomes).reduce((sum, count) => sum + count, 0)).toBe(asked)
      expect(Object.keys(outcomes).filter((outcome) => !['match', 'differ', 'dropped_handover'].includes(outcome))).toEqual([])
    }
    expect(account(sidecar)).toEqual({ sampled: 2 * asked, ended: 2 * asked })
  })
})
