import type { Answer } from './answer.ts'

/** A mirrored request with the answers it got: the primary's, and at least one of the other two. */
export interface Trial {
  readonly route: string
  /** Shadow backend of the mirror. */
  readonly mirror: string
  /** Backend of `baseline`; empty where there is none. */
  readonly baselineBackend: string
  readonly requestId: string
  /** Of the request, without its query. */
  readonly path: string
  /** Body of the request, where the comparison wants it. */
  readonly request: Buffer | undefined
  /** Values of those headers of the request that the comparison wants, in its order; empty where one is missing. */
  readonly headers: readonly string[]
  /** How likely a request like this one was to be sampled, 0..1. */
  readonly probability: number
  readonly primary: Answer
  readonly shadow: Answer | undefined
  /** A second answer of the primary's own model. */
  readonly baseline: Answer | undefined
}
