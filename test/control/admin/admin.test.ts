import { request as httpRequest } from 'node:http'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { atEndOfFile } from '../../support/at-end.ts'
import { startModel } from '../../support/model.ts'
import { testFolder, TestSidecar } from '../../support/sidecar.ts'
import { checkMetrics, hasPromtool } from '../../telemetry/support/promtool.ts'

const atEnd = atEndOfFile()
let windtunnel: TestSidecar
let tokenFile: string

// secrets by every way they can come into a config, none of which may be read from it again
const SECRETS = { environment: 'env-s3cr3t-1', file: 'file-s3cr3t-2', literal: 'literal-s3cr3t-3', key: 'key-s3cr3t-4', cookie: 'cookie-s3cr3t-5', injected: 'injected-s3cr3t-6', wanted: 'wanted-s3cr3t-7', token: 'token-s3cr3t-8' }

const config = (url: string, folder: string, more = ''): string => `version: 1
listen: 127.0.0.1:0
admin: { listen: 127.0.0.1:0, tokenFile: ${JSON.stringify(join(folder, 'token'))}, hosts: [admin.example, "ported.example:9901"] }
backends:
  model:
    url: "${url}"
    headers:
      set: { authorization: "Bearer \${SECRET}", x-secret-file: "\${file:${join(folder, 'secret')}}", x-api-key: "${SECRETS.key}", cookie: "sid=${SECRETS.cookie}", x-plain: "visible" }
  shadow: { url: "${url}", headers: { set: { Proxy-Authorization: "Basic ${SECRETS.literal}" } } }
routes:
  - name: wanted
    match: { headers: { authorization: { exact: "Bearer ${SECRETS.wanted}" } } }
    backend: model
  - name: all
    backend: model
    mirrors: [{ backend: shadow, percent: 100 }]
chaos:
  limits: { percent: 100, active: 10 }
  experiments:
    - { name: slow, route: all, percent: 10, duration: 1h, faults: [{ kind: delay, fixed: 1ms }] }
    - { name: failing, route: all, percent: 10, duration: 1h, faults: [{ kind: abort, status: 503, headers: { set-cookie: "sid=${SECRETS.injected}" } }] }
${more}`

let folder: string
let url: string

beforeAll(async () => {
  folder = testFolder(atEnd)
  tokenFile = join(folder, 'token')
  writeFileSync(tokenFile, `${SECRETS.token}\n`)
  writeFileSync(join(folder, 'secret'), `${SECRETS.file}\n`)
  const model = await startModel('a', atEnd)
  model.serve((_, response) => response.end('{}')) // it keeps to itself what it is sent
  url = model.url
  windtunnel = await TestSidecar.start(config(url, folder), { env: { SECRET: SECRETS.environment }, atEnd })
  await fetch(windtunnel.url)
})

const authorized = { authorization: `Bearer ${SECRETS.token}` }

/** Method and path of everything the API says it has. */
async function listed(): Promise<(readonly [string, string])[]> {
  const { text } = await windtunnel.api('GET', '/')
  return [...text.matchAll(/^(GET|POST) +(\S+) /gm)].map(([, method = '', path = '']) => [method, path] as const)
}

describe('the admin API', () => {
  it('answers every endpoint, in JSON but for the list and the metrics', async () => {
    const endpoints = await listed()
    expect(endpoints.map((one) => one.join(' '))).toEqual([
      'GET /', 'GET /livez', 'GET /readyz', 'GET /metrics', 'GET /openapi.json', 'GET /api/v1/status', 'GET /api/v1/config', 'POST /api/v1/config/reload', 'GET /api/v1/mirrors', 'POST /api/v1/outcomes',
      'GET /api/v1/chaos', 'POST /api/v1/chaos/stop', 'POST /api/v1/chaos/{name}/start', 'POST /api/v1/chaos/{name}/renew', 'GET /api/v1/chaos/runs', 'GET /api/v1/chaos/runs/{id}', 'GET /api/v1/chaos/runs/{id}/journal', 'GET /api/v1/chaos/runs/{id}/junit', 'GET /api/v1/chaos/requests/{id}', 'POST /api/v1/chaos/{name}/stop'
    ])
    for (const [method, path] of endpoints) {
      // oxlint-disable-next-line no-await-in-loop -- one start and one stop after another
      const answer = await windtunnel.api(method, path.replace('{name}', 'slow').replace('{id}', 'r1'), authorized, path === '/api/v1/outcomes' ? '{"requestId":"r","value":1}' : undefined)
      expect(answer.status, path).toBe(path.includes('/runs/{id}') ? 404 : 200) // there is no run
      const type = String(answer.headers['content-type'])
      if (path === '/' || path === '/metrics') expect(type).toMatch(/^text\/plain/)
      else {
        expect(type).toBe('application/json')
        expect(answer.json).toBeTypeOf('object')
      }
      expect(answer.headers['cache-control']).toBe('no-store')
      expect(answer.headers['x-content-type-options']).toBe('nosniff')
      expect(answer.headers['x-frame-options']).toBe('DENY')
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    }
  })

  it('describes exactly its endpoints, with their parameters and who needs the token', async () => {
    const { json } = await windtunnel.api('GET', '/openapi.json')
    const described = Object.entries(json.paths as Record<string, Record<string, unknown>>).flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`))
    expect(described.toSorted()).toEqual((await listed()).map((one) => one.join(' ')).toSorted())
    expect(json.openapi).toMatch(/^3\.1\./)
    for (const [path, operations] of Object.entries(json.paths as Record<string, Record<string, any>>)) { // oxlint-disable-line typescript/no-explicit-any -- a document
      for (const [method, { summary, parameters = [], responses, security }] of Object.entries(operations)) {
        expect(summary).toMatch(/\.$/)
        expect(parameters.map(({ name }: { name: string }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? [])
        expect(Object.keys(responses)).toContain('200')
        expect(security !== undefined).toBe(method === 'post')
      }
    }
  })

  it.each([
    ['GET', '/nothing', 404, 'not_found'],
    ['GET', '/api/v1/', 404, 'not_found'],
    ['GET', '/livez/', 404, 'not_found'],
    ['GET', '/api/v1/chaos/../status', 404, 'not_found'],
    ['POST', '/api/v1/chaos/nobody/start', 404, 'unknown_experiment'],
    ['POST', '/api/v1/chaos/nobody/stop', 404, 'unknown_experiment'],
    ['POST', '/api/v1/chaos/__proto__/start', 404, 'unknown_experiment'],
    ['POST', '/api/v1/chaos/a%2fb/start', 404, 'unknown_experiment'],
    ['POST', '/api/v1/chaos//start', 404, 'not_found'],
    ['POST', '/livez', 405, 'method_not_allowed'],
    ['DELETE', '/api/v1/config', 405, 'method_not_allowed'],
    ['OPTIONS', '/api/v1/config/reload', 405, 'method_not_allowed'],
    ['GET', '/api/v1/config/reload', 405, 'method_not_allowed'],
    ['PUT', '/metrics', 405, 'method_not_allowed']
  ])('answers %s %s with %i and an error in JSON', async (method, path, status, code) => {
    const answer = await windtunnel.api(method, path, authorized)
    expect(answer.status).toBe(status)
    expect(answer.json).toEqual({ error: { code, message: expect.stringMatching(/^[a-z].+/) } })
    expect(answer.headers['allow']).toBe(status !== 405 ? undefined : path.endsWith('reload') ? 'POST' : 'GET')
  })

  it('answers HEAD as GET, without a body, and takes no notice of a query', async () => {
    const answer = await windtunnel.api('HEAD', '/livez')
    expect([answer.status, answer.text, Number(answer.headers['content-length']) > 0]).toEqual([200, '', true])
    expect((await windtunnel.api('GET', '/livez?x=/nothing')).status).toBe(200)
  })

  it('passes over a body that a client sends', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest({ host: '127.0.0.1', port: windtunnel.adminPort, method: 'POST', path: '/api/v1/chaos/stop', headers: authorized, agent: false }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode))
      })
      request.on('error', reject)
      request.end('x'.repeat(1_000_000))
    })
    expect(status).toBe(200)
  })

  it('logs who wrote what, and not who read', async () => {
    await windtunnel.api('POST', '/api/v1/chaos/stop', authorized)
    const lines = await windtunnel.logged('admin request')
    expect(lines.at(-1)).toMatchObject({ method: 'POST', path: '/api/v1/chaos/stop', status: 200, client: '127.0.0.1' })
    expect(lines.every(({ method }) => method !== 'GET' && method !== 'HEAD')).toBe(true)
  })

  it.skipIf(!hasPromtool)('has a page of metrics that promtool calls clean', async () => {
    const { text } = await windtunnel.api('GET', '/metrics')
    expect(text).toContain('windtunnel_requests_total{route="all",backend="model",code="200"} 1')
    expect(checkMetrics(text)).toEqual({ problems: '', status: 0 })
  })
})

describe('secrets', () => {
  it('are on no page of the API, and in no log', async () => {
    const page = await windtunnel.api('GET', '/api/v1/config')
    expect(page.text).toContain('visible')
    expect(page.json.config.backends.model.headers.set).toMatchObject({ authorization: 'Bearer ${SECRET}', 'x-api-key': '***', cookie: '***' })
    const pages = await Promise.all((await listed()).filter(([method]) => method === 'GET').map(([, path]) => windtunnel.api('GET', path)))
    for (const text of [...pages.map((one) => one.text), JSON.stringify(windtunnel.logs)]) {
      for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret)
    }
  })
})

describe('who may not talk to it', () => {
  it.each([
    ['evil.example', 403], ['evil.example:9901', 403], ['localhost.evil.example', 403], ['127.0.0.1.evil.example', 403], ['x', 403],
    ['other.example:9901', 403], ['ported.example', 403], ['ported.example:9902', 403],
    ['localhost', 200], ['LOCALHOST:1234', 200], ['127.0.0.1', 200], ['127.0.0.1:80', 200], ['[::1]:9901', 200],
    ['admin.example', 200], ['Admin.Example:443', 200], ['ported.example:9901', 200]
  ])('a client that calls it %j is answered %i', async (host, status) => {
    const answer = await windtunnel.api('GET', '/api/v1/status', { host })
    expect(answer.status).toBe(status)
    if (status === 403) expect(answer.json.error.code).toBe('foreign_host')
  })

  it.each([
    ['http://evil.example', 403], ['null', 403], ['', 403], ['http://127.0.0.1', 403], ['http://127.0.0.1:8080', 403], ['http://localhost:9901', 403], ['https://admin.example', 403], ['chrome-extension://x', 403]
  ])('a page from %j is answered %i, to read and to write', async (origin, status) => {
    for (const method of ['GET', 'POST']) {
      // oxlint-disable-next-line no-await-in-loop -- two
      const answer = await windtunnel.api(method, method === 'GET' ? '/api/v1/config' : '/api/v1/chaos/slow/start', { ...authorized, origin, host: '127.0.0.1:9901' })
      expect(answer.status).toBe(status)
      expect(answer.json.error.code).toBe('foreign_origin')
    }
    expect(windtunnel.sidecar.status().chaosRunning).toEqual([])
  })

  it.each([
    ['127.0.0.1:9901', 'http://127.0.0.1:9901'], ['admin.example', 'https://admin.example'], ['localhost:1', 'http://LOCALHOST:1']
  ])('a page that came from %s itself is answered', async (host, origin) => {
    expect((await windtunnel.api('POST', '/api/v1/chaos/stop', { ...authorized, host, origin })).status).toBe(200)
  })

  it('a page of another site is refused, whatever it asks', async () => {
    expect((await windtunnel.api('GET', '/metrics', { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await windtunnel.api('POST', '/api/v1/chaos/stop', { ...authorized, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    for (const site of ['same-origin', 'none']) {
      // oxlint-disable-next-line no-await-in-loop -- two
      expect((await windtunnel.api('GET', '/metrics', { 'sec-fetch-site': site })).status).toBe(200)
    }
  })
})

describe('the token', () => {
  const start = (headers: Record<string, string>): ReturnType<TestSidecar['api']> => windtunnel.api('POST', '/api/v1/chaos/slow/start', headers)
  const running = (): readonly string[] => windtunnel.sidecar.status().chaosRunning

  it('is needed for every write, and for no read', async () => {
    for (const [method, path] of await listed()) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      const answer = await windtunnel.api(method, path.replace('{name}', 'slow'))
      expect(answer.status, `${method} ${path}`).toBe(path.includes('/runs/{id}') ? 404 : method === 'GET' ? 200 : 401)
      if (method !== 'GET') expect(answer.json.error.code).toBe('token_required')
    }
  })

  it.each([['none', ''], ['another', 'Bearer wrong'], ['half of it', `Bearer ${SECRETS.token.slice(0, -1)}`], ['more than it', `Bearer ${SECRETS.token}x`], ['it alone', SECRETS.token], ['another scheme', `Basic ${SECRETS.token}`], ['an empty one', 'Bearer ']])('is not %s', async (_, authorization) => {
    expect((await start(authorization === '' ? {} : { authorization })).status).toBe(401)
    expect(running()).toEqual([])
  })

  it('is taken with its scheme in any case', async () => {
    expect((await windtunnel.api('POST', '/api/v1/chaos/stop', { authorization: `bEARER  ${SECRETS.token}` })).status).toBe(200)
  })

  it('holds as soon as its file was written anew', async () => {
    writeFileSync(tokenFile, 'rotated')
    expect((await start(authorized)).status).toBe(401)
    expect((await start({ authorization: 'Bearer rotated' })).status).toBe(200)
    expect(running()).toEqual(['slow'])
    writeFileSync(tokenFile, SECRETS.token)
    expect((await windtunnel.api('POST', '/api/v1/chaos/stop', authorized)).json).toEqual({ stopped: 1 })
  })

  it('whose file is gone, or empty, opens nothing', async () => {
    for (const spoil of [() => writeFileSync(tokenFile, ' \n'), () => rmSync(tokenFile)]) {
      spoil()
      for (const headers of [authorized, { authorization: 'Bearer ' }, {}]) {
        // oxlint-disable-next-line no-await-in-loop -- one after another
        const answer = await start(headers as Record<string, string>)
        expect(answer.status).toBe(500)
        expect(answer.json).toEqual({ error: { code: 'internal', message: 'this failed; the log says why' } })
      }
      expect(running()).toEqual([])
      // oxlint-disable-next-line no-await-in-loop -- one after another
      expect((await windtunnel.api('GET', '/livez')).status).toBe(200)
    }
    writeFileSync(tokenFile, SECRETS.token)
    chmodSync(tokenFile, 0o600)
    await windtunnel.logged('admin request failed')
  })

  it('and the names it is called by follow a config that is loaded', async () => {
    const other = join(folder, 'other-token')
    writeFileSync(other, 'other')
    const yaml = config(url, folder)
    await windtunnel.reload(yaml.replace(JSON.stringify(tokenFile), JSON.stringify(other)).replace('admin.example', 'new.example'))
    expect((await start(authorized)).status).toBe(401)
    expect((await start({ authorization: 'Bearer other' })).status).toBe(200)
    expect((await windtunnel.api('GET', '/livez', { host: 'new.example' })).status).toBe(200)
    expect((await windtunnel.api('GET', '/livez', { host: 'admin.example' })).status).toBe(403)
    await windtunnel.reload(yaml.replace(`, tokenFile: ${JSON.stringify(tokenFile)}`, ''))
    expect((await start({})).status).toBe(200)
    await windtunnel.reload(yaml)
    expect((await start({})).status).toBe(401)
  })
})
