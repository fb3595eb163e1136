import { createServer } from 'node:https'
import { writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeCertificate } from '../http/support/certificate.ts'
import { Signal, steady } from '../http/support/signal.ts'
import { Caller } from '../support/callers.ts'
import { type Model, startModel } from '../support/model.ts'
import { POLL } from '../support/poll.ts'
import { testFolder, TestSidecar } from '../support/sidecar.ts'

const START = `version: 1
listen: 127.0.0.1:0
admin: { listen: 127.0.0.1:0 }
`
const CHECK = 'health: { path: /healthz, interval: 10ms, unhealthyAfter: 3, healthyAfter: 2 }'
const config = (checked: Model, other: Model, health = CHECK): string => `${START}
backends: { checked: { url: "${checked.url}"${health === '' ? '' : `, ${health}`} }, other: { url: "${other.url}" } }
routes:
  - { name: all, backend: checked, fallback: other, match: { path: { prefix: /with } } }
  - { name: alone, backend: checked }
`

/** A model whose health checks are answered with the statuses of a list, and then with the last of them. */
async function startChecked(): Promise<{ readonly model: Model, readonly answers: number[], readonly asked: () => number, readonly changed: Signal }> {
  const model = await startModel('checked')
  const answers = [200]
  const changed = new Signal()
  let asked = 0
  model.serve((request, response) => {
    request.resume()
    if (request.url !== '/healthz') return void response.end('{"model":"checked","headers":{}}')
    asked++
    response.statusCode = (answers.length > 1 ? answers.shift() : answers[0]) ?? 200
    response.end()
    changed.fire()
  })
  return { model, answers, asked: () => asked, changed }
}

const modelOf = async (caller: Caller, path: string): Promise<string> => {
  const { status, text, headers } = await caller.call(path)
  return status === 200 ? (JSON.parse(text) as { model: string }).model : `${status} ${String(headers['x-windtunnel-error'])}`
}

describe('health checks', () => {
  it('take a backend out after failures in a row, and back in after successes in a row', async () => {
    const { model, answers, asked, changed } = await startChecked()
    const windtunnel = await TestSidecar.start(config(model, await startModel('other')))
    const caller = new Caller(windtunnel.url)
    await changed.until(() => asked() > 2)
    expect([await modelOf(caller, '/with'), await modelOf(caller, '/')]).toEqual(['checked', 'checked'])
    // not yet three in a row
    answers.splice(0, 1, 500, 500, 200, 404, 302, 204)
    await changed.until(() => answers.length === 1)
    const count = asked()
    await changed.until(() => asked() > count + 2)
    expect(windtunnel.logs.filter(({ msg }) => msg === 'backend is unhealthy')).toEqual([])
    answers[0] = 302 // what sends elsewhere is not well itself
    expect((await windtunnel.logged('backend is unhealthy'))[0]).toMatchObject({ level: 'warn', backend: 'checked', problem: 'status 302' })
    expect([await modelOf(caller, '/with'), await modelOf(caller, '/')]).toEqual(['other', '503 backend_unhealthy'])
    expect(windtunnel.sidecar.status().backends).toMatchObject([{ name: 'checked', healthy: false }, { name: 'other', healthy: true }])
    expect(await windtunnel.metric('backend_healthy', { backend: 'checked' })).toBe(0)
    expect(await windtunnel.metric('fallbacks_total', { route: 'all' })).toBe(1)
    // not yet two in a row
    answers.splice(0, 1, 200, 503, 200, 503)
    await changed.until(() => answers.length === 1)
    expect(windtunnel.logs.filter(({ msg }) => msg === 'backend is healthy again')).toEqual([])
    answers[0] = 200
    await windtunnel.logged('backend is healthy again')
    expect([await modelOf(caller, '/with'), await modelOf(caller, '/')]).toEqual(['checked', 'checked'])
    expect(await windtunnel.metric('backend_healthy', { backend: 'checked' })).toBe(1)
  })

  it('end when a config has none, and what they found ends with them', async () => {
    const { model, answers, asked, changed } = await startChecked()
    const other = await startModel('other')
    answers[0] = 500
    const windtunnel = await TestSidecar.start(config(model, other))
    await windtunnel.logged('backend is unhealthy')
    const caller = new Caller(windtunnel.url)
    expect(await modelOf(caller, '/')).toBe('503 backend_unhealthy')
    await windtunnel.reload(config(model, other, ''))
    expect(await modelOf(caller, '/')).toBe('checked')
    expect(await windtunnel.metric('backend_healthy', { backend: 'checked' })).toBe(1)
    const after = await steady(asked)
    await windtunnel.reload(config(model, other))
    await changed.until(() => asked() > after + 3)
    await windtunnel.logged('backend is unhealthy', 2)
    await expect.poll(() => modelOf(caller, '/'), POLL).toBe('503 backend_unhealthy')
  })

  it('go on over a reload that does not change them', async () => {
    const { model, answers } = await startChecked()
    const other = await startModel('other')
    answers[0] = 500
    const windtunnel = await TestSidecar.start(config(model, other))
    await windtunnel.logged('backend is unhealthy')
    await windtunnel.reload(`${config(model, other)}log: { access: 0.001 }\n`)
    expect(windtunnel.sidecar.status().backends[0]).toMatchObject({ healthy: false })
    expect(await modelOf(new Caller(windtunnel.url), '/with')).toBe('other')
  })

  it('fail where nothing answers, or not in time', async () => {
    const silent = await startModel('silent')
    silent.serve(() => undefined)
    const gone = await startModel('gone')
    const yaml = `${START}
backends:
  silent: { url: "${silent.url}", health: { path: /, interval: 10ms, timeout: 20ms, unhealthyAfter: 1 } }
  gone: { url: "${gone.url}", health: { path: /, interval: 10ms, unhealthyAfter: 1 } }
routes: [{ name: all, split: [{ backend: silent, weight: 1 }, { backend: gone, weight: 1 }] }]
`
    await gone.close()
    const windtunnel = await TestSidecar.start(yaml)
    const lines = await windtunnel.logged('backend is unhealthy', 2)
    expect(lines.map(({ backend }) => backend).toSorted()).toEqual(['gone', 'silent'])
  })

  it('trust what requests to the backend trust', async () => {
    const folder = testFolder()
    const { key, cert } = makeCertificate('model.test')
    writeFileSync(join(folder, 'ca.pem'), cert)
    let asked = 0
    const changed = new Signal()
    const server = createServer({ key, cert }, (_, response) => {
      asked++
      response.end('{"model":"tls","headers":{}}')
      changed.fire()
    })
    onTestFinished(() => {
      server.close()
      server.closeAllConnections()
    })
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    const yaml = (tls: string): string => `${START}
backends: { tls: { url: "https://127.0.0.1:${(server.address() as AddressInfo).port}", health: { path: /, interval: 10ms, unhealthyAfter: 1 }${tls} } }
routes: [{ name: all, backend: tls }]
`
    const windtunnel = await TestSidecar.start(yaml(`, tls: { ca: ${JSON.stringify(join(folder, 'ca.pem'))}, serverName: model.test }`))
    await changed.until(() => asked > 3)
    expect(windtunnel.logs.filter(({ msg }) => msg === 'backend is unhealthy')).toEqual([])
    expect(await modelOf(new Caller(windtunnel.url), '/')).toBe('tls')
    await windtunnel.reload(yaml(''))
    expect((await windtunnel.logged('backend is unhealthy'))[0]!['problem']).toMatch(/certificate/)
  })
})
