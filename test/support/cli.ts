import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { main } from '../../src/cli/program.ts'
import { keep } from './windtunnel.ts'

/** What a run of the command line came to. */
export interface CliRun {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface CliOptions {
  /** Standard input. */
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  /** Whether it is told that it writes to a terminal. */
  readonly colour?: boolean
}

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const COMMAND = process.execPath

/** Runs a verb that ends by itself, in the process of the test. */
export async function cli(args: readonly string[], { input = '', env = {}, colour = false }: CliOptions = {}): Promise<CliRun> {
  let out = ''
  let err = ''
  const code = await main(args, {
    out: (text) => { out += text },
    err: (text) => { err += text },
    env,
    colour,
    readInput: () => input,
    wallClock: Date.now,
    onSignal: () => { throw new Error('a verb that ends by itself needs no signals') },
    exit: (status) => { throw new Error(`a verb that ends by itself returns ${status}`) }
  })
  return { code, out, err }
}

/** Runs the command line as a process of its own, with pipes in place of a terminal. */
export function cliProcess(args: readonly string[], { input = '', env = {} }: CliOptions = {}): Promise<CliRun> {
  return outputOf(COMMAND, [MAIN, ...args], input, env)
}

/** Runs it on a pseudo-terminal, by util-linux's script. */
export function cliTerminal(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliRun> {
  const quoted = [COMMAND, MAIN, ...args].map((word) => `'${word.replaceAll('\'', String.raw`'\''`)}'`).join(' ')
  return outputOf('script', ['-qec', quoted, '/dev/null'], '', env)
}

function outputOf(command: string, args: readonly string[], input: string, env: Readonly<Record<string, string>>): Promise<CliRun> {
  const child = keep(spawn(command, args, { env: { PATH: process.env['PATH'], TERM: 'xterm', ...env }, stdio: ['pipe', 'pipe', 'pipe'] }))
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => { out += text })
  child.stderr.setEncoding('utf8').on('data', (text: string) => { err += text })
  child.stdin.on('error', () => undefined) // it need not read what it is given
  child.stdin.end(input)
  return new Promise((resolve) => { child.on('close', (code) => resolve({ code, out, err })) })
}
