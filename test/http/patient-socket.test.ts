import { describe, expect, it } from 'vitest'
import type { Outbound } from '../../src/http/outbound.ts'
import { Exchange, TIMEOUTS } from './support/exchange.ts'
import { TestPool } from './support/pool.ts'
import { serveRaw } from './support/raw-server.ts'

/**
 * An upload through a pool to a server that sends `answer` and closes with octets unread, which resets the connection. The
 * next write fails before the answer can have been read: it is made in the same turn of the event loop.
 */
async function upload(answer: string): Promise<Exchange> {
  const chunk = Buffer.alloc(1000)
  const asked: Exchange = new Exchange((outbound: Outbound) => {
    asked.outbound = outbound
    outbound.send(asked, 'POST', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000000\r\n\r\n', 'raw', chunk, false, TIMEOUTS)
  })
  const server = await serveRaw(({ socket }) => socket.once('data', () => {
    socket.pause()
    asked.outbound!.write(chunk)
    socket.write(answer, 'latin1', () => {
      socket.destroy()
      for (let i = 0; i < 3; i++) asked.outbound!.write(chunk)
    })
  }))
  return asked.ask(new TestPool(server.port).pool).ended()
}

describe('an upload to a server that answers early and closes', () => {
  it('brings the answer, though writing fails before it is read', async () => {
    for (let i = 0; i < 20; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      expect(await upload('HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig')).toMatchObject({ failure: undefined, status: 413, body: 'big' })
    }
  })

  it('fails where the answer is not whole, also when it would last until close', async () => {
    for (const part of ['HTTP/1.1 413 Content Too Large\r\nContent-Length: 10\r\n\r\nbig', 'HTTP/1.1 413 Content Too Large\r\n\r\nbig', '']) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      expect(await upload(part)).toMatchObject({ failure: 'closed', trailers: undefined })
    }
  })
})
