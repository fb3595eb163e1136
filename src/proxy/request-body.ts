import type { Inbound } from '../http/inbound.ts'
import { KeptBody } from './kept-body.ts'

// octets kept so that a request can be sent again; enough for most questions to a model
const RETRY_BYTES = 65_536

/** Who waits for the whole body before it is known where it goes. */
interface Awaiting {
  readonly limit: number
  readonly whole: () => void
  readonly tooLarge: () => void
}

/** A request's body as it comes: read whole for rules that look into it, held back while there is nowhere to send it. */
export class RequestBody extends KeptBody {
  /** Whether the client has been told to go on (100), so that the backend need not be asked. */
  continued = false
  private readonly inbound: Inbound
  private awaiting: Awaiting | undefined = undefined

  constructor(inbound: Inbound) {
    super(RETRY_BYTES)
    this.inbound = inbound
    const { body: early } = inbound
    if (early === undefined) return
    this.allow(early.length) // what came behind the request before this one may be more than one read brings
    this.add(early)
  }

  /** Reads all of it, up to `limit` octets, and calls one of the two; of a larger one no more is read. */
  await(limit: number, whole: () => void, tooLarge: () => void): void {
    const { inbound } = this
    const { head } = inbound
    this.allow(limit)
    if (this.bytes > limit || (head.framing === 'length' && head.contentLength > limit)) return tooLarge()
    if (inbound.bodyDone) return whole()
    if (head.expectsContinue && !this.continued) {
      this.continued = true
      inbound.interim('HTTP/1.1 100 Continue\r\n\r\n')
    }
    this.awaiting = { limit, whole, tooLarge }
    inbound.pauseBody(false)
  }

  /**
   * Reads no more of it than is kept, until there is somewhere to send it. Up to there it is read, as nothing else tells of
   * a client that leaves; one that waits to be told to go on is waited with.
   */
  hold(): void {
    const { inbound, bytes, continued } = this
    if (!inbound.bodyDone) inbound.pauseBody(bytes >= RETRY_BYTES || (inbound.head.expectsContinue && !continued))
  }

  /** Takes what has come. @param sendable whether there is somewhere to send it @returns whether to send it there */
  take(chunk: Buffer, sendable: boolean): boolean {
    const { awaiting } = this
    if (!sendable) this.allow(this.bytes + chunk.length)
    this.add(chunk)
    if (awaiting === undefined) {
      if (!sendable) this.hold()
      return sendable
    }
    if (this.bytes > awaiting.limit) this.exceed(awaiting)
    return false
  }

  /** All of it has come. @returns whether nobody waited for that */
  end(): boolean {
    const { awaiting } = this
    this.awaiting = undefined
    awaiting?.whole()
    return awaiting === undefined
  }

  /** Nobody wants it any more. */
  forget(): void {
    this.awaiting = undefined
    this.drop()
  }

  private exceed({ limit, tooLarge }: Awaiting): void {
    const { bodyDone } = this.inbound
    this.awaiting = bodyDone ? { limit, whole: tooLarge, tooLarge } : undefined // its end is told of next
    if (!bodyDone) tooLarge()
  }
}
