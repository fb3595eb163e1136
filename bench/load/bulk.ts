import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { PATH, userOf } from '../model.ts'
import { ChunkCounter } from './chunk-counter.ts'

/** How a body says where it ends. */
export type Framing = 'content-length' | 'chunked'

const PIECE: Buffer = Buffer.alloc(64 * 1024, 'windtunnel ')
const FRAMED_PIECE: Buffer = Buffer.concat([Buffer.from(`${PIECE.length.toString(16)}\r\n`), PIECE, Buffer.from('\r\n')])
const LAST_CHUNK = '0\r\n\r\n'

/** The header line of a body. */
const framingLine = (framing: Framing, bytes: number): string =>
  framing === 'chunked' ? 'transfer-encoding: chunked' : `content-length: ${bytes}`

/** Writes a body of whole pieces as fast as the other side takes it, and no faster. */
async function sendBody(socket: Socket, framing: Framing, bytes: number): Promise<void> {
  const piece = framing === 'chunked' ? FRAMED_PIECE : PIECE
  for (let sent = 0; sent < bytes; sent += PIECE.length) {
    if (!socket.write(piece)) await new Promise<void>((resolve, reject) => {
      const end = (): void => reject(new Error(`the connection ended after ${sent} octets were written`))
      socket.once('close', end)
      socket.once('drain', () => {
        socket.off('close', end)
        resolve()
      })
    })
  }
  if (framing === 'chunked') socket.write(LAST_CHUNK)
}

/** When a receiver stops reading, each time so many octets have come: a proxy that reads on meanwhile has to keep what it reads. */
export interface Pauses {
  readonly everyBytes: number
  readonly ms: number
}

/** Reads one message and counts its body. */
function receiveBody(socket: Socket, pauses: Pauses): Promise<{ readonly head: string, readonly bytes: number }> {
  return new Promise((resolve, reject) => {
    let head = ''
    let chunks: ChunkCounter | undefined
    let expected = NaN
    let bytes = 0
    let nextPause = pauses.everyBytes
    socket.on('data', (piece: Buffer) => {
      let content = piece
      if (Number.isNaN(expected) && chunks === undefined) {
        head += piece.toString('latin1')
        const end = head.indexOf('\r\n\r\n')
        if (end < 0) return
        content = Buffer.from(head.slice(end + 4), 'latin1')
        head = head.slice(0, end)
        if (/\r\ntransfer-encoding: *chunked/i.test(head)) chunks = new ChunkCounter()
        else expected = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
      }
      if (chunks === undefined) bytes += content.length
      else {
        chunks.take(content)
        bytes = chunks.bytes
      }
      if (chunks?.done ?? bytes >= expected) return resolve({ head, bytes })
      if (bytes >= nextPause) {
        nextPause += pauses.everyBytes
        socket.pause()
        setTimeout(() => socket.resume(), pauses.ms)
      }
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`the connection ended after ${bytes} octets of a body`)))
  })
}

/** A server that takes what is posted and gives back as many octets as it is asked for. */
export interface BulkServer {
  readonly port: number
  /** Octets of the last request's body. */
  readonly received: () => number
  readonly close: () => void
}

// asks the server for the size of its answer
const ANSWER_BYTES = 'x-answer-bytes'

export async function startBulkServer(framing: Framing, pauses: Pauses): Promise<BulkServer> {
  const sockets = new Set<Socket>()
  let received = -1
  const serve = async (socket: Socket): Promise<void> => {
    const { head, bytes } = await receiveBody(socket, pauses)
    received = bytes
    const wanted = Number(new RegExp(`\\r\\n${ANSWER_BYTES}: *(\\d+)`, 'i').exec(head)?.[1] ?? 0)
    socket.write(`HTTP/1.1 200 OK\r\n${framingLine(framing, wanted)}\r\nconnection: close\r\n\r\n`)
    await sendBody(socket, framing, wanted)
    socket.end()
  }
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    serve(socket).catch(() => socket.destroy()) // the client tells what it missed
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port, // holds: listening on a host and port
    received: () => received,
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    }
  }
}

/** Posts `up` octets and asks for `down`. @returns octets of the answer's body */
export async function exchangeBodies(port: number, up: number, down: number, framing: Framing, pauses: Pauses): Promise<number> {
  const socket = connect(port, '127.0.0.1')
  try {
    const answer = receiveBody(socket, pauses)
    socket.write(`POST ${PATH} HTTP/1.1\r\nhost: models.test\r\nx-user-id: ${userOf(0)}\r\n${ANSWER_BYTES}: ${down}\r\n${framingLine(framing, up)}\r\n\r\n`)
    const [{ head, bytes }] = await Promise.all([answer, sendBody(socket, framing, up)])
    if (!head.startsWith('HTTP/1.1 200')) throw new Error(`expected 200; got ${head.split('\r\n', 1)[0]}`)
    return bytes
  } finally {
    socket.destroy()
  }
}
