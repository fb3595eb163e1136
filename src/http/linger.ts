import type { Socket } from 'node:net'
import type { Deadlines, Timed } from './deadlines.ts'
import { listenTo, type SocketListener } from './socket-listener.ts'

export interface LingerOptions {
  /** How long a client may take nothing of its last answer, ms. */
  readonly idleMs: number
  /** How long what it still sends is read after that, ms. */
  readonly lingerMs: number
  readonly deadlines: Deadlines
}

/** Whose connection it was. */
export interface Lingering {
  /** The time is over. */
  abort(): void
  lost(): void
}

// octets thrown away; who sends on beyond that is left to wait
const MAX_BYTES = 16 * 1024 * 1024

/**
 * Ends a connection whose last answer is written. What the client still sends is read and thrown away for a while: to close
 * over unread data would reset the connection, and the client could lose the answer. Its FIN and ours together close it.
 */
export function linger(socket: Socket, owner: Lingering, options: LingerOptions): void {
  const lingering = new Linger(socket, owner, options)
  listenTo(socket, lingering)
  options.deadlines.add(lingering)
  socket.end(() => lingering.flushed())
  socket.resume()
}

class Linger implements Timed, SocketListener {
  deadlineMs: number
  place = -1
  private readonly socket: Socket
  private readonly owner: Lingering
  private readonly options: LingerOptions
  private bytes = 0

  constructor(socket: Socket, owner: Lingering, options: LingerOptions) {
    this.socket = socket
    this.owner = owner
    this.options = options
    this.deadlineMs = options.deadlines.after(options.idleMs)
  }

  flushed(): void {
    this.deadlineMs = this.options.deadlines.after(this.options.lingerMs)
  }

  expire(): void {
    this.owner.abort()
  }

  read(chunk: Buffer): void {
    this.bytes += chunk.length
    if (this.bytes > MAX_BYTES) this.socket.pause()
  }

  ended(): void {
    // ours is on its way
  }

  drained(): void {
    // nothing more is written
  }

  lost(): void {
    this.options.deadlines.delete(this)
    this.owner.lost()
  }
}
