import type { Socket } from 'node:net'
import { TcpSocket } from './tcp-socket.ts'

let waiting: Outlet[] = []

/**
 * A socket's way out. Whole messages are held back until all that can be read in this turn of the event loop has been read:
 * peers that sleep are then woken once for many messages instead of once for each, some 3 us of kernel time for each request
 * proxied. On TCP, a message that is alone by then goes out past the stream's queue.
 *
 *     EMPTY --post--> HELD --end of turn--> put past the queue, EMPTY
 *                      \---write, flush--> CORKED (in the queue) --end of turn--> written at once, EMPTY
 */
export class Outlet {
  readonly socket: Socket
  private readonly direct: TcpSocket | undefined
  private held: Buffer | undefined = undefined
  private corked = false
  private putBytes = 0 // written past the queue, and not yet with the kernel
  private readonly onPut = (error?: Error | null): void => {
    this.putBytes = 0
    if (error) this.socket.destroy(error)
  }

  constructor(socket: Socket) {
    this.socket = socket
    this.direct = socket instanceof TcpSocket ? socket : undefined
  }

  /** Whether all that was written is with the kernel. */
  get empty(): boolean {
    return this.held === undefined && this.putBytes === 0 && this.socket.writableLength === 0
  }

  /** Sends a message at the end of this turn. False asks to wait for "drain". */
  post(message: Buffer): boolean {
    if (this.corked || !this.empty) return this.write(message)
    if (waiting.push(this) === 1) setImmediate(letGo)
    if (this.direct === undefined) {
      this.cork()
      return this.socket.write(message)
    }
    this.held = message
    return true
  }

  /** Sends what is not a whole message, text as latin1, behind all before it. False asks to wait for "drain". @param sent called when it is with the kernel */
  write(chunk: Buffer | string, sent?: () => void): boolean {
    this.flush()
    return typeof chunk === 'string' ? this.socket.write(chunk, 'latin1') : this.socket.write(chunk, sent)
  }

  /** Hands what is held over to the stream: due before anyone else writes to it or ends it. */
  flush(): void {
    const { held, socket } = this
    if (held === undefined) return
    this.held = undefined
    this.cork()
    socket.write(held)
  }

  /** Lets everything out at once, for a socket that is to be closed. */
  release(): void {
    this.flush()
    this.corked = false
    while (this.socket.writableCorked > 0) this.socket.uncork()
  }

  /** The turn is over. */
  turn(): void {
    const { held, direct, socket } = this
    this.held = undefined
    if (held !== undefined && direct !== undefined && !socket.destroyed) {
      this.putBytes = held.length
      direct.put(held, this.onPut)
    }
    if (!this.corked) return
    this.corked = false
    socket.uncork()
  }

  private cork(): void {
    this.corked = true
    this.socket.cork()
  }
}

// runs when the turn's reads are done
function letGo(): void {
  const outlets = waiting
  waiting = []
  for (let i = 0; i < outlets.length; i++) outlets[i]?.turn()
}
