import { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import { giveBack, isBulk } from './bulk.ts'
import { Outlet } from './outlet.ts'

/** How a body is put on the wire: `raw` with a length its head has stated, `chunked`, until `close`, or no body at all. */
export type BodyFraming = 'none' | 'raw' | 'chunked' | 'close'

// up to here a head and its first body octets are copied into one buffer: cheaper than a gathering write
const COPY_BYTES = 16_384
const LAST_CHUNK = '0\r\n\r\n'

/** Writes one message after another onto a socket, framing bodies anew. */
export class BodyWriter {
  /** What else is written on the socket goes through here too. */
  readonly outlet: Outlet
  private framing: BodyFraming = 'none'

  constructor(socket: Socket) {
    this.outlet = new Outlet(socket)
  }

  /** Whether the body now on the wire ends only with the connection. */
  get untilClose(): boolean {
    return this.framing === 'close'
  }

  /** Sends a head with its empty line, and the first octets of the body with it. False asks to wait for "drain". */
  start(head: string, framing: BodyFraming, body?: Buffer): boolean {
    this.framing = framing
    const { outlet } = this
    if (body === undefined || body.length === 0 || framing === 'none') return outlet.post(Buffer.from(head, 'latin1'))
    const chunked = framing === 'chunked'
    if (body.length > COPY_BYTES) {
      outlet.post(Buffer.from(head, 'latin1'))
      return this.write(body)
    }
    const opening = chunked ? `${head}${body.length.toString(16)}\r\n` : head
    const message = Buffer.allocUnsafe(opening.length + body.length + (chunked ? 2 : 0))
    message.write(opening, 0, 'latin1')
    body.copy(message, opening.length)
    if (chunked) message.write('\r\n', message.length - 2, 'latin1')
    return outlet.post(message)
  }

  /**
   * Sends more of the body. False asks to wait for "drain".
   * @param spent whether nobody else has a use for the octets: their memory is then given back as soon as they are sent
   */
  write(chunk: Buffer, spent = false): boolean {
    const { outlet, outlet: { socket } } = this
    if (this.framing === 'none' || chunk.length === 0) return true
    const sent = spent && isBulk(chunk) ? () => giveBack(chunk) : undefined
    if (this.framing !== 'chunked') return outlet.write(chunk, sent)
    const size = `${chunk.length.toString(16)}\r\n`
    if (chunk.length <= COPY_BYTES) {
      const framed = Buffer.allocUnsafe(size.length + chunk.length + 2)
      framed.write(size, 0, 'latin1')
      chunk.copy(framed, size.length)
      framed.write('\r\n', framed.length - 2, 'latin1')
      return outlet.write(framed)
    }
    socket.cork()
    outlet.write(size)
    outlet.write(chunk, sent)
    const flowing = outlet.write('\r\n')
    socket.uncork()
    return flowing
  }

  /** Ends the body. `trailers` are lines with CR LF, for a chunked body alone. */
  end(trailers = ''): void {
    if (this.framing === 'chunked') this.outlet.write(trailers === '' ? LAST_CHUNK : `0\r\n${trailers}\r\n`)
  }

  /**
   * Closes the socket so that the peer cannot take what it has for a whole message. `transport` is the TCP socket: a body
   * that lasts until close can only show by a reset, not by FIN, that it is cut. TLS has a way of its own to say where it
   * ends, but many clients do not listen to it.
   */
  cut(transport: Socket): void {
    this.outlet.release() // the peer is to have what came, as far as it came
    if (this.untilClose && !('encrypted' in transport)) transport.resetAndDestroy()
    this.outlet.socket.destroy()
  }
}
