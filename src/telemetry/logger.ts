import { type Logger, pino, stdTimeFunctions } from 'pino'
import { createLogOutput, type Write } from './log-output.ts'

/**
 * JSON lines, written at once: what was logged is there even if the process dies next.
 * @param onLost called for each line that could not be written
 */
export function createLogger(level: string, name: string, write: Write, onLost: () => void = () => undefined): Logger {
  return pino({ level, base: { name }, timestamp: stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    createLogOutput(write, onLost))
}

export type { Logger } from 'pino'
