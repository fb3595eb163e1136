import { type Command, Option } from 'commander'
import type { Io } from './io.ts'

/** A verb of the command line: adds itself to the program. */
export type Verb = (program: Command, io: Io) => void

/** Help text that shows how a verb is used before it lists options. */
export const examples = (...lines: readonly string[]): string => `Examples:\n${lines.map((line) => `  $ windtunnel ${line}`).join('\n')}\n`

/** The option that says how much is logged. */
export const logLevel = (description: string): Option => new Option('--log-level <level>', description).choices(['debug', 'info', 'warn', 'error'])
