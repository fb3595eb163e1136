import { describe, expect, it } from 'vitest'
import { AlertmanagerClient } from '../../../src/control/gameday/alertmanager-client.ts'
import { compareClocks } from '../../../src/control/gameday/compare-clocks.ts'
import { PrometheusClient } from '../../../src/control/gameday/prometheus-client.ts'
import { type Notification, startReceiver } from '../../../src/control/gameday/receiver.ts'
import { countInjected, WindtunnelClient } from '../../../src/control/gameday/windtunnel-client.ts'
import { Origin } from '../../clients/support/origin.ts'

const { signal } = new AbortController()

/** A server that answers everything with this. */
async function answering(status: number, body: string): Promise<string> {
  return (await Origin.start((_, response) => void response.writeHead(status).end(body))).url
}

const prometheus = (url: string): PrometheusClient => new PrometheusClient({ name: 'Prometheus', url, timeoutMs: 2000 })

describe('what is not an answer', () => {
  it.each<[number, string, RegExp]>([
    [200, '<html>', /^Prometheus at \S+ answers \/api\/v1\/alerts with something that is not JSON; is it really a Prometheus\?$/],
    [404, 'page not found', /^Prometheus at \S+ answers \/api\/v1\/alerts with 404$/],
    [503, '{"status":"error","errorType":"unavailable","error":"starting"}', /^Prometheus at \S+ answers \/api\/v1\/alerts with 503: starting$/],
    [401, '{"error":{"code":"x","message":"a token"}}', /with 401: a token$/],
    [200, '{"status":"success","data":{}}', /^Prometheus at \S+ answers \/api\/v1\/alerts in a shape that is not its own \(data\.alerts: .*\)$/],
    [200, '{"status":"success","data":{"alerts":[{"labels":{},"state":"firing","activeAt":"soon"}]}}', /\(data\.alerts\.0\.activeAt: not a time: soon\)$/],
    [200, 'null', /shape that is not its own/]
  ])('is said in a sentence: %d %s', async (status, body, message) => {
    await expect(prometheus(await answering(status, body)).alerts(signal)).rejects.toThrow(message)
  })

  it('is one that takes too long, and the signal ends all waiting', async () => {
    const silent = await Origin.start(() => undefined)
    await expect(new PrometheusClient({ name: 'Prometheus', url: silent.url, timeoutMs: 50 }).alerts(signal)).rejects.toThrow(/^Prometheus does not answer at \S+ \(nothing in 0\.05 s\)$/)
    const controller = new AbortController()
    const asked = new AlertmanagerClient({ name: 'Alertmanager', url: silent.url, timeoutMs: 60_000 }).alerts(controller.signal)
    controller.abort(new Error('enough'))
    await expect(asked).rejects.toThrow('enough')
  })
})

describe('Prometheus', () => {
  it('tells rules, and why they fail', async () => {
    const url = await answering(200, JSON.stringify({ status: 'success', data: { groups: [{ name: 'g', interval: 15, rules: [
      { type: 'alerting', name: 'A', query: 'x > 1', duration: 60, labels: { severity: 'page' }, health: 'ok' },
      { type: 'alerting', name: 'B', query: 'x > 1', duration: 0, health: 'err', lastError: 'no' }, { type: 'recording', name: 'r', query: 'x', health: 'ok' }
    ] }] } }))
    expect(await prometheus(url).rules(signal)).toEqual([
      { alert: 'A', labels: { severity: 'page' }, query: 'x > 1', forMs: 60_000, intervalMs: 15_000, group: 'g', problem: undefined },
      { alert: 'B', labels: {}, query: 'x > 1', forMs: 0, intervalMs: 15_000, group: 'g', problem: 'no' }
    ])
  })

  it.each([['w:9901', { intervalMs: 5000, job: 'w', externalLabels: { cluster: '1' } }], ['v:9901', { intervalMs: 30_000, job: undefined, externalLabels: { cluster: '1' } }]])('tells how often it scrapes %s', async (target, expected) => {
    const yaml = 'global: { scrape_interval: 30s, external_labels: { cluster: 1 } }\nscrape_configs:\n- { job_name: x }\n- { job_name: w, scrape_interval: 5s, static_configs: [{ targets: ["w:9901"] }], relabel_configs: [{ replacement: "${1}" }] }\n'
    expect(await prometheus(await answering(200, JSON.stringify({ status: 'success', data: { yaml } }))).scrapeConfig(target, signal)).toEqual(expected)
  })
})

describe('Alertmanager', () => {
  it('tells why an alert is suppressed, in the words of older and newer ones', async () => {
    const alert = (status: unknown): unknown => ({ labels: { alertname: 'A' }, startsAt: '2026-01-01T00:00:00.123456789Z', receivers: [{ name: 'r' }], status })
    const url = await answering(200, JSON.stringify([
      alert({ state: 'active', silencedBy: [], inhibitedBy: [] }), alert({ state: 'suppressed', silencedBy: ['s'], inhibitedBy: ['i'], mutedBy: ['nights'] }), alert({ state: 'unprocessed', silencedBy: null })
    ]))
    const alerts = await new AlertmanagerClient({ name: 'Alertmanager', url, timeoutMs: 2000 }).alerts(signal)
    expect(alerts.map(({ state, suppressedBy }) => [state, suppressedBy])).toEqual([['active', []], ['suppressed', ['silence s', 'inhibited by i', 'muted by nights']], ['unprocessed', []]])
    expect(alerts[0]).toMatchObject({ labels: { alertname: 'A' }, startsAtMs: Date.parse('2026-01-01T00:00:00.123Z'), receivers: ['r'] })
  })
})

describe('Windtunnel', () => {
  it('counts requests that were hit, not faults: those of one request are not added', () => {
    const page = `# HELP windtunnel_chaos_injected_total Faults that were had.
windtunnel_chaos_injected_total{experiment="slow",fault="delay",arm="primary"} 7
windtunnel_chaos_injected_total{experiment="slow",fault="delay",arm="shadow"} 2
windtunnel_chaos_injected_total{fault="abort",experiment="slow"} 5
windtunnel_chaos_injected_total{experiment="brace}\\"",fault="x"} 1
windtunnel_chaos_injected_totally{experiment="slow"} 100
windtunnel_requests_total{route="slow"} 100
`
    expect([...countInjected(page)]).toEqual([['slow', 9], [String.raw`brace}\"`, 1]])
    expect([...countInjected('')]).toEqual([])
  })

  it('says when it cannot renew, and starts with a lease', async () => {
    const origin = await Origin.start((_, response) => void response.writeHead(404).end('{}'))
    const client = new WindtunnelClient({ name: 'Windtunnel', url: origin.url, headers: { authorization: 'Bearer x' }, timeoutMs: 2000 })
    expect(await client.renew('a b', signal)).toBe(false)
    expect(origin.last).toMatchObject({ method: 'POST', url: '/api/v1/chaos/a%20b/renew', headers: { authorization: 'Bearer x' } })
    let sent = ''
    origin.handler = async (request, response) => {
      for await (const piece of request) sent += String(piece)
      response.end('{"experiments":[{"name":"a","state":"running","durationMs":5000,"more":1}]}')
    }
    expect(await client.start('a', signal)).toEqual([{ name: 'a', state: 'running', durationMs: 5000 }])
    expect(JSON.parse(sent)).toEqual({ lease: '15s' })
  })
})

describe('the receiver', () => {
  it('takes webhooks of version 4 and nothing else', async () => {
    const taken: Notification[] = []
    const receiver = await startReceiver({ host: '127.0.0.1', port: 0 }, (notification) => taken.push(notification))
    const post = async (body: string): Promise<number> => (await fetch(`http://${receiver.address}/any`, { method: 'POST', body })).status
    const webhook = { version: '4', receiver: 'r', status: 'firing', alerts: [{ status: 'resolved', labels: { alertname: 'A' }, startsAt: '2026-01-01T00:00:00Z', endsAt: '' }], groupKey: '' }
    expect(await post(JSON.stringify(webhook))).toBe(200)
    expect([await post('{}'), await post('no'), await post(JSON.stringify({ ...webhook, version: '3' }))]).toEqual([400, 400, 400])
    expect(await post(`"${'x'.repeat(9 * 1024 * 1024)}"`).catch(() => 413)).toBe(413)
    expect(taken).toEqual([{ receiver: 'r', alerts: [{ status: 'resolved', labels: { alertname: 'A' }, startsAtMs: Date.parse('2026-01-01T00:00:00Z') }] }])
    const [host = '', port] = receiver.address.split(':')
    await expect(startReceiver({ host, port: Number(port) }, () => undefined)).rejects.toThrow(`receiver.listen: ${receiver.address} is in use by another process`)
    await receiver.close()
  })
})

describe('the difference of clocks', () => {
  it.each([[5000, 5000], [-250, -250], [0, 0]])('of %d ms is found, but for what looks take', async (ahead, expected) => {
    let nowMs = 0
    const delays = [80, 10, 40]
    const { aheadMs, errorMs } = await compareClocks(() => {
      const half = delays[0]! / 2
      delays.push(delays.shift()!)
      nowMs += half
      const read = nowMs + ahead
      nowMs += half
      return Promise.resolve(read)
    }, () => nowMs)
    expect([aheadMs, errorMs]).toEqual([expected, 6])
  })

  it('within what looks take is none', async () => {
    let nowMs = 0
    expect(await compareClocks(() => Promise.resolve((nowMs += 100)), () => nowMs)).toEqual({ aheadMs: 0, errorMs: 51 })
  })
})
