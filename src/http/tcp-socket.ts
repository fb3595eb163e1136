import { Buffer } from 'node:buffer' // the global is a getter, which costs as much as what it is asked for
import { Socket, type SocketConstructorOpts } from 'node:net'
import { hand } from './socket-listener.ts'

// all sockets read into this one and copy what has come: cheaper than memory of its own for each read
const READ_BUFFER = Buffer.allocUnsafeSlow(65_536)

// what a stream calls the encoding of a buffer; the types do not know it
const OCTETS = 'buffer' as BufferEncoding

/** Called when a write is with the kernel, or has failed. */
export type Done = (error?: Error | null) => void

/** A TCP socket that costs less than Node's own: it shares the memory it reads into, and may be written to beside its queue. */
export class TcpSocket extends Socket {
  constructor(options: SocketConstructorOpts) {
    super({ ...options, onread: { buffer: READ_BUFFER, callback: (size) => hand(this, taken(size)) } })
  }

  /**
   * Writes past the queue that a stream keeps, which costs more than the write itself. Only while that queue is empty, or the
   * octets overtake others; the kernel's own order holds for whatever is written afterwards.
   */
  put(message: Buffer, done: Done): void {
    // oxlint-disable-next-line no-underscore-dangle -- the name a stream gives it
    this._write(message, OCTETS, done)
  }
}

// what is used of a handle, by Node's own names
interface Handle {
  readonly useUserBuffer?: unknown
}

// what has just been read, in memory of its own
function taken(size: number): Buffer {
  const octets = Buffer.allocUnsafe(size)
  READ_BUFFER.copy(octets, 0, 0, size)
  return octets
}

/**
 * Puts a connection that a server has accepted (with `pauseOnConnect`) on a TcpSocket, for which Node has no public way: the
 * handle is moved. The accepted socket stays behind as what the server counts. Where Node should come to keep its handles
 * otherwise, the accepted socket is used as it is.
 */
export function adopt(accepted: Socket): Socket {
  const from = accepted as unknown as { _handle?: Handle | null } // holds: it may be missing, and is looked at first
  // oxlint-disable-next-line no-underscore-dangle -- Node's name
  const handle = from._handle
  if (typeof handle?.useUserBuffer !== 'function') {
    accepted.resume()
    return accepted
  }
  // oxlint-disable-next-line no-underscore-dangle -- Node's name
  from._handle = null
  const socket = new TcpSocket({ handle, allowHalfOpen: accepted.allowHalfOpen } as SocketConstructorOpts) // holds: a handle of Node's own is taken too
  socket.once('close', () => accepted.destroy())
  return socket
}
