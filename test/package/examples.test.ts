import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments, parseDocument } from 'yaml'
import { formatFinding } from '../../src/config/finding.ts'
import { load, type Loaded } from '../../src/config/load.ts'
import { jsonOf, Origin, sendJson } from '../clients/support/origin.ts'
import { ROOT, temporaryFolder, until, Windtunnel } from '../support/windtunnel.ts'

const FOLDER = join(ROOT, 'config')
// a game day is more than a config: gameday/ has a plan and the settings of its servers
const NAMES = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'))
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8')

/** The config that a Kubernetes manifest mounts. */
function mountedConfig(): string {
  const maps = parseAllDocuments(read('kubernetes.yaml')).map((document) => document.toJS() as { kind: string, data?: Record<string, string> }).filter(({ kind }) => kind === 'ConfigMap')
  expect(maps.length).toBe(1)
  return maps[0]!.data!['windtunnel.yaml']!
}

const loadText = (name: string, text: string): Loaded => load(text, {
  file: name,
  env: {},
  readFile: (path) => {
    if (path === '/run/secrets/windtunnel/token') return 'secret\n'
    throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' })
  }
})

/** The example with test servers in the backends' places, on free ports; all else as it stands in the file. */
function onTestServers(text: string, urls: Readonly<Record<string, string>>, edits: Readonly<Record<string, unknown>> = {}): string {
  const document = parseDocument(text)
  document.setIn(['listen'], '127.0.0.1:0')
  document.setIn(['admin', 'listen'], '127.0.0.1:0')
  const { backends } = document.toJS() as { backends: Record<string, unknown> }
  expect(Object.keys(urls).toSorted()).toEqual(Object.keys(backends).toSorted())
  for (const [name, url] of Object.entries(urls)) document.setIn(['backends', name, 'url'], url)
  for (const [path, value] of Object.entries(edits)) document.setIn(path.split('.'), value)
  return document.toString()
}

/** A model that answers with its name, and notes what it was asked. */
async function modelNamed(name: string, answer: (asked: Record<string, unknown>) => Record<string, unknown> = () => ({ model: name })): Promise<Origin> {
  return await Origin.start(async (request, response) => sendJson(response, request.method === 'POST' ? answer(await jsonOf(request)) : { model: name }))
}

const post = async (url: string, body: unknown, headers: Record<string, string> = {}): Promise<{ readonly status: number, readonly headers: Headers, readonly body: Record<string, unknown> }> => {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) as Record<string, unknown> }
}

/** What `GET /api/v1/mirrors` says of one leg. */
interface Leg {
  readonly backend: string
  readonly outcomes: Readonly<Record<string, number>>
}
interface Report {
  readonly shadow: Leg
  readonly baseline: Leg | null
  readonly judgement: { readonly fields: readonly { readonly path: string, readonly rates: { readonly different: number } }[] }
}
const reports = async (tunnel: Windtunnel): Promise<readonly Report[]> => (await tunnel.api('GET', '/api/v1/mirrors'))['mirrors'] as readonly Report[]
const HOUSE = '/v1/models/house:predict'

describe('the example configs', () => {
  it('are these', () => {
    expect(NAMES.toSorted()).toEqual(['canary.yaml', 'chaos.yaml', 'kubernetes.yaml', 'llm.yaml', 'quickstart.yaml', 'shadow.yaml'])
  })

  it.each(NAMES)('%s holds, with nothing to say against it', (name) => {
    const loaded = loadText(name, name === 'kubernetes.yaml' ? mountedConfig() : read(name))
    expect((loaded.ok ? loaded.warnings : loaded.findings).map(formatFinding)).toEqual([])
    expect(loaded.ok).toBe(true)
  })

  it.each(NAMES.filter((name) => name !== 'kubernetes.yaml'))('%s names the schema that stands beside the folder', (name) => {
    const [, schema] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(read(name)) ?? []
    expect(JSON.parse(readFileSync(join(FOLDER, schema!), 'utf8'))).toHaveProperty('properties.routes')
  })
})

describe('config/quickstart.yaml', () => {
  it('copies every request to the next model and reports what that answers differently', async () => {
    const [stable, next] = [await modelNamed('stable', ({ n }) => ({ label: 'cheap', n })), await modelNamed('next', ({ n }) => ({ label: n === 2 ? 'dear' : 'cheap', n }))]
    const tunnel = await Windtunnel.start(onTestServers(read('quickstart.yaml'), { stable: stable.url, next: next.url }))
    await tunnel.compares()
    for (const n of [1, 2, 3]) expect((await post(`${tunnel.url}/any`, { n })).body).toEqual({ label: 'cheap', n }) // oxlint-disable-line no-await-in-loop -- one after another
    await until(async () => (await tunnel.metric('mirror_requests_total')) >= 3)
    expect(next.seen.map(({ headers }) => headers['x-windtunnel-mirror'])).toEqual(['next', 'next', 'next'])
    const [report] = await reports(tunnel)
    expect(report).toMatchObject({ shadow: { backend: 'next', outcomes: { match: 2, differ: 1 } }, baseline: null })
    expect(report!.judgement.fields.filter(({ rates: { different } }) => different > 0).map(({ path }) => path)).toEqual(['/label'])
  })
})

describe('config/canary.yaml', () => {
  it('gives the canary its share of users, who stay with it, and falls back when it is gone', async () => {
    const [stable, canary] = [await modelNamed('stable'), await modelNamed('canary')]
    const tunnel = await Windtunnel.start(onTestServers(read('canary.yaml'), { stable: stable.url, canary: canary.url }))
    const served = async (user: string): Promise<unknown> => (await post(`${tunnel.url}${HOUSE}`, {}, { 'x-user-id': user })).body['model']
    const users = Array.from({ length: 400 }, (_, i) => `user-${i}`)
    const models = await Promise.all(users.map(served))
    const chosen = users.filter((_, i) => models[i] === 'canary')
    // 5 % of 400 is 20; the draws are hashes, so this is the same in every run, and 99.9 % of draws lie in these bounds
    expect(chosen.length).toBeGreaterThan(5)
    expect(chosen.length).toBeLessThan(35)
    expect(await Promise.all(users.map(served))).toEqual(models)
    expect(await (await fetch(`${tunnel.url}/healthz`)).json()).toEqual({ model: 'stable' })
    await canary.close()
    expect(await served(chosen[0]!)).toBe('stable')
    expect(await tunnel.metric('fallbacks_total', { route: 'house-price' })).toBe(1)
  })
})

describe('config/shadow.yaml', () => {
  it('compares by its rules, keeps clients\' credentials from the shadow, and measures the noise of the model itself', async () => {
    const answer = (id: string, label: string, score: number) => ({ id, created: id.length, predictions: [{ label, score }] })
    const stable = await modelNamed('stable', () => answer('a', 'cheap', 0.5))
    const next = await modelNamed('next', ({ n }) => answer('bbb', n === 1 ? 'dear' : 'cheap', n === 2 ? 0.6 : 0.5 + 1e-8))
    const tunnel = await Windtunnel.start(onTestServers(read('shadow.yaml'), { stable: stable.url, next: next.url }))
    await tunnel.compares()
    const headers = { authorization: 'Bearer of-the-client', cookie: 'visit=1' }
    for (let i = 0; i < 60; i++) await post(`${tunnel.url}${HOUSE}`, { n: i }, { ...headers, 'x-request-id': `request-${i}` }) // oxlint-disable-line no-await-in-loop -- one after another
    await until(async () => (await reports(tunnel)).every(({ baseline }) => Object.keys(baseline!.outcomes).length > 0) && await tunnel.metric('mirror_requests_total', { leg: 'shadow' }) === 60)
    const [{ judgement, baseline } = {} as Report] = await reports(tunnel)
    const fields = Object.fromEntries(judgement.fields.map(({ path, rates: { different } }) => [path, different]))
    expect(fields).toMatchObject({ '/predictions/*/label': 1, '/predictions/*/score': 1 })
    expect(Object.keys(fields).filter((path) => /id|created/.test(path))).toEqual([])
    expect(baseline!.outcomes).toEqual({ match: expect.any(Number) })
    expect(new Set(next.seen.map(({ headers: sent }) => sent.authorization))).toEqual(new Set(['Bearer none']))
    expect(next.seen.filter(({ headers: sent }) => sent.cookie !== undefined)).toEqual([])
    expect(stable.seen.filter(({ headers: sent }) => sent['x-windtunnel-mirror'] === undefined).map(({ headers: sent }) => sent.authorization)).toEqual(Array.from({ length: 60 }, () => 'Bearer of-the-client'))
    await tunnel.rests()
  })
})

describe('config/chaos.yaml', () => {
  it('does nothing until it is started; holds the canary\'s requests back until it is stopped; fails a few of a tenant', async () => {
    const [stable, canary] = [await modelNamed('stable'), await modelNamed('canary')]
    const tunnel = await Windtunnel.start(onTestServers(read('chaos.yaml'), { stable: stable.url, canary: canary.url }, {
      'chaos.experiments.0.faults.0.fixed': '5m' // long enough to be looked at
    }))
    const ask = (user: string, id: string, tenant = 'other'): ReturnType<typeof post> => post(`${tunnel.url}${HOUSE}`, {}, { 'x-user-id': user, 'x-tenant': tenant, 'x-request-id': id })
    const users = Array.from({ length: 100 }, (_, i) => `user-${i}`)
    const models = await Promise.all(users.map(async (user, i) => (await ask(user, `first-${i}`, 'acme-1')).body['model']))
    const user = users[models.indexOf('canary')]!
    expect(await tunnel.metric('chaos_injected_total')).toBe(0)

    // request ids are drawn by hash: asked in turn, the same one is hit in every run
    await tunnel.api('POST', '/api/v1/chaos/slow-canary/start')
    const before = canary.seen.length
    let asked = 0
    let held: ReturnType<typeof ask> | undefined
    while (await tunnel.metric('chaos_active') === 0) {
      held = ask(user, `slow-${asked++}`)
      let over = false
      const isHeld = until(async () => over || await tunnel.metric('chaos_active') === 1)
      await Promise.race([held, isHeld]) // oxlint-disable-line no-await-in-loop -- one after another
      over = true
      await isHeld // oxlint-disable-line no-await-in-loop -- one after another
    }
    expect(canary.seen.length).toBe(before + asked - 1)
    expect(await tunnel.metric('chaos_injected_total', { experiment: 'slow-canary', fault: 'delay' })).toBe(1)
    await tunnel.api('POST', '/api/v1/chaos/slow-canary/stop')
    expect((await held!).body).toEqual({ model: 'canary' })

    await tunnel.api('POST', '/api/v1/chaos/acme-unavailable/start')
    const answers = await Promise.all(Array.from({ length: 400 }, (_, i) => ask(`user-${i}`, `acme-${i}`, i % 2 === 0 ? 'acme-1' : 'other')))
    const failed = answers.flatMap(({ status, headers, body }, i) => status === 503 ? [{ even: i % 2 === 0, after: headers.get('retry-after'), body }] : [])
    expect(failed.length).toBeGreaterThan(0)
    expect(failed.length).toBeLessThan(20)
    expect(failed).toEqual(failed.map(() => ({ even: true, after: '1', body: { error: 'overloaded' } })))
    await tunnel.api('POST', '/api/v1/chaos/stop')
    await tunnel.rests()
  })
})

describe('config/llm.yaml', () => {
  it('routes by the model in the body, keeps a user with a model, and cancels what a client leaves', async () => {
    const [small, large, hosted] = [await modelNamed('small'), await modelNamed('large'), await modelNamed('hosted')]
    const tunnel = await Windtunnel.start(onTestServers(read('llm.yaml'), { small: small.url, large: large.url, hosted: hosted.url }), { LLM_TOKEN: 'of-the-provider' })
    const chat = `${tunnel.url}/v1/chat/completions`

    expect((await post(chat, { model: 'gpt-9', user: 'a' }, { authorization: 'Bearer of-the-client', 'x-user-id': '17' })).body).toEqual({ model: 'hosted' })
    expect(hosted.last.headers).toMatchObject({ host: new URL(hosted.url).host, authorization: 'Bearer of-the-provider' })
    expect(hosted.last.headers).not.toHaveProperty('x-user-id')

    const users = Array.from({ length: 60 }, (_, i) => `user-${i}`)
    const round = (): Promise<unknown[]> => Promise.all(users.map(async (user) => (await post(chat, { model: 'llama', user })).body['model']))
    const models = await round()
    expect(new Set(models)).toEqual(new Set(['small', 'large']))
    expect(await round()).toEqual(models)
    expect((await post(`${tunnel.url}/v1/embeddings`, { model: 'gpt-embedding' })).body).toEqual({ model: 'small' })

    hosted.handler = (_request, response) => { response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {}\n\n') }
    const controller = new AbortController()
    const stream = await fetch(chat, { method: 'POST', body: '{"model":"gpt-9","stream":true}', signal: controller.signal })
    await stream.body!.getReader().read()
    controller.abort()
    await hosted.lost(({ response }) => response === hosted.last.response)
    await tunnel.rests()
  })
})

describe('config/kubernetes.yaml', () => {
  it('is served, with writes for who has the token alone', async () => {
    const token = join(temporaryFolder(), 'token')
    writeFileSync(token, 'secret\n')
    const [stable, next] = [await modelNamed('stable'), await modelNamed('next')]
    const tunnel = await Windtunnel.start(onTestServers(mountedConfig(), { stable: stable.url, next: next.url }, { 'admin.tokenFile': token, 'shutdown.delay': '0s' }))
    expect((await post(`${tunnel.url}/any`, {})).body).toEqual({ model: 'stable' })
    const reload = async (headers: Record<string, string>): Promise<number> => (await fetch(`${tunnel.admin}/api/v1/config/reload`, { method: 'POST', headers })).status
    expect([await reload({}), await reload({ authorization: 'Bearer wrong' }), await reload({ authorization: 'Bearer secret' })]).toEqual([401, 401, 200])
    expect((await fetch(`${tunnel.admin}/readyz`)).status).toBe(200)
    tunnel.signal('SIGTERM')
    expect(await tunnel.exited).toBe(0)
  })

  it('probes paths and ports that are there', () => {
    const deployment = parseAllDocuments(read('kubernetes.yaml')).map((document) => document.toJS() as Record<string, unknown>).find(({ kind }) => kind === 'Deployment')
    const { config } = loadText('kubernetes.yaml', mountedConfig()) as Extract<Loaded, { ok: true }>
    const [sidecar] = (deployment as { spec: { template: { spec: { initContainers: { restartPolicy: string, args: string[], ports: { name: string, containerPort: number }[], startupProbe: Probe, livenessProbe: Probe, readinessProbe: Probe, volumeMounts: { mountPath: string }[] }[] } } } }).spec.template.spec.initContainers
    expect(sidecar!.restartPolicy).toBe('Always')
    expect(Object.fromEntries(sidecar!.ports.map(({ name, containerPort }) => [name, containerPort]))).toEqual({ http: config.listen.address.port, admin: config.admin.address.port })
    const { startupProbe, livenessProbe, readinessProbe } = sidecar!
    expect([startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => [httpGet.path, httpGet.port])).toEqual([['/livez', 'admin'], ['/livez', 'admin'], ['/readyz', 'admin']])
    expect(sidecar!.args).toEqual(['run', '/etc/windtunnel/windtunnel.yaml'])
    expect(sidecar!.volumeMounts.map(({ mountPath }) => mountPath)).toEqual(['/etc/windtunnel', '/run/secrets/windtunnel'])
    expect(config.admin.tokenFile).toBe('/run/secrets/windtunnel/token')
  })
})

interface Probe {
  readonly httpGet: { readonly path: string, readonly port: string }
}
