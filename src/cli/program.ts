import { Command, CommanderError } from 'commander'
import { VERSION } from '../control/version.ts'
import { chaos } from './chaos.ts'
import { compare } from './compare.ts'
import { demo } from './demo.ts'
import { doctor } from './doctor.ts'
import { explain } from './explain.ts'
import { gameday } from './gameday.ts'
import { CliError, type Io, OK, USAGE } from './io.ts'
import { reload } from './reload.ts'
import { report } from './report.ts'
import { run } from './run.ts'
import { schema } from './schema.ts'
import { selfcheck } from './selfcheck.ts'
import { status } from './status.ts'
import { validate } from './validate.ts'
import { examples, type Verb } from './verb.ts'

const VERBS: readonly Verb[] = [run, demo, validate, doctor, explain, schema, status, report, compare, selfcheck, reload, chaos, gameday]

/** Runs the command line. @returns the exit code of a verb that has ended; one that serves ends the process itself */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const program = new Command('windtunnel')
    .description('Tests machine-learning models in production: routes, mirrors and compares, injects chaos.')
    .version(VERSION)
    .addHelpText('before', examples('demo', 'run windtunnel.yaml', 'validate windtunnel.yaml', 'report'))
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
  for (const verb of VERBS) verb(program, io)
  for (const command of program.commands) inherit(command, program)
  try {
    await program.parseAsync(argv, { from: 'user' })
    return OK
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? OK : USAGE
    if (!(error instanceof CliError)) throw error
    if (error.message !== '') io.err(`${error.message}\n`)
    return error.exitCode
  }
}

// commander gives exitOverride and output to commands made by its own factory alone
function inherit(command: Command, program: Command): void {
  command.copyInheritedSettings(program)
  for (const child of command.commands) inherit(child, program)
}

