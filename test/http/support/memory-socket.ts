import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'

/** Stands in for a socket where a test feeds octets to a parser thousands of times: keeps what is written, and whether it was closed. */
export class MemorySocket extends EventEmitter {
  written = ''
  destroyed = false
  finished = false
  readonly writableLength = 0

  write(data: string | Buffer): boolean {
    this.written += typeof data === 'string' ? data : data.toString('latin1')
    return true
  }

  end(done?: () => void): this {
    this.finished = true
    done?.()
    return this
  }

  destroy(): this {
    this.destroyed = true
    return this
  }

  destroySoon(): void {
    this.destroy()
  }

  resetAndDestroy(): this {
    return this.destroy()
  }

  cork(): void {
    // all is written at once
  }

  uncork(): void {
    // all is written at once
  }

  pause(): this {
    return this
  }

  resume(): this {
    return this
  }

  /** What the code under test takes it for: it asks for nothing but the members above. */
  get socket(): Socket {
    return this as unknown as Socket
  }
}
