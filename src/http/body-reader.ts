import { giveBack, isBulk } from './bulk.ts'
import { ChunkedDecoder } from './chunked.ts'
import type { Problem } from './problems.ts'
import type { Framing } from './request-head.ts'

/** Reads one message body after another out of what a connection brings, by the framing each head has stated. */
export class BodyReader {
  /** Whether the body is whole. One that lasts until close never says so. */
  done = true
  /** Raw trailer lines, once done; empty when there were none. */
  trailers = ''
  /** Why the body cannot be read on. */
  problem: Problem | undefined = undefined
  /** What the last `read` found behind the body's end. */
  rest: Buffer | undefined = undefined
  private remaining = 0
  private decoder: ChunkedDecoder | undefined = undefined

  /** Begins a body; `length` counts where framing is `length`. */
  start(framing: Framing, length: number): void {
    this.trailers = ''
    this.problem = undefined
    this.rest = undefined
    this.decoder = framing === 'chunked' ? new ChunkedDecoder() : undefined
    this.remaining = framing === 'length' ? length : framing === 'close' ? Infinity : 0
    this.done = this.decoder === undefined && this.remaining === 0
  }

  /** The octets of the body in `input`, in one piece; undefined when there are none. `input` has no other use. */
  read(input: Buffer): Buffer | undefined {
    const { decoder } = this
    if (decoder !== undefined) return this.decode(input, decoder)
    const used = Math.min(this.remaining, input.length)
    this.remaining -= used
    this.done = this.remaining === 0
    if (used === input.length) return input
    const octets = input.subarray(0, used)
    this.rest = behind(input, used, octets)
    return used === 0 ? undefined : octets
  }

  private decode(input: Buffer, decoder: ChunkedDecoder): Buffer | undefined {
    const used = decoder.feed(input, 0)
    const octets = decoder.take()
    this.problem = decoder.problem
    if (decoder.done && decoder.problem === undefined) {
      this.done = true
      this.trailers = decoder.trailers
      this.decoder = undefined
      if (used < input.length) this.rest = behind(input, used, octets)
    }
    // those of several chunks have been copied; where a head stood before them, a message before that may still be in use
    if (!this.done && input.byteOffset === 0 && isBulk(input) && octets?.buffer !== input.buffer) giveBack(input)
    return octets
  }
}

// what lies behind a body must outlive it: the memory of bulk octets is given back as soon as they are sent
function behind(input: Buffer, used: number, octets: Buffer | undefined): Buffer {
  const rest = input.subarray(used)
  return octets !== undefined && isBulk(octets) ? Buffer.from(rest) : rest
}
