import type { Socket } from 'node:net'

const PIECE = Buffer.alloc(65_536, 'x')

/** Writes octets for as long as the other side takes them, up to a total. */
export class Flood {
  /** Octets the kernel has taken. */
  get sent(): number {
    return this.socket.bytesWritten - this.socket.writableLength - this.before
  }

  private readonly socket: Socket
  private readonly before: number
  private left: number

  constructor(socket: Socket, total: number) {
    this.socket = socket
    this.before = socket.bytesWritten
    this.left = total
    socket.on('drain', () => this.pour())
    this.pour()
  }

  private pour(): void {
    while (this.left > 0) {
      const piece = PIECE.subarray(0, Math.min(PIECE.length, this.left))
      this.left -= piece.length
      if (!this.socket.write(piece)) return
    }
  }
}
