import { onRequests, serveRaw } from '../../http/support/raw-server.ts'
import type { RawClient } from '../../http/support/raw-client.ts'

/** A shadow that does not do as it should. */
export interface BadShadow {
  readonly name: string
  /** What it does with a connection; undefined for one that takes none. */
  readonly serve: ((connection: RawClient) => void) | undefined
  /** Whether a copy would wait for it as long as it is let. */
  readonly hangs: boolean
  /** How a copy of a request that the primary answers ends: for one that hangs, once its connections are cut. */
  readonly outcome: string
  /** Whether its answer is wrong in its body alone, so that there is nothing wrong with one to HEAD. */
  readonly headIsFine?: boolean
}

const FLOOD = `ffff\r\n${'x'.repeat(0xffff)}\r\n`

/** Writes the same thing again and again, as fast as it is taken. */
function flood(connection: RawClient, text: string): void {
  const { socket } = connection
  const more = (): void => {
    while (!socket.destroyed && socket.write(text, 'latin1')) { /* until it is full */ }
  }
  socket.on('drain', more)
  more()
}

const answering = (...pieces: readonly string[]) => (connection: RawClient): void => {
  onRequests(connection, () => { for (const piece of pieces) connection.send(piece) })
}

export const BAD_SHADOWS: readonly BadShadow[] = [
  { name: 'hung', hangs: true, outcome: 'shadow_error', serve: () => undefined },
  { name: 'one that reads nothing', hangs: true, outcome: 'shadow_error', serve: ({ socket }) => socket.pause() },
  { name: 'one that stops in its head', hangs: true, outcome: 'shadow_error', serve: answering('HTTP/1.1 200 OK\r\ncontent-le') },
  { name: 'one that stops in its body', hangs: true, headIsFine: true, outcome: 'shadow_error', serve: answering('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"ok":') },
  {
    name: 'one that drips', hangs: true, headIsFine: true, outcome: 'shadow_error', serve: (connection) => {
      onRequests(connection, () => {
        connection.send('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
        const timer = setInterval(() => connection.send('1\r\nx\r\n'), 5)
        connection.socket.once('close', () => clearInterval(timer))
      })
    }
  },
  { name: 'one that refuses connections', hangs: false, outcome: 'shadow_error', serve: undefined },
  { name: 'one that resets connections', hangs: false, outcome: 'shadow_error', serve: (connection) => connection.reset() },
  { name: 'one that resets when it is asked', hangs: false, outcome: 'shadow_error', serve: (connection) => onRequests(connection, () => connection.reset()) },
  { name: 'one that closes when it is asked', hangs: false, outcome: 'shadow_error', serve: (connection) => onRequests(connection, () => void connection.socket.destroy()) },
  {
    name: 'one that resets in its body', hangs: false, headIsFine: true, outcome: 'shadow_error',
    serve: (connection) => onRequests(connection, () => { connection.send('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"ok":').reset() })
  },
  { name: 'one that talks another protocol', hangs: false, outcome: 'shadow_error', serve: answering('\x16\x03\x01\x02\x00\x01\x00') },
  { name: 'one that talks first', hangs: false, outcome: 'shadow_error', serve: (connection) => { connection.send('220 mail.example ESMTP\r\n') } },
  { name: 'one with a bad chunk', hangs: false, headIsFine: true, outcome: 'shadow_error', serve: answering('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n') },
  { name: 'one that folds a field', hangs: false, outcome: 'shadow_error', serve: answering('HTTP/1.1 200 OK\r\nx: a\r\n b\r\ncontent-length: 2\r\n\r\n{}') },
  { name: 'one that switches protocols', hangs: false, outcome: 'shadow_error', serve: answering('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n\x01\x02') },
  { name: 'one that is busy', hangs: false, outcome: 'shadow_error', serve: answering('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\nbusy') },
  { name: 'one with interim answers without end', hangs: false, outcome: 'shadow_error', serve: (connection) => onRequests(connection, () => flood(connection, 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(2000))) },
  {
    name: 'one with an endless answer', hangs: false, headIsFine: true, outcome: 'dropped_oversize',
    serve: (connection) => onRequests(connection, () => {
      connection.send('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
      flood(connection, FLOOD)
    })
  },
  { name: 'one with an endless head', hangs: false, outcome: 'shadow_error', serve: (connection) => onRequests(connection, () => {
    connection.send('HTTP/1.1 200 OK\r\n')
    flood(connection, `x: ${'y'.repeat(1000)}\r\n`.repeat(60))
  }) },
  { name: 'one that promises too much', hangs: false, headIsFine: true, outcome: 'dropped_oversize', serve: answering('HTTP/1.1 200 OK\r\ncontent-length: 10737418240\r\n\r\n') },
  { name: 'one that answers more than it is asked', hangs: false, outcome: 'pair', serve: answering('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}') }
]

/** A port where nobody listens: it may not be had without privileges. */
export const NOBODY = 1

/** Such a shadow, for one test. */
export async function serveBadly({ serve }: BadShadow): Promise<{ readonly port: number, close(): void }> {
  return serve === undefined ? { port: NOBODY, close: () => undefined } : await serveRaw(serve)
}
