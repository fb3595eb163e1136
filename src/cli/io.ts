/** What a verb may touch of the world. */
export interface Io {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether standard output is a terminal that takes colour. */
  readonly colour: boolean
  /** Text on standard input, for verbs that read "-". */
  readonly readInput: () => string
  readonly wallClock: () => number
  /** Calls back for each signal of this name. */
  readonly onSignal: (name: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGUSR2', callback: () => void) => void
  /** Ends the process. */
  readonly exit: (code: number) => never
}

/** Exit codes. */
export const OK = 0
export const FAILED = 1
export const USAGE = 2
/** What was looked for was found. */
export const FOUND = 3

/** Ends a verb with a message on standard error and an exit code. */
export class CliError extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: number = FAILED) {
    super(message)
    this.name = 'CliError'
    this.exitCode = exitCode
  }
}
