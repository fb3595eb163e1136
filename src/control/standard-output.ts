import { writeSync } from 'node:fs'
import type { Write } from '../telemetry/log-output.ts'

const DESCRIPTOR = 1

/** Writes to standard output at once, from any thread: a thread's own stream would go through the main one. */
export const standardOutput: Write = (octets, from) => writeSync(DESCRIPTOR, octets, from)
