import { type Logger, pino, stdTimeFunctions } from 'pino'

/** JSON lines on standard output, written at once: what was logged is there even if the process dies next. */
export function createLogger(level: string, name: string): Logger {
  return pino({ level, base: { name }, timestamp: stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    pino.destination({ fd: 1, sync: true }))
}

export type { Logger } from 'pino'
