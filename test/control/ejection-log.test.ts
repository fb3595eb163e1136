import { expect, it } from 'vitest'
import { Caller } from '../support/callers.ts'
import { startModel } from '../support/model.ts'
import { POLL } from '../support/poll.ts'
import { TestSidecar } from '../support/sidecar.ts'

it('a backend that is taken out is logged once, and once more when it answers again', async () => {
  const model = await startModel('a')
  model.serve((request) => void request.socket.destroy())
  const windtunnel = await TestSidecar.start(`version: 1
listen: 127.0.0.1:0
admin: { listen: 127.0.0.1:0 }
backends: { a: { url: "${model.url}", eject: { failures: 2, base: 10ms, max: 10ms } } }
routes: [{ name: all, backend: a }]
`)
  const status = async (): Promise<number> => (await new Caller(windtunnel.url).call('/', { method: 'POST' })).status
  expect([await status(), await status()]).toEqual([502, 502])
  expect(await windtunnel.logged('backend is taken out: requests to it fail')).toEqual([expect.objectContaining({ level: 'warn', backend: 'a', thread: 'data-plane-0' })])
  model.serve((request, response) => {
    request.resume()
    response.end()
  })
  await expect.poll(status, POLL).toBe(200)
  expect(await windtunnel.logged('backend answers again')).toEqual([expect.objectContaining({ level: 'info', backend: 'a' })])
  expect(windtunnel.logs.filter(({ msg }) => msg.startsWith('backend is taken out'))).toHaveLength(1)
})
