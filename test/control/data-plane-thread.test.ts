import { expect, it } from 'vitest'
import { keyOf, draw, saltOf } from '../../src/core/hash.ts'
import { startModel } from '../support/model.ts'
import { TestSidecar } from '../support/sidecar.ts'
import { ON_FREE_PORTS, Windtunnel } from '../support/windtunnel.ts'

it('a pattern that tries every way to match does not hold a thread up', async () => {
  const model = await startModel('a')
  const windtunnel = await TestSidecar.start(`${ON_FREE_PORTS}
backends: { a: { url: "${model.url}" } }
routes:
  - { name: path, backend: a, match: { path: { regex: "^/(a+)+$" } } }
  - { name: header, backend: a, match: { headers: { x-tenant: { regex: "^(b|bb)*c$" } } } }
`)
  // an engine that backtracks would be at it for longer than the age of the universe
  const answer = await fetch(`${windtunnel.url}/${'a'.repeat(2000)}!`, { headers: { 'x-tenant': 'b'.repeat(2000) } })
  expect(answer.status).toBe(404)
  expect((await fetch(`${windtunnel.url}/aaa`)).status).toBe(200)
})

it('access lines are written for the share of requests that is asked for, and for the same ones each time', async () => {
  const model = await startModel('a')
  const windtunnel = await Windtunnel.start(`${ON_FREE_PORTS}
log: { access: 50 }
backends: { a: { url: "${model.url}" } }
routes: [{ name: all, backend: a, match: { path: { prefix: /v1 } } }]
`)
  const ids = Array.from({ length: 60 }, (_, i) => `id-${i}`)
  const wanted = ids.filter((id) => draw(saltOf('access log'), keyOf(id)) < 0.5)
  for (const id of ids) {
    // oxlint-disable-next-line no-await-in-loop -- in this order
    await (await fetch(`${windtunnel.url}${id === ids[0] ? '/v1/x?secret=1' : '/other'}`, { headers: { 'x-request-id': id, authorization: 'secret' } })).text()
  }
  windtunnel.signal('SIGTERM') // what has been gathered is handed over at the end
  expect(await windtunnel.exited).toBe(0)
  const lines = windtunnel.logs.filter(({ msg }) => msg === 'request')
  expect(lines.map(({ requestId }) => requestId)).toEqual(wanted)
  expect(wanted.length).toBeGreaterThan(10)
  for (const line of lines) expect(line).toMatchObject({ level: 'info', method: 'GET', client: '127.0.0.1', ...line['path'] === '/other' ? { status: 404, code: 'no_route' } : { status: 200, route: 'all', backend: 'a' } })
  expect(JSON.stringify(lines)).not.toContain('secret')
})
