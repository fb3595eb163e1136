/** As much of autocannon as the bench uses; the package brings no types. */
declare module 'autocannon' {
  interface Request {
    readonly method: string
    readonly path: string
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
  }
  export interface Result {
    readonly requests: { readonly total: number }
    /** Milliseconds. */
    readonly latency: { readonly p50: number, readonly p99: number }
    /** Seconds. */
    readonly duration: number
    readonly errors: number
    readonly non2xx: number
  }
  export default function autocannon(options: {
    readonly url: string
    readonly connections: number
    /** Seconds. */
    readonly duration: number
    readonly requests: readonly Request[]
  }): Promise<Result>
}
