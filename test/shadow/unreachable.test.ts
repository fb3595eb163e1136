import { createServer, type AddressInfo, type Server } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { NOBODY } from './support/bad-shadows.ts'
import { accountOf, converse, mirrorOf, serveMirrored, settled } from './support/mirrored.ts'
import { serveModel } from './support/origin.ts'

const ask = (port: number): Promise<unknown> => converse(port, 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')

/** A server that hangs up on whoever asks it, and counts them. */
async function knockCounter(): Promise<{ readonly port: number, readonly knocks: () => number }> {
  let knocks = 0
  const server: Server = createServer((socket) => {
    knocks++
    socket.on('error', () => undefined).once('data', () => socket.destroy())
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  onTestFinished(() => { server.close() })
  return { port: (server.address() as AddressInfo).port, knocks: () => knocks }
}

describe('a shadow that cannot be reached', () => {
  it('is left alone for a while, and each request that was drawn is still counted', async () => {
    const origin = await serveModel()
    const plane = await serveMirrored({ primary: origin.port, shadow: NOBODY, next: 'eject: { failures: 3, base: 1h, max: 1h }' })
    const { pool, ejection } = mirrorOf(plane).options
    for (let i = 1; i <= 10; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await ask(plane.port)
      // oxlint-disable-next-line no-await-in-loop
      await settled(plane, i)
    }
    expect(accountOf(plane)).toMatchObject({ sampled: 10, outcomes: { shadow_error: 10 } })
    expect([ejection.ejected, ejection.epoch]).toEqual([true, 1])
    expect(pool.counts).toEqual({ connections: 0, idle: 0, waiting: 0 })
  })

  it('is tried again, by one copy, once its time is up', async () => {
    const [origin, shadow] = [await serveModel(), await serveModel()]
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, next: 'eject: { failures: 3, base: 1h, max: 1h }' })
    const { ejection, clock } = mirrorOf(plane).options
    for (let i = 0; i < 3; i++) ejection.failed(clock() - 7_200_000, ejection.epoch)
    await ask(plane.port)
    expect(await settled(plane, 1)).toEqual({ pair: 1 })
    expect(ejection.ejected).toBe(false)
  })

  it('is one that takes no connection: one that takes it and breaks it off is asked again', async () => {
    const [origin, shadow] = [await serveModel(), await knockCounter()]
    const plane = await serveMirrored({ primary: origin.port, shadow: shadow.port, next: 'eject: { failures: 1, base: 1h, max: 1h }' })
    for (let i = 1; i <= 5; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await ask(plane.port)
      // oxlint-disable-next-line no-await-in-loop
      expect(await settled(plane, i)).toEqual({ shadow_error: i })
    }
    expect(shadow.knocks()).toBeGreaterThanOrEqual(5)
  })
})
