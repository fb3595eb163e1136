/*
 * A model server of fixed answers: every request on a port gets that port's text after that port's delay, or nothing at all. Run
 * as a program with a JSON list of ModelPort and the port of a status page.
 */
import { createServer, type Socket } from 'node:net'

export interface ModelPort {
  readonly port: number
  readonly answer: string
  /** Milliseconds until the answer; `never` for one that takes requests and says nothing. */
  readonly delayMs: number | 'never'
}

let accepted = 0
let served = 0

/** Reads one request after the other; all it needs of one is where it ends. Pipelined requests are answered in turn. */
function serve(socket: Socket, reply: Buffer, delayMs: number | 'never'): void {
  accepted++
  let held: Buffer = Buffer.alloc(0)
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    for (;;) {
      const headEnd = held.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const length = /\r\ncontent-length: *(\d+)/i.exec(held.subarray(0, headEnd).toString('latin1'))?.[1]
      const end = headEnd + 4 + Number(length ?? 0)
      if (held.length < end) return
      held = held.subarray(end)
      served++
      if (delayMs === 0) socket.write(reply)
      else if (delayMs !== 'never') setTimeout(() => socket.writable && socket.write(reply), delayMs)
    }
  })
}

const [ports = '[]', statusPort = '0'] = process.argv.slice(2)
for (const { port, answer, delayMs } of JSON.parse(ports) as readonly ModelPort[]) { // holds: the bench writes it
  const reply = Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(answer)}\r\n\r\n${answer}`)
  createServer((socket) => serve(socket, reply, delayMs)).listen({ port, host: '127.0.0.1', backlog: 4096 })
}

// in the words of nginx's stub_status, so that one reader serves both
createServer((socket) => {
  socket.on('error', () => socket.destroy())
  socket.once('data', () => {
    const page = `server accepts handled requests\n ${accepted} ${accepted} ${served}\n`
    socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${page.length}\r\nconnection: close\r\n\r\n${page}`)
  })
}).listen(Number(statusPort), '127.0.0.1')
