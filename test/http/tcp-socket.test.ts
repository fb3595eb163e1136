import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listenTo } from '../../src/http/socket-listener.ts'
import { adopt, TcpSocket } from '../../src/http/tcp-socket.ts'
import { POLL } from '../support/poll.ts'
import { RawClient } from './support/raw-client.ts'

/** What a listener has heard of a socket. */
interface Heard { text: string, ended: boolean, drained: number, lost: boolean }

interface Accepted { readonly socket: Socket, readonly accepted: Socket, readonly heard: Heard, readonly server: Server, readonly peer: RawClient }

/** A connection that a server has accepted and `adopt` has taken over. */
async function adopted(change: (accepted: Socket) => void = () => undefined): Promise<Accepted> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const next = new Promise<Accepted>((resolve) => {
    server.once('connection', (accepted: Socket) => {
      change(accepted)
      const socket = adopt(accepted)
      const heard: Heard = { text: '', ended: false, drained: 0, lost: false }
      listenTo(socket, {
        read: (chunk) => { heard.text += chunk.toString('latin1') },
        ended: () => { heard.ended = true },
        drained: () => { heard.drained++ },
        lost: () => { heard.lost = true }
      })
      resolve({ socket, accepted, heard, server, peer })
    })
  })
  const peer = new RawClient(connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true }))
  const result = await next
  onTestFinished(() => {
    result.socket.destroy()
    peer.socket.destroy()
    server.close()
  })
  return result
}

const turnOver = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })

const countOf = (server: Server): Promise<number> => new Promise((resolve, reject) => {
  server.getConnections((error, count) => { if (error === null) resolve(count); else reject(error) })
})

// Node's own handles, and one that has lost what is looked for in it
describe.each([
  ['on a socket of ours', () => undefined, true],
  ['as Node gave it, where its handles are kept otherwise', (accepted: Socket) => {
    // oxlint-disable-next-line no-underscore-dangle -- Node's name
    ;(accepted as unknown as { _handle: { useUserBuffer: unknown } })._handle.useUserBuffer = undefined
  }, false]
])('an accepted connection %s', (_how, change, ours) => {
  it('is read and written, and says who is there', async () => {
    const { socket, heard, peer } = await adopted(change)
    expect(socket instanceof TcpSocket).toBe(ours)
    expect(socket.remoteAddress).toBe('127.0.0.1')
    expect(socket.remotePort).toBe(peer.socket.localPort)
    peer.send('question')
    await expect.poll(() => heard.text === 'question', POLL).toBe(true)
    socket.write('answer')
    await peer.sees('answer')
  })

  it('hears a FIN and can still answer', async () => {
    const { socket, heard, peer } = await adopted(change)
    peer.socket.end('last')
    await expect.poll(() => heard.ended, POLL).toBe(true)
    expect(heard.text).toBe('last')
    socket.end('word')
    expect(await peer.closed).toBe('fin')
    expect(peer.text).toBe('word')
    await expect.poll(() => heard.lost, POLL).toBe(true)
  })

  it('hears a reset', async () => {
    const { heard, peer } = await adopted(change)
    peer.socket.resetAndDestroy()
    await expect.poll(() => heard.lost, POLL).toBe(true)
  })

  it('is not read while paused, and nothing is lost by that', async () => {
    const { socket, heard, peer } = await adopted(change)
    const sent = 'x'.repeat(8 * 1024 * 1024)
    peer.send('begin')
    await expect.poll(() => heard.text === 'begin', POLL).toBe(true)
    socket.pause()
    const all = new Promise<void>((resolve) => { peer.socket.write(sent, () => resolve()) })
    // oxlint-disable-next-line no-await-in-loop -- turns follow one another
    for (let turn = 0; turn < 100; turn++) await turnOver()
    expect(heard.text.length).toBeLessThan(1024 * 1024)
    socket.resume()
    await all
    await expect.poll(() => heard.text.length === sent.length + 5, POLL).toBe(true)
    expect(heard.text === `begin${sent}`).toBe(true)
  })

  it('is counted by its server until it is closed, which lets the server close', async () => {
    const { socket, server } = await adopted(change)
    expect(await countOf(server)).toBe(1)
    const closed = new Promise<void>((resolve) => { server.close(() => resolve()) })
    socket.destroy()
    await closed
  })
})

it('an adopted connection keeps nothing of what another has read', async () => {
  const one = await adopted()
  const two = await adopted()
  one.peer.send('1'.repeat(100))
  two.peer.send('2'.repeat(100))
  await expect.poll(() => one.heard.text.length === 100 && two.heard.text.length === 100, POLL).toBe(true)
  expect([one.heard.text, two.heard.text]).toEqual(['1'.repeat(100), '2'.repeat(100)])
})

it('what is put past the queue goes before what is queued after it, also when the peer does not read', async () => {
  const { socket, peer } = await adopted()
  peer.socket.pause()
  const first = Buffer.alloc(16 * 1024 * 1024, 'a') // more than the kernel takes at once
  let done: unknown = 'not yet'
  ;(socket as TcpSocket).put(first, (error) => { done = error ?? 'done' })
  expect(done).toBe('not yet')
  socket.write('then')
  socket.end()
  peer.socket.resume()
  expect(await peer.closed).toBe('fin')
  expect(done).toBe('done')
  expect(peer.text.length).toBe(first.length + 4)
  expect(peer.text.endsWith('athen')).toBe(true)
})
