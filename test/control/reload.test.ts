import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeCertificate } from '../http/support/certificate.ts'
import { connectTo } from '../http/support/raw-client.ts'
import { atEndOfFile } from '../support/at-end.ts'
import { callerPerThread, Caller } from '../support/callers.ts'
import { type Model, startModel } from '../support/model.ts'
import { POLL } from '../support/poll.ts'
import { kill, testFolder, TestSidecar } from '../support/sidecar.ts'

const START = `version: 1
listen: 127.0.0.1:0
admin: { listen: 127.0.0.1:0 }
`

const canary = (weight: number, { url }: Model): string => `${START}
backends: { stable: { url: "${url}" }, canary: { url: "${url}" } }
routes:
  - name: house
    split: [{ backend: stable, weight: ${100 - weight} }, { backend: canary, weight: ${weight} }]
`

/** A config whose number every backend is told. */
const numbered = (number: number, { url }: Model, more = ''): string => `${START}${more}
backends: { model: { url: "${url}", headers: { set: { x-plan: "${number}" } } } }
routes: [{ name: all, backend: model }]
`

/** An experiment that touches nothing, for the top of a config. */
const chaosOf = (name: string): string => `chaos: { limits: { percent: 1, active: 1 }, experiments: [{ name: ${name}, route: all, percent: 0, duration: 1h, faults: [{ kind: abort, status: 503 }] }] }
`

const planOf = ({ text }: { readonly text: string }): number => Number((JSON.parse(text) as { headers: Record<string, string> }).headers['x-plan'])

describe('a reload', () => {
  const atEndOfAll = atEndOfFile()
  let model: Model
  let windtunnel: TestSidecar

  beforeAll(async () => {
    model = await startModel('a', atEndOfAll)
    windtunnel = await TestSidecar.start(numbered(0, model), { atEnd: atEndOfAll })
  })

  it('that is asked for takes the file and says what changed, in the answer and in the log', async () => {
    await windtunnel.reload(canary(5, model))
    const reloads = await windtunnel.metric('config_reloads_total', { result: 'success' })
    writeFileSync(windtunnel.file, canary(10, model))
    const { status, json } = await windtunnel.api('POST', '/api/v1/config/reload')
    const changes = ['route house: stable 95 % -> 90 %', 'route house: canary 5 % -> 10 %']
    expect(status).toBe(200)
    expect(json).toEqual({ ok: true, hash: windtunnel.sidecar.config.hash, changes })
    expect((await windtunnel.logged('config loaded')).at(-1)).toMatchObject({ level: 'info', changes })
    expect(windtunnel.sidecar.status().lastReload).toMatchObject({ ok: true, changes })
    expect(await windtunnel.metric('config_info', { hash: json.hash })).toBe(1)
    expect(await windtunnel.metric('config_info')).toBe(1)
    // one series, not one for each config there ever was
    expect(windtunnel.sidecar.fold.collect().get('config_info')).toHaveLength(1)
    expect(await windtunnel.metric('config_reloads_total', { result: 'success' })).toBe(reloads + 1)
  })

  it('of a file that is not a good config changes nothing, and is seen in the log, in readiness, in the status and in metrics', async () => {
    await windtunnel.reload(numbered(1, model))
    const { hash } = windtunnel.sidecar.config
    writeFileSync(windtunnel.file, numbered(2, model).replace('routes: [{ name: all, backend: model }]', 'routes: [{ name: all, backend: model, secret-in-this-line: hush }]'))
    const answer = await windtunnel.api('POST', '/api/v1/config/reload')
    expect(answer.status).toBe(422)
    expect(answer.json.error.code).toBe('bad_config')
    expect(answer.json.error.message).toContain('windtunnel.yaml:6:39: routes[0].secret-in-this-line: unknown key')
    expect(answer.json.findings[0]).toMatchObject({ line: 6, column: 39, path: 'routes[0].secret-in-this-line' })
    const line = (await windtunnel.logged('config not taken; the one in force stays')).at(-1)!
    expect(line['problem']).toContain('unknown key')
    const ready = await windtunnel.api('GET', '/readyz')
    expect(ready.status).toBe(200)
    expect(ready.json.lastReload.ok).toBe(false)
    const status = await windtunnel.api('GET', '/api/v1/status')
    expect(status.json).toMatchObject({ config: { hash }, lastReload: { ok: false } })
    expect(status.json.lastReload.message).toContain('unknown key')
    // what is wrong is told, but not the text of the file, which may hold secrets
    for (const { text } of [answer, ready, status]) expect(text).not.toContain('hush')
    expect(await windtunnel.metric('config_last_reload_successful')).toBe(0)
    expect(await windtunnel.metric('config_reloads_total', { result: 'failure' })).toBe(1)
    expect(planOf(await new Caller(windtunnel.url).call())).toBe(1)
    await windtunnel.reload(numbered(3, model))
    expect(await windtunnel.metric('config_last_reload_successful')).toBe(1)
    expect(planOf(await new Caller(windtunnel.url).call())).toBe(3)
  })

  it('of a file that is gone says so when it was asked for', async () => {
    rmSync(windtunnel.file)
    const { status, json } = await windtunnel.api('POST', '/api/v1/config/reload')
    expect(status).toBe(422)
    expect(json.error.message).toBe(`${windtunnel.file}: no such file`)
  })

  it('comes by itself when a file that was gone is back, though it says the same', async () => {
    const yaml = numbered(4, model)
    await windtunnel.reload(yaml)
    rmSync(windtunnel.file)
    expect((await windtunnel.sidecar.reload()).ok).toBe(false)
    writeFileSync(windtunnel.file, yaml)
    await expect.poll(() => windtunnel.sidecar.status().lastReload.ok, POLL).toBe(true)
    expect(await windtunnel.metric('config_last_reload_successful')).toBe(1)
  })

  it('of a file that says the same changes nothing, and leaves experiments running', async () => {
    const yaml = `${numbered(1, model)}
chaos:
  limits: { percent: 100, active: 10 }
  experiments: [{ name: slow, route: all, percent: 100, duration: 1h, faults: [{ kind: delay, fixed: 1ms }] }]
`
    await windtunnel.reload(yaml)
    await windtunnel.api('POST', '/api/v1/chaos/slow/start')
    writeFileSync(windtunnel.file, `# a comment\n${yaml}`)
    const { json } = await windtunnel.api('POST', '/api/v1/config/reload')
    expect(json).toMatchObject({ ok: true, changes: [] })
    await windtunnel.logged('config loaded; nothing changed')
    expect(windtunnel.sidecar.status().chaosRunning).toEqual(['slow'])
  })

  it('that is asked for while another runs reads the file again', async () => {
    writeFileSync(windtunnel.file, numbered(2, model))
    const first = windtunnel.sidecar.reload()
    await Promise.resolve() // the first has read the file
    await Promise.resolve()
    writeFileSync(windtunnel.file, numbered(3, model))
    const later = [windtunnel.sidecar.reload(), windtunnel.sidecar.reload()]
    expect(later[0]).toBe(later[1])
    const hashes = (await Promise.all([first, ...later])).map((result) => result.ok ? result.hash : '')
    expect(hashes[1]).toBe(windtunnel.sidecar.config.hash)
    expect(planOf(await new Caller(windtunnel.url).call())).toBe(3)
  })

  it('sets how much is logged', async () => {
    await windtunnel.reload(numbered(1, model, 'log: { level: error }\n'))
    const { length } = windtunnel.logs
    await windtunnel.reload(numbered(2, model, 'log: { level: error }\n'))
    expect(windtunnel.logs).toHaveLength(length)
    await windtunnel.reload(numbered(3, model))
    expect(windtunnel.logs.at(-1)).toMatchObject({ msg: 'config loaded' })
  })

  it('does not touch a request that has begun', async () => {
    // the route is decided by the body, so the plan is used before and after the reload
    const yaml = (plan: number): string => numbered(plan, model).replace('{ name: all, backend: model }', `{ name: r${plan}, backend: model, match: { body: { /plan: "*" } } }`)
    await windtunnel.reload(yaml(1))
    const client = await connectTo(windtunnel.port)
    client.send('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\nexpect: 100-continue\r\n\r\n')
    await client.sees('100 Continue') // it is being served
    await windtunnel.reload(yaml(2))
    client.send('{"plan":1}')
    await client.sees('"x-plan":"1"')
    expect(planOf(await new Caller(windtunnel.url).call('/', { method: 'POST', body: '{"plan":1}' }))).toBe(2)
    await expect.poll(() => windtunnel.metric('requests_total', { route: 'r1', code: '200' }), POLL).toBe(1)
  })
})

describe('a reload of several threads', () => {
  it('leaves what takes a restart as it is, and says so', async () => {
    const model = await startModel('a')
    const windtunnel = await TestSidecar.start(numbered(1, model))
    const { listen, admin } = windtunnel.sidecar.addresses
    const yaml = numbered(2, model).replace('listen: 127.0.0.1:0\n', 'listen: { address: "127.0.0.2:9", maxHeaders: 1 }\nworkers: 2\n').replace('{ listen: 127.0.0.1:0 }', '{ listen: "127.0.0.2:10" }')
    writeFileSync(windtunnel.file, yaml)
    const { json } = await windtunnel.api('POST', '/api/v1/config/reload')
    expect(json.changes).toEqual(['listen', 'workers', 'admin address'].map((what) => `${what} changed: takes effect after a restart`).concat('backend model: headers changed'))
    expect(windtunnel.sidecar.addresses).toEqual({ listen, admin })
    expect(windtunnel.sidecar.status()).toMatchObject({ listen, threads: 1 })
    // a thread that is started again serves by the new plan, on the listener of the process
    kill(windtunnel.threads.dataPlanes[0]!)
    await windtunnel.logged('thread died; starting it again')
    await expect.poll(async () => (await windtunnel.api('GET', '/readyz')).status, POLL).toBe(200)
    const answer = await new Caller(windtunnel.url).call('/', { headers: { 'x-one': '1', 'x-two': '2' } })
    expect(planOf(answer)).toBe(2)
  })

  it('is taken by all threads or by none', async () => {
    const model = await startModel('a')
    const more = `workers: 2\n${chaosOf('unseen')}`
    const windtunnel = await TestSidecar.start(numbered(1, model, more))
    const callers = [...(await callerPerThread(windtunnel.url, 2)).values()]
    await windtunnel.sidecar.startChaos('unseen')
    const plans = (): Promise<number[]> => Promise.all(callers.map(async (caller) => planOf(await caller.call())))
    expect(await plans()).toEqual([1, 1])
    // one of them is sent a plan that it cannot compile
    const other = windtunnel.threads.dataPlanes[1]!
    const send = other.send.bind(other)
    other.send = (message) => send(withoutBackends(message))
    writeFileSync(windtunnel.file, numbered(2, model, more))
    const refused = await windtunnel.sidecar.reload()
    expect(refused).toMatchObject({ ok: false, message: 'no such backend: model' })
    expect(await plans()).toEqual([1, 1])
    expect(windtunnel.sidecar.status()).toMatchObject({ lastReload: { ok: false }, chaosRunning: ['unseen'] })
    other.send = send
    await windtunnel.reload(numbered(3, model, more))
    expect(await plans()).toEqual([3, 3])
  })

  it('reaches a thread that has died after it was ready to take it, and is still starting when the others do', async () => {
    const model = await startModel('a')
    const windtunnel = await TestSidecar.start(numbered(1, model, 'workers: 2\n'))
    const [first, second] = windtunnel.threads.dataPlanes
    // the second is asked late, so that the first is ready and dies while all wait for the second
    const send = second!.send.bind(second)
    const kept: unknown[] = []
    second!.send = (message) => void ((message as { kind: string }).kind === 'prepare' ? kept.push(message) : send(message))
    writeFileSync(windtunnel.file, numbered(2, model, 'workers: 2\n'))
    const reloading = windtunnel.sidecar.reload()
    await expect.poll(() => kept.length, POLL).toBe(1)
    kill(first!)
    await windtunnel.logged('thread died; starting it again')
    await expect.poll(() => (first as unknown as { worker: unknown }).worker, { ...POLL, interval: 1 }).toBeDefined()
    second!.send = send
    send(kept[0])
    expect(await reloading).toMatchObject({ ok: true })
    const callers = await callerPerThread(windtunnel.url, 2)
    for (const caller of callers.values()) await expect.poll(async () => planOf(await caller.call()), POLL).toBe(2)
  })

  it('reaches a thread that dies just then', async () => {
    const model = await startModel('a')
    const windtunnel = await TestSidecar.start(numbered(1, model, 'workers: 2\n'))
    for (const plan of [2, 3, 4]) {
      kill(windtunnel.threads.dataPlanes[plan % 2]!)
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await windtunnel.reload(numbered(plan, model, 'workers: 2\n'))
    }
    await windtunnel.logged('thread died; starting it again', 3)
    await expect.poll(() => (windtunnel.sidecar as unknown as { supervisor: { threads: unknown } }).supervisor.threads, POLL).toEqual({ count: 2, listening: 2 })
    const callers = await callerPerThread(windtunnel.url, 2)
    for (const caller of callers.values()) await expect.poll(async () => planOf(await caller.call()), POLL).toBe(4)
  })
})

// a message as it is, but for the backends of a plan
function withoutBackends(message: unknown): unknown {
  const { kind, plan } = message as { kind: string, plan: { config: object } }
  return kind === 'prepare' ? { kind, plan: { ...plan, config: { ...plan.config, backends: {} } } } : message
}

describe('a reload under load', () => {
  const RELOADS = 30

  it('loses no request and no connection, and each request is served by one plan', async () => {
    const [even, odd] = [await startModel('even'), await startModel('odd')]
    // each plan has backends of its own: what is new is added, what was there is removed, and the split changes
    const yaml = (plan: number): string => `${START}workers: 2
backends:
  kept: { url: "${(plan % 2 === 0 ? even : odd).url}", headers: { set: { x-plan: "${plan}" } } }
  new-${plan}: { url: "${(plan % 2 === 0 ? even : odd).url}", headers: { set: { x-plan: "${plan}" } } }
routes:
  - name: all
    unit: { header: x-user }
    split: [{ backend: kept, weight: ${1 + plan % 7} }, { backend: new-${plan}, weight: ${1 + plan % 3} }]
    ${plan % 3 === 0 ? 'fallback: kept' : ''}
`
    const windtunnel = await TestSidecar.start(yaml(0))
    const callers = [...(await callerPerThread(windtunnel.url, 2)).values(), ...Array.from({ length: 10 }, () => new Caller(windtunnel.url))]
    const state = { over: false }
    let newest = 0
    const seen: string[] = []
    const plans = new Set<number>()
    const load = callers.map(async (caller, user) => {
      for (let i = 0; !state.over || i < 3; i++) {
        const oldest = newest
        // oxlint-disable-next-line no-await-in-loop -- a client asks again when it has been answered
        const answer = await caller.call(`/${user}/${i}`, { method: 'POST', headers: { 'x-user': `u${user}` }, body: '{"instances":[1]}' })
        const { model } = JSON.parse(answer.text) as { model: string }
        const plan = planOf(answer)
        plans.add(plan)
        if (answer.status !== 200 || model !== (plan % 2 === 0 ? 'even' : 'odd') || plan < oldest) seen.push(`${answer.status} ${model} ${plan} after ${oldest}`)
      }
    })
    for (let plan = 1; plan <= RELOADS; plan++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      await windtunnel.reload(yaml(plan))
      // a thread has its message of the new plan by the time it answers
      // oxlint-disable-next-line no-await-in-loop
      for (const caller of callers.slice(0, 2)) await expect.poll(async () => planOf(await caller.call()), { ...POLL, interval: 1 }).toBe(plan)
      newest = plan
    }
    state.over = true
    await Promise.all(load)
    expect(seen).toEqual([])
    expect(plans.size).toBeGreaterThan(RELOADS / 2)
    expect(callers.map(({ lost }) => lost)).toEqual(callers.map(() => 0))
    await expect.poll(async () => {
      const metrics = await windtunnel.metrics()
      return [metrics.sum('requests_total'), metrics.sum('requests_total', { code: '200' })]
    }, POLL).toEqual([even.requests.length + odd.requests.length, even.requests.length + odd.requests.length])
  })
})

describe('the watch on the file', () => {
  const CHANGES = 20

  /** Whether a change takes effect by itself, 20 times over. */
  async function survives(watching: TestSidecar, to: Model, change: (yaml: string, number: number) => void): Promise<void> {
    for (let number = 1; number <= CHANGES; number++) {
      change(numbered(number, to), number)
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await watching.logged('config loaded', number)
    }
    expect(planOf({ text: await (await fetch(watching.url)).text() })).toBe(CHANGES)
    expect(watching.logs.filter(({ level }) => level === 'error')).toEqual([])
  }

  it.concurrent('survives 20 swaps of a Kubernetes ConfigMap', async ({ onTestFinished: atEnd }) => {
    const model = await startModel('a', atEnd)
    // as the kubelet lays a volume out: file -> ..data/file, ..data -> ..2024_n, and ..data is renamed over
    const folder = testFolder(atEnd)
    const write = (yaml: string, number: number): void => {
      const version = `..2024_01_01_00_00_00.${1_000_000 + number}`
      mkdirSync(join(folder, version))
      writeFileSync(join(folder, version, 'windtunnel.yaml'), yaml)
      symlinkSync(version, join(folder, '..data_tmp'))
      renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
      if (number > 0) rmSync(join(folder, `..2024_01_01_00_00_00.${1_000_000 + number - 1}`), { recursive: true })
    }
    write(numbered(0, model), 0)
    symlinkSync(join('..data', 'windtunnel.yaml'), join(folder, 'windtunnel.yaml'))
    await survives(await TestSidecar.start(numbered(0, model), { file: join(folder, 'windtunnel.yaml'), atEnd }), model, write)
  })

  it.concurrent('survives 20 saves of an editor that renames a new file over the old one', async ({ onTestFinished: atEnd }) => {
    const model = await startModel('a', atEnd)
    const windtunnel = await TestSidecar.start(numbered(0, model), { atEnd })
    await survives(windtunnel, model, (yaml) => {
      renameSync(windtunnel.file, `${windtunnel.file}~`)
      writeFileSync(`${windtunnel.file}.tmp`, yaml)
      renameSync(`${windtunnel.file}.tmp`, windtunnel.file)
    })
  })

  it.concurrent('survives 20 saves of an editor that writes into the file', async ({ onTestFinished: atEnd }) => {
    const model = await startModel('a', atEnd)
    const windtunnel = await TestSidecar.start(numbered(0, model), { atEnd })
    await survives(windtunnel, model, (yaml) => writeFileSync(windtunnel.file, yaml))
  })

  it.concurrent('has certificates taken that are renewed under their names, and is not told twice of those that do not fit', async ({ onTestFinished: atEnd }) => {
    const model = await startModel('a', atEnd)
    const folder = testFolder(atEnd)
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    const [one, other] = [makeCertificate('one.test'), makeCertificate('other.test')]
    writeFileSync(cert, one.cert)
    writeFileSync(key, one.key)
    const windtunnel = await TestSidecar.start(numbered(0, model).replace('listen: 127.0.0.1:0', `listen: { address: 127.0.0.1:0, tls: { cert: ${JSON.stringify(cert)}, key: ${JSON.stringify(key)} } }`), { atEnd })
    // what happens beside the config has everything looked at, as time has
    const look = (): void => writeFileSync(`${windtunnel.file}.nudge`, '')
    expect(await nameServed(windtunnel.port)).toBe('one.test')
    writeFileSync(cert, other.cert) // its key is still to come
    look()
    await windtunnel.logged('config not taken; the one in force stays')
    expect(await nameServed(windtunnel.port)).toBe('one.test')
    writeFileSync(key, other.key)
    look()
    expect(await windtunnel.logged('config loaded')).toMatchObject([{ changes: ['listen: certificate renewed'] }])
    await expect.poll(() => nameServed(windtunnel.port), POLL).toBe('other.test')
    expect(windtunnel.logs.filter(({ level }) => level === 'error')).toHaveLength(1)
  })
})

/** Whom the certificate of a listener is for. */
const nameServed = (port: number): Promise<string> => new Promise((resolve, reject) => {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
    resolve(String(socket.getPeerCertificate().subject.CN))
    socket.destroy()
  })
  socket.once('error', reject)
})
