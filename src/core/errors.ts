/** Something a person must mend before Windtunnel can run: a config that does not hold, a port that is taken. */
export class StartupError extends Error {
  /** Stable, snake_case. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StartupError'
    this.code = code
  }
}
