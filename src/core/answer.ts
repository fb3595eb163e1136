/** A backend's answer as it was read: one side of a pair. Field values are as sent; missing ones are empty. */
export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly contentEncoding: string
  readonly body: Buffer
  /** ms from sending the request to the first octet and to the last; below 0 when unknown. */
  readonly firstByteMs: number
  readonly durationMs: number
}
