/** A backend's answer as it was read: one side of a pair. Field values are as sent; missing ones are empty. */
export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly contentEncoding: string
  /** Further header fields that were asked for and are there: lower-case names and values as sent. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
  /** ms from sending the request to the first octet and to the last; below 0 when unknown. */
  readonly firstByteMs: number
  readonly durationMs: number
  /**
   * When the body of a stream came: octets so far, and ms from sending the request, for one read after the other, both
   * rising. Empty for answers that are no streams.
   */
  readonly marks: readonly number[]
}
