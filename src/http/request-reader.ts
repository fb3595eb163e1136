import { BodyReader } from './body-reader.ts'
import { HeadReader } from './head-reader.ts'
import type { Problem } from './problems.ts'
import { type HeadLimits, RequestHead } from './request-head.ts'

/** Requests as they come off one connection, one at a time: a head, then its body as it comes. */
export class RequestReader {
  readonly head: RequestHead = new RequestHead()
  /** Octets of the body that are here and have been given to no one. */
  body: Buffer | undefined = undefined
  /** Whether the whole body has been read. */
  bodyDone = true
  /** Raw trailer lines of the request, once its body is done. */
  trailers = ''
  /** What has come and waits for the present request to end. */
  protected readonly pending: HeadReader = new HeadReader()
  private readonly reader: BodyReader = new BodyReader()

  /** Begins the next request out of `pending`, with what is there of its body. */
  protected nextRequest(limits: HeadLimits): Problem | 'partial' | undefined {
    const { head, pending, reader } = this
    const outcome = pending.next(head, limits)
    if (outcome !== undefined) return outcome
    reader.start(head.framing, head.contentLength)
    this.body = undefined
    this.bodyDone = reader.done
    this.trailers = ''
    const octets = reader.done ? undefined : pending.take()
    return octets === undefined ? undefined : this.readBody(octets)
  }

  /** Reads on in the body; what lies behind its end waits in `pending`. */
  protected readBody(octets: Buffer): Problem | undefined {
    const { reader } = this
    this.body = reader.read(octets)
    this.bodyDone = reader.done
    this.trailers = reader.trailers
    if (reader.rest !== undefined) this.pending.add(reader.rest)
    return reader.problem
  }

  /** Lets go of all that is held. */
  protected forget(): void {
    this.body = undefined
    this.pending.take()
  }
}
