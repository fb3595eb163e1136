import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatFinding } from '../../src/config/finding.ts'
import { load } from '../../src/config/load.ts'
import { type Demo, startDemo } from '../../src/demo/demo.ts'
import { demoConfig } from '../../src/demo/demo-config.ts'
import { drawHouse } from '../../src/demo/market.ts'
import { createRng } from '../../src/core/rng.ts'

let demo: Demo
beforeAll(async () => {
  demo = await startDemo({ tokenMs: 0, now: () => performance.timeOrigin + performance.now() })
})
afterAll(() => demo.close())

const rng = createRng(99)
const instances = Array.from({ length: 200 }, () => drawHouse(rng))
const predict = async (url: string): Promise<Record<string, unknown>> =>
  await (await fetch(`${url}/v1/models/house:predict`, { method: 'POST', body: JSON.stringify({ instances }) })).json() as Record<string, unknown>
const labelsOf = async (url: string): Promise<readonly string[]> =>
  (await predict(url) as { predictions: { label: string }[] }).predictions.map(({ label }) => label)
const write = async (url: string): Promise<string | null> => {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 })
  return (await client.chat.completions.create({ model: 'prose', messages: [{ role: 'user', content: 'What does a shadow do?' }], seed: 3 })).choices[0]!.message.content
}
/** The config of the demo, which must hold. */
const loaded = (): Extract<ReturnType<typeof load>, { ok: true }> => {
  const result = load(demoConfig(demo.urls, { listen: '127.0.0.1:8080', admin: '127.0.0.1:9901' }), {
    file: 'demo.yaml', env: {}, readFile: () => { throw new Error('the demo reads no file') }
  })
  if (!result.ok) throw new Error(result.findings.map(formatFinding).join('\n'))
  return result
}

describe('the demo', () => {
  it('serves five models, each of which is healthy, on addresses of their own on loopback', async () => {
    const urls = Object.values(demo.urls)
    expect(new Set(urls).size).toBe(5)
    for (const url of urls) {
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
      expect((await fetch(`${url}/healthz`)).status).toBe(200)
    }
  })

  it('has house models that agree on most houses and disagree on some', async () => {
    const [v1, v2, v3] = await Promise.all([demo.urls.v1, demo.urls.v2, demo.urls.v3].map(labelsOf))
    for (const [one, other] of [[v1, v2], [v1, v3], [v2, v3]]) {
      const flips = one!.filter((label, i) => label !== other![i]).length
      expect(flips).toBeGreaterThan(0)
      expect(flips).toBeLessThan(instances.length / 4)
    }
  })

  it('has language models that write differently when asked the same', async () => {
    expect(await write(demo.urls.llm1)).not.toBe(await write(demo.urls.llm2))
  })

  it('describes each model in a line, with its error', () => {
    const lines = demo.describe()
    for (const name of ['v1', 'v2', 'v3']) expect(lines.filter((line) => line.startsWith(`${name}: `))).toEqual([expect.stringMatching(/off by \d+\.\d k \(rmse\), label right for \d+(?:\.\d)? %$/)])
    expect(lines).toContainEqual(expect.stringMatching(/^v1 and v2 disagree: label \d/))
    expect(lines).toContainEqual(expect.stringMatching(/^v1 and v3 disagree: at the harbour label \d.*; elsewhere label \d/))
    for (const name of ['llm1', 'llm2']) expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^${name}: .*perplexity \\d`)))
  })

  it('is gone after it was closed', async () => {
    const other = await startDemo({ seed: 2, now: () => 0 })
    await other.close()
    for (const url of Object.values(other.urls)) await expect(fetch(`${url}/healthz`)).rejects.toThrow()
  })
})

describe('the config of the demo', () => {
  it('holds, without a warning', () => {
    expect(loaded().warnings).toEqual([])
  })

  it('listens where it is told to, and knows the servers', () => {
    const { config } = loaded()
    expect([config.listen.address, config.admin.address]).toEqual([{ host: '127.0.0.1', port: 8080 }, { host: '127.0.0.1', port: 9901 }])
    const { v1, v2, v3, llm1, llm2 } = demo.urls
    expect(Object.entries(config.backends).map(([name, { url }]) => [name, url])).toEqual([['v1', v1], ['v2', v2], ['next', v3], ['llm1', llm1], ['llm2', llm2]])
    for (const { health } of Object.values(config.backends)) expect(health?.path).toBe('/healthz')
  })

  it('gives the canaries their shares, the shadow everything, and v1 a baseline', () => {
    const { routes } = loaded().config
    expect(routes.map(({ name, split }) => [name, Object.fromEntries(split.map(({ backend, weight }) => [backend, weight]))])).toEqual([
      ['house-price', { v1: 95, v2: 5 }], ['chat', { llm1: 90, llm2: 10 }], ['embeddings', { llm1: 1 }]
    ])
    expect(routes[0]!.mirrors).toMatchObject([{ backend: 'next', percent: 100, baseline: { backend: 'v1', percent: 50 } }])
  })

  it('ignores in comparisons all in which two answers differ that are not predictions', async () => {
    const [one, other] = [await predict(demo.urls.v1), await predict(demo.urls.v3)]
    const unlike = Object.keys(one).filter((key) => key !== 'predictions' && JSON.stringify(one[key]) !== JSON.stringify(other[key]))
    expect(loaded().config.routes[0]!.mirrors[0]!.compare.ignore.toSorted()).toEqual(unlike.map((key) => `/${key}`).toSorted())
  })

  it('has two experiments that wait to be started and end by themselves', () => {
    const { chaos } = loaded().config
    expect(chaos?.experiments.map(({ name, start, faults }) => [name, start, faults.map(({ kind }) => kind)])).toEqual([
      ['slow-canary', 'manual', ['delay']], ['flaky-chat', 'manual', ['abort']], ['odd-shadow', 'manual', ['label-flip']], ['cut-streams', 'manual', ['cut-stream']]
    ])
  })
})
