import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type BodyFraming, BodyWriter } from '../../src/http/body-writer.ts'
import { type End, RawClient } from './support/raw-client.ts'

/** A writer on one end of a connection, and what comes out of the other. */
async function pair(): Promise<{ writer: BodyWriter, socket: Socket, peer: RawClient }> {
  const server = createServer({ allowHalfOpen: true })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const accepted = new Promise<Socket>((resolve) => { server.once('connection', resolve) })
  const peer = new RawClient(connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true }))
  const socket = await accepted
  socket.on('error', () => undefined)
  onTestFinished(() => {
    socket.destroy()
    peer.socket.destroy()
    server.close()
  })
  return { writer: new BodyWriter(socket), socket, peer }
}

async function written(framing: BodyFraming, first: string | undefined, chunks: readonly string[], trailers?: string): Promise<string> {
  const { writer, socket, peer } = await pair()
  writer.start('HEAD\r\n\r\n', framing, first === undefined ? undefined : Buffer.from(first))
  for (const chunk of chunks) writer.write(Buffer.from(chunk))
  writer.end(trailers)
  socket.end()
  await peer.closed
  return peer.text
}
const big = 'x'.repeat(20_000)

describe('a body writer', () => {
  it.each<[BodyFraming, string | undefined, string[], string | undefined, string]>([
    ['none', undefined, [], undefined, ''],
    ['none', 'not sent', ['nor this'], undefined, ''],
    ['raw', 'ab', ['c', ''], undefined, 'abc'],
    ['raw', undefined, ['abc'], undefined, 'abc'],
    ['raw', 'ab', [], 'T: 1\r\n', 'ab'],
    ['raw', big, [big], undefined, big + big],
    ['close', 'ab', ['c'], undefined, 'abc'],
    ['chunked', undefined, [], undefined, '0\r\n\r\n'],
    ['chunked', 'ab', ['cde', ''], undefined, '2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n'],
    ['chunked', '', ['x'.repeat(26)], undefined, `1a\r\n${'x'.repeat(26)}\r\n0\r\n\r\n`],
    ['chunked', 'a', [], 'T: 1\r\nU: 2\r\n', '1\r\na\r\n0\r\nT: 1\r\nU: 2\r\n\r\n'],
    ['chunked', big, [big], undefined, `4e20\r\n${big}\r\n4e20\r\n${big}\r\n0\r\n\r\n`]
  ])('frames a body as %s (%#)', async (framing, first, chunks, trailers, body) => {
    expect(await written(framing, first, chunks, trailers)).toBe(`HEAD\r\n\r\n${body}`)
  })

  it('writes heads octet by octet', async () => {
    const { writer, socket, peer } = await pair()
    writer.start('X: caf\xe9\xff\r\n\r\n', 'raw', Buffer.from('b'))
    writer.start('Y: \xe9\r\n\r\n', 'none')
    socket.end()
    await peer.closed
    expect(peer.text).toBe('X: caf\xe9\xff\r\n\r\nbY: \xe9\r\n\r\n')
  })

  it('says when the other side should be given time to read', async () => {
    const { writer, peer } = await pair()
    peer.socket.pause()
    const megabyte = Buffer.alloc(1024 * 1024)
    expect(writer.start('HEAD\r\n\r\n', 'chunked')).toBe(true)
    let flowing = true
    for (let i = 0; flowing && i < 64; i++) flowing = writer.write(megabyte)
    expect(flowing).toBe(false)
  })

  it.each<[BodyFraming, End]>([['raw', 'fin'], ['chunked', 'fin'], ['close', 'reset']])('cuts a body framed as %s so that it shows: %s', async (framing, end) => {
    const { writer, socket, peer } = await pair()
    writer.start('HEAD\r\n\r\n', framing, Buffer.from('part'))
    expect(writer.untilClose).toBe(framing === 'close')
    await peer.sees('part')
    writer.cut(socket)
    expect(await peer.closed).toBe(end)
    expect(peer.text).not.toContain('0\r\n\r\n')
  })
})
