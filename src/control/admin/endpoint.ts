/** An answer of the admin API. */
export interface Reply {
  readonly status: number
  /** Text as it is; anything else as JSON. */
  readonly body: unknown
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** One method on one path of the admin API. */
export interface Endpoint {
  readonly method: 'GET' | 'POST'
  /** Matches the whole path; named groups are its parameters. */
  readonly path: RegExp
  /** The path as OpenAPI writes it. */
  readonly openapi: string
  readonly summary: string
  /** Statuses it answers with, and what each means. */
  readonly statuses: Readonly<Record<number, string>>
  /** Octets of a body it takes; none where this is missing. */
  readonly maxBodyBytes?: number
  readonly answer: (parameters: Readonly<Record<string, string>>, body: Buffer) => Reply | Promise<Reply>
}
