/** A whole answer to a copy, as a fault may change it. */
export interface CopyAnswer {
  readonly status: number
  readonly contentType: string
  readonly contentEncoding: string
  readonly body: Buffer
}

/** What chaos does to one copy of a request. */
export interface CopyFaults {
  /** ms the copy is held back, as part of the time the shadow takes. */
  readonly waitMs: number
  /** What is taken for the shadow's answer, which is not asked. */
  readonly answer: Omit<CopyAnswer, 'contentEncoding'> | undefined
  /** Waits, then goes on; sooner when the experiment is stopped. @returns what cancels it */
  hold(goOn: () => void): () => void
  /** The body of an answer after it was degraded; undefined when it stays as it is. */
  degrade(answer: CopyAnswer, streamed: boolean): Buffer | undefined
  /** The copy is over. */
  end(): void
}
