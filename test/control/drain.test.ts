import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { connectTo } from '../http/support/raw-client.ts'
import { startModel } from '../support/model.ts'
import { POLL } from '../support/poll.ts'
import { ON_FREE_PORTS, Windtunnel } from '../support/windtunnel.ts'

const config = (url: string, shutdown: string, workers = 1): string => `${ON_FREE_PORTS}
workers: ${workers}
shutdown: ${shutdown}
backends: { a: { url: "${url}" } }
routes: [{ name: all, backend: a }]
`

const GET = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'

const refused = (port: number): Promise<boolean> => new Promise((resolve) => {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.once('connect', () => {
    socket.destroy()
    resolve(false)
  })
  socket.once('error', () => resolve(true))
})

describe('SIGTERM', () => {
  it('fails readiness at once and still serves while the delay runs; a second one ends the process now', async () => {
    const model = await startModel('a')
    const windtunnel = await Windtunnel.start(config(model.url, '{ delay: 1h, grace: 1h }'))
    const ready = async (): Promise<number> => (await fetch(`${windtunnel.admin}/readyz`)).status
    expect(await ready()).toBe(200)
    windtunnel.signal('SIGTERM')
    await expect.poll(ready, POLL).toBe(503)
    expect(await windtunnel.api('GET', '/readyz')).toMatchObject({ status: 'draining' })
    expect((await fetch(`${windtunnel.admin}/livez`)).status).toBe(200)
    expect((await fetch(windtunnel.url)).status).toBe(200)
    // nothing is begun that would outlive it
    expect(await windtunnel.api('POST', '/api/v1/chaos/x/start')).toMatchObject({ error: { code: 'draining' } })
    expect(await windtunnel.api('POST', '/api/v1/config/reload')).toMatchObject({ error: { message: 'nothing is loaded while draining' } })
    windtunnel.signal('SIGTERM')
    expect(await windtunnel.exited).toBe(130)
  })

  it.each([1, 2])('with %i threads closes the listener and idle connections, lets a slow request end, and exits 0', async (workers) => {
    const model = await startModel('a')
    const windtunnel = await Windtunnel.start(config(model.url, '{ grace: 1h }', workers))
    const idle = await Promise.all(Array.from({ length: 5 }, () => connectTo(windtunnel.port)))
    for (const client of idle) client.send(GET)
    await Promise.all(idle.map((client) => client.sees('"model":"a"')))
    const unused = await connectTo(windtunnel.port)
    model.hold()
    const slow = (await connectTo(windtunnel.port)).send(GET)
    await model.changed.until(() => model.held.length === 1)
    windtunnel.signal('SIGTERM')
    expect(await Promise.all([...idle, unused].map(({ closed }) => closed))).toEqual(Array.from({ length: 6 }, () => 'fin'))
    await expect.poll(() => refused(windtunnel.port), POLL).toBe(true)
    expect(slow.text).toBe('')
    model.release()
    expect(await slow.closed).toBe('fin')
    expect(slow.text).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\nconnection: close\r\n[^]*"model":"a"/)
    expect(await windtunnel.exited).toBe(0)
    expect(windtunnel.logs.map(({ msg }) => msg).slice(-2)).toEqual(['draining', 'stopped'])
  })

  it('cuts a request that takes longer than the grace, and still exits 0', async () => {
    const model = await startModel('a')
    const windtunnel = await Windtunnel.start(config(model.url, '{ grace: 50ms }'))
    model.hold()
    const slow = (await connectTo(windtunnel.port)).send(GET)
    await model.changed.until(() => model.held.length === 1)
    windtunnel.signal('SIGTERM')
    await slow.closed
    expect(slow.text).toBe('')
    expect(await windtunnel.exited).toBe(0)
  })

  it('lets requests go on that a fault holds back', async () => {
    const model = await startModel('a')
    const windtunnel = await Windtunnel.start(`${config(model.url, '{ grace: 1h }')}
chaos:
  limits: { percent: 100, active: 10 }
  experiments: [{ name: slow, route: all, percent: 100, duration: 1h, start: on-load, faults: [{ kind: delay, fixed: 10m }] }]
`)
    const held = (await connectTo(windtunnel.port)).send(GET)
    await expect.poll(() => windtunnel.metric('chaos_active'), POLL).toBe(1)
    windtunnel.signal('SIGINT')
    await held.sees('"model":"a"')
    expect(await windtunnel.exited).toBe(0)
  })
})

describe('SIGHUP', () => {
  it('loads the config again', async () => {
    const model = await startModel('a')
    const windtunnel = await Windtunnel.start(config(model.url, '{ grace: 1s }'))
    windtunnel.signal('SIGHUP')
    await windtunnel.logged('config loaded; nothing changed')
    windtunnel.signal('SIGTERM')
    expect(await windtunnel.exited).toBe(0)
  })
})
