/** One side of a pair: an answer as it was read from a backend. Field values are as sent; missing ones are empty. */
export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly contentEncoding: string
  readonly body: Buffer
  /** ms from sending the request; below 0 when unknown. */
  readonly firstByteMs: number
  readonly durationMs: number
}
