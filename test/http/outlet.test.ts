import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Outlet } from '../../src/http/outlet.ts'
import { adopt } from '../../src/http/tcp-socket.ts'
import { POLL } from '../support/poll.ts'
import { Random, runSeed } from './support/random.ts'
import { RawClient } from './support/raw-client.ts'

/** An outlet on one end of a connection, and what comes out of the other. */
async function pair(kind: 'ours' | 'stock'): Promise<{ outlet: Outlet, socket: Socket, peer: RawClient }> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const accepted = new Promise<Socket>((resolve) => { server.once('connection', resolve) })
  const peer = new RawClient(connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true }))
  const socket = kind === 'ours' ? adopt(await accepted) : await accepted
  socket.on('error', () => undefined).resume()
  onTestFinished(() => {
    socket.destroy()
    peer.socket.destroy()
    server.close()
  })
  return { outlet: new Outlet(socket), socket, peer }
}

const turnOver = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })

describe.each(['ours', 'stock'] as const)('an outlet on a socket that is %s', (kind) => {
  it('keeps the order, whatever is posted, written and flushed, and whenever the other side reads', async () => {
    const seed = runSeed()
    const random = new Random(seed)
    for (let round = 0; round < 30; round++) {
      // oxlint-disable-next-line no-await-in-loop -- one connection after another
      const { outlet, socket, peer } = await pair(kind)
      let expected = ''
      for (let step = 0; step < 60; step++) {
        const text = String.fromCharCode(97 + random.below(26)).repeat(random.pick([1, 20, 300, 16_384]))
        switch (random.below(9)) {
          case 0: case 1: case 2: case 3:
            expected += text
            outlet.post(Buffer.from(text))
            break
          case 4:
            expected += text
            outlet.write(text)
            break
          case 5:
            expected += text
            outlet.write(Buffer.from(text))
            break
          case 6:
            outlet.flush()
            break
          case 7:
            if (random.below(2) === 0) peer.socket.pause()
            else peer.socket.resume()
            break
          default:
            // oxlint-disable-next-line no-await-in-loop -- steps follow one another
            await turnOver()
        }
      }
      if (random.below(2) === 0) outlet.flush()
      else outlet.release()
      socket.end()
      peer.socket.resume()
      // oxlint-disable-next-line no-await-in-loop -- one connection after another
      expect(await peer.closed, `seed ${seed}, round ${round}`).toBe('fin')
      expect(peer.text === expected, `seed ${seed}, round ${round}`).toBe(true)
    }
  })

  it('sends what was posted when the turn is over, without being asked', async () => {
    const { outlet, peer } = await pair(kind)
    outlet.post(Buffer.from('one '))
    await peer.sees('one ')
    outlet.post(Buffer.from('two '))
    outlet.post(Buffer.from('three'))
    await peer.sees('two three')
    expect(outlet.empty).toBe(true)
  })

  it('is not empty before the kernel has all, and asks to wait when that is much', async () => {
    const { outlet, peer } = await pair(kind)
    peer.socket.pause()
    const message = Buffer.alloc(16_384)
    let posted = 0
    while (outlet.post(message)) {
      posted++
      // oxlint-disable-next-line no-await-in-loop -- as answers come
      await turnOver()
      expect(posted * message.length).toBeLessThan(64 * 1024 * 1024)
    }
    expect(outlet.empty).toBe(false)
    peer.keep = false
    peer.socket.resume()
    await expect.poll(() => outlet.empty, POLL).toBe(true)
  })

  it('closes a socket on which writing fails', async () => {
    const { outlet, socket, peer } = await pair(kind)
    peer.reset()
    while (!socket.destroyed) {
      outlet.post(Buffer.from('to nobody'))
      // oxlint-disable-next-line no-await-in-loop -- until it shows
      await turnOver()
    }
  })

  it('has nothing to say on a socket that was closed in the same turn', async () => {
    const { outlet, socket, peer } = await pair(kind)
    outlet.post(Buffer.from('never'))
    socket.destroy()
    expect(await peer.closed).toBe('fin')
    expect(peer.text).toBe('')
  })
})
