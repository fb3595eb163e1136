import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { PATH, QUESTION, userOf } from '../model.ts'

/*
 * Server-sent events that carry when they were sent, by the clock of this process, and clients that read them: server and
 * clients share the process, so that two readings of one clock are compared.
 */

const EVENT = /data: ([\d.]+)\n\n/g
const LAST_CHUNK = '\r\n0\r\n\r\n'

export interface EventServer {
  readonly port: number
  readonly close: () => void
}

/** Answers a POST with `x-events` events, the first at once and each next one `everyMs` later. */
export async function startEventServer(everyMs: number): Promise<EventServer> {
  const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    let left = Number(request.headers['x-events'])
    const send = (): void => {
      response.write(`data: ${performance.now()}\n\n`)
      if (--left > 0) return
      clearInterval(timer)
      response.end()
    }
    const timer = setInterval(send, everyMs)
    response.on('close', () => clearInterval(timer))
    send()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port, // holds: listening on a host and port
    close: () => {
      server.close()
      server.closeAllConnections()
    }
  }
}

/** What a client saw of one answer, in milliseconds. */
export interface Stream {
  /** From sending the request to the first octet of the answer. */
  readonly firstByteMs: number
  /** Of each event, from being sent to being read. */
  readonly delaysMs: readonly number[]
}

/** A client on one kept-alive connection. */
export class EventClient {
  private readonly socket: Socket

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true })
  }

  /** Asks for some events and reads them all. @throws Error when the answer ends early or an event is missing */
  listen(events: number): Promise<Stream> {
    return new Promise((resolve, reject) => {
      const { socket } = this
      const delaysMs: number[] = []
      let firstByteMs = NaN
      let text = ''
      const startedAt = performance.now()
      const finish = (error?: Error): void => {
        socket.off('data', read).off('close', closed)
        if (error === undefined) resolve({ firstByteMs, delaysMs })
        else reject(error)
      }
      const closed = (): void => finish(new Error(`the stream ended after ${delaysMs.length} of ${events} events: ${text.slice(0, 200)}`))
      const read = (piece: Buffer): void => {
        const now = performance.now()
        if (Number.isNaN(firstByteMs)) firstByteMs = now - startedAt
        text += piece.toString('latin1')
        let end = 0
        for (const found of text.matchAll(EVENT)) { // chunk sizes stand between events and are passed over
          delaysMs.push(now - Number(found[1]))
          end = found.index + found[0].length
        }
        text = text.slice(end)
        if (text.endsWith(LAST_CHUNK)) finish(delaysMs.length === events ? undefined : new Error(`expected ${events} events; got ${delaysMs.length}`))
      }
      socket.on('data', read).on('close', closed)
      socket.write(`POST ${PATH} HTTP/1.1\r\nhost: models.test\r\ncontent-type: application/json\r\nx-user-id: ${userOf(0)}\r\nx-events: ${events}\r\ncontent-length: ${QUESTION.length}\r\n\r\n${QUESTION}`)
    })
  }

  close(): void {
    this.socket.removeAllListeners('close')
    this.socket.on('error', () => this.socket.destroy())
    this.socket.resetAndDestroy()
  }
}
