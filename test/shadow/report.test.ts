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
        shed: off
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
    expect(mirrors).toHaveLength(1)
    const [{ judgement, ...legs }] = mirrors
    expect(legs).toMatchObject({
      route: 'houses', mirror: 'next',
      shadow: { backend: 'next', sampled: REQUESTS, underWay: 0, outcomes: { match: 79, differ: 21 }, missing: { count: 0 }, errors: { neither: REQUESTS, onlyOther: 0 } },
      baseline: { backend: 'live', sampled: REQUESTS, underWay: 0, outcomes: { match: 75, differ: 25 } }
    })
    expect(judgement).toMatchObject({ shadow: { compared: REQUESTS, match: 79, differ: 21, uncomparable: {} }, baseline: { compared: REQUESTS, match: 75, differ: 25 } })
    const found = judgement.fields.filter(({ path }: { path: string }) => path.startsWith('/'))
      .map(({ path, verdict, rates: { compared, different, baseline } }: { path: string, verdict: { kind: string }, rates: { compared: number, different: number, baseline: { compared: number, different: number } } }) =>
        [path, [different, compared], [baseline.different, baseline.compared], verdict.kind])
    // one label in five is found different; and so is a model that never changes its mind beside one that does
    expect(found.toSorted()).toEqual([
      ['/label', [20, 100], [0, 100], 'different'], ['/mood', [0, 100], [25, 100], 'different'], ['/n', [0, 100], [0, 100], 'inconclusive'], ['/score', [1, 100], [0, 100], 'inconclusive']
    ])
    const labels = judgement.examples.filter(({ path }: { path: string }) => path === '/label')
    expect(labels.length).toBeGreaterThan(0)
    for (const { requestId, primary, other } of labels) expect([Number(requestId.slice(2)) % 5, primary, other]).toEqual([0, '"cat"', '"dog"'])

    const printed = (await report(sidecar)).replace(/^[^]*?(?=^houses -> )/m, '')
    expect(printed).toMatch(/^houses -> next$/m)
    expect(printed.match(/sampled 100: .*/gm)).toEqual([
      expect.stringMatching(/^(?=.*match 79)(?=.*differ 21)[^,]*,[^,]*$/), expect.stringMatching(/^(?=.*match 75)(?=.*differ 25)[^,]*,[^,]*$/)
    ])
    expect(printed).toMatch(/^\/label +different +20\.0 % of 100 +0 of 100 +\+20\.0 \(\+\S+ \.\. \+\S+\) +differs more often than by noise/m)
    expect(printed).toMatch(/^\/score +inconclusive +1\.00 % of 100 /m)
    expect(printed).toMatch(/^\/mood +different +0 of 100 \(up to \S+ %\) +25\.0 % of 100 .* differs less often than by noise/m)
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
    const compared = async (): Promise<number> => (await mirrorsOf(sidecar))[0]?.judgement?.shadow.compared ?? 0
    let asked = 120
    while (await compared() === 0) {
      // oxlint-disable-next-line no-await-in-loop -- until one gets there
      await ask(sidecar, asked, ++asked)
    }
    await settled(sidecar, 2 * asked)
    const [{ shadow, baseline }] = await mirrorsOf(sidecar)
    for (const { sampled, outcomes, underWay } of [shadow, baseline]) {
      expect([sampled, underWay]).toEqual([asked, 0])
      expect(Object.values<number>(outcomes).reduce((sum, count) => sum + count, 0)).toBe(asked)
      expect(Object.keys(outcomes).filter((outcome) => !['match', 'differ', 'dropped_handover'].includes(outcome))).toEqual([])
    }
    expect(account(sidecar)).toEqual({ sampled: 2 * asked, ended: 2 * asked })
  })
})
