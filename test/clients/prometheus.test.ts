import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ON_FREE_PORTS, temporaryFolder, until, Windtunnel } from '../support/windtunnel.ts'
import { isInstalled, run, start } from './support/command.ts'
import { jsonOf, Origin, sendJson } from './support/origin.ts'

/** One element of an instant vector. */
interface Result {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

/** A Prometheus that scrapes one target every second. */
class Prometheus {
  private readonly url: string

  private constructor(url: string) {
    this.url = url
  }

  static async start(target: string): Promise<Prometheus> {
    const folder = temporaryFolder()
    const file = join(folder, 'prometheus.yml')
    writeFileSync(file, `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: windtunnel
    static_configs: [{ targets: ["${target}"] }]
`)
    const { child, ended } = start('prometheus', [`--config.file=${file}`, `--storage.tsdb.path=${join(folder, 'data')}`, '--web.listen-address=127.0.0.1:0'])
    let log = ''
    const address = await new Promise<string>((resolve, reject) => {
      child.stderr?.on('data', (text: string) => {
        log += text
        const found = /msg="Listening on" address=(127\.0\.0\.1:\d+)/.exec(log)?.[1]
        if (found !== undefined) resolve(found)
      })
      void ended.then(() => reject(new Error(`prometheus did not start:\n${log}`)))
    })
    const prometheus = new Prometheus(`http://${address}`)
    await until(async () => (await fetch(`http://${address}/-/ready`)).ok)
    return prometheus
  }

  /** What an expression of PromQL gives now. */
  async query(expression: string): Promise<readonly Result[]> {
    const response = await fetch(`${this.url}/api/v1/query?query=${encodeURIComponent(expression)}`)
    const { status, data } = await response.json() as { status: string, data: { result: readonly Result[] } }
    expect([expression, status]).toEqual([expression, 'success'])
    return data.result
  }

  async number(expression: string): Promise<number> {
    const [result] = await this.query(expression)
    return Number(result?.value[1] ?? Number.NaN)
  }
}

const isHere = isInstalled('prometheus')
const hasPromtool = isInstalled('promtool')

describe.skipIf(!isHere || !hasPromtool)('Prometheus', () => {
  let yaml: string
  let tunnel: Windtunnel
  let prometheus: Prometheus
  /** Requests that were sent, as "route backend code". */
  const sent = new Map<string, number>()
  beforeAll(async () => {
    const model = await Origin.start(async (request, response) => {
      const { number = 0 } = request.method === 'POST' ? await jsonOf(request) : {}
      if (request.url === '/model/broken') return sendJson(response, { error: 'broken' }, 500)
      sendJson(response, { id: Math.random(), label: 'cheap', number })
    })
    const shadow = await Origin.start(async (request, response) => {
      const { number } = await jsonOf(request)
      sendJson(response, { id: Math.random(), label: number === 7 ? 'dear' : 'cheap', number })
    })
    yaml = `${ON_FREE_PORTS}
workers: 2
log: { access: 100 }
backends:
  model: { url: "${model.url}", health: { path: /healthz, interval: 1s } }
  shadow: { url: "${shadow.url}" }
  gone: { url: "http://127.0.0.1:1", eject: { failures: 3, base: 10m, max: 10m } }
routes:
  - name: model
    match: { path: { prefix: /model } }
    backend: model
    mirrors: [{ backend: shadow, percent: 100, timeout: 10s, compare: { ignore: [/id] } }]
  - { name: chaotic, match: { path: { prefix: /chaotic } }, backend: model }
  - { name: gone, match: { path: { prefix: /gone } }, backend: gone }
chaos:
  limits: { percent: 100, active: 10 }
  experiments:
    - { name: down, route: chaotic, percent: 100, duration: 10m, faults: [{ kind: delay, fixed: 1ms }, { kind: abort, status: 418 }] }
`
    tunnel = await Windtunnel.start(yaml)
    await tunnel.compares()
    prometheus = await Prometheus.start(new URL(tunnel.admin).host)
    await tunnel.api('POST', '/api/v1/chaos/down/start')
    const ask = async (path: string, key: string, body?: unknown): Promise<void> => {
      const response = await fetch(`${tunnel.url}${path}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
      await response.text()
      const full = `${key} ${response.status}`
      sent.set(full, (sent.get(full) ?? 0) + 1)
    }
    for (let number = 0; number < 40; number++) await ask('/model', 'model model', { number }) // oxlint-disable-line no-await-in-loop -- one counter after another
    await Promise.all(Array.from({ length: 7 }, () => ask('/model/broken', 'model model', {})))
    await Promise.all(Array.from({ length: 5 }, () => ask('/elsewhere', ' ')))
    await Promise.all(Array.from({ length: 6 }, () => ask('/chaotic', 'chaotic model')))
    for (let i = 0; i < 6; i++) await ask('/gone', 'gone gone') // oxlint-disable-line no-await-in-loop -- one after another
    await new Promise((resolve) => { connect(tunnel.port, '127.0.0.1').resume().once('close', resolve).end('NOT HTTP\r\n\r\n') })
    // from the third failure in a thread on, it answers for the backend that is gone
    expect([...sent.keys()]).toEqual(['model model 200', 'model model 500', '  404', 'chaotic model 418', 'gone gone 502', ...sent.has('gone gone 503') ? ['gone gone 503'] : []])
  })

  /** Values by what the series is labelled with, in this order. */
  const byLabels = async (expression: string, ...labels: string[]): Promise<Record<string, number>> =>
    Object.fromEntries((await prometheus.query(expression)).map(({ metric, value }) => [labels.map((label) => metric[label] ?? '').join(' '), Number(value[1])]))
  const total = (): number => [...sent.values()].reduce((sum, count) => sum + count, 0)

  it('finds its target up', async () => {
    await until(async () => await prometheus.number('up{job="windtunnel"}') === 1)
    expect(await prometheus.number('scrape_samples_scraped')).toBeGreaterThan(100)
  })

  it('counts by route, backend and code what was sent, over all threads', async () => {
    await until(async () => await prometheus.number('sum(windtunnel_requests_total)') >= total())
    expect(await byLabels('windtunnel_requests_total', 'route', 'backend', 'code')).toEqual(Object.fromEntries(sent))
  })

  it('has as many durations as requests, and quantiles of them', async () => {
    expect(await prometheus.number('sum(windtunnel_request_duration_seconds_count)')).toBe(total())
    const median = await prometheus.number('histogram_quantile(0.5, sum by (le) (windtunnel_request_duration_seconds_bucket{route="model"}))')
    expect(median).toBeGreaterThan(0)
    expect(await prometheus.number('sum(windtunnel_request_duration_seconds_bucket{le="+Inf"})')).toBe(total())
  })

  it('knows how every mirrored request ended, and which field differed', async () => {
    await until(async () => await prometheus.number('sum(windtunnel_mirror_requests_total)') >= 47)
    expect(await byLabels('windtunnel_mirror_requests_total{leg="shadow"} > 0', 'outcome')).toEqual({ match: 39, differ: 1, primary_error: 7 })
    expect(await prometheus.number('windtunnel_mirror_sampled_total{leg="shadow"}')).toBe(47)
    await until(async () => await prometheus.number('sum(windtunnel_comparisons_total{field="/label"})') >= 40)
    expect(await byLabels('windtunnel_comparisons_total{field="/label"}', 'result')).toEqual({ match: 39, differ: 1 })
  })

  it('knows what chaos did, what was refused and which backend is well', async () => {
    expect(await byLabels('windtunnel_chaos_injected_total', 'experiment', 'fault')).toEqual({ 'down delay': 6, 'down abort': 6 })
    expect(await prometheus.number('windtunnel_chaos_experiment_running{experiment="down"}')).toBe(1)
    expect(await prometheus.number('sum(windtunnel_refused_requests_total)')).toBe(1)
    expect(await prometheus.number('windtunnel_backend_healthy{backend="model"}')).toBe(1)
    expect(await prometheus.number('windtunnel_config_last_reload_successful')).toBe(1)
  })

  it('does not see a counter fall when a config is put in force', async () => {
    await tunnel.reload(yaml.replace('timeout: 10s', 'timeout: 9s'))
    const reloadedAt = await tunnel.metric('config_last_reload_success_timestamp_seconds')
    await until(async () => await prometheus.number('windtunnel_config_last_reload_success_timestamp_seconds') >= reloadedAt)
    expect(await byLabels('windtunnel_requests_total', 'route', 'backend', 'code')).toEqual(Object.fromEntries(sent))
    expect(await prometheus.number('sum(resets(windtunnel_requests_total[5m]))')).toBe(0)
  })

  it('has nothing to say against the page', async () => {
    const response = await fetch(`${tunnel.admin}/metrics`)
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    const { code, stdout, stderr } = await run('promtool', ['check', 'metrics'], { input: await response.text() })
    expect([stdout.toString(), stderr, code]).toEqual(['', '', 0])
  })

  it('leaves Windtunnel at rest', async () => {
    await tunnel.rests()
  })
})
