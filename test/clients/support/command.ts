import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { keep } from '../../support/windtunnel.ts'

// characters of what a failed command printed that an error repeats
const MAX_TOLD = 2000

/** How a command ended, and what it printed. */
export interface Ended {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

export interface CommandOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string | Buffer
}

/** A command under way. */
export interface Command {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
}

/** Starts a command, in an environment that holds nothing but PATH and what is given; killed when the tests of the file are over. */
export function start(command: string, args: readonly string[], { cwd, env, input }: CommandOptions = {}): Command {
  const child = keep(spawn(command, args, { cwd, env: { PATH: process.env['PATH'], ...env }, stdio: 'pipe' }))
  const pieces: Buffer[] = []
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => pieces.push(chunk))
  child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text })
  child.stdin.on('error', () => undefined) // it may end before it has read everything
  child.stdin.end(input)
  const ended = new Promise<Ended>((resolve) => {
    child.once('error', (error) => resolve({ code: null, stdout: Buffer.concat(pieces), stderr: stderr + error.message }))
    child.once('close', (code) => resolve({ code, stdout: Buffer.concat(pieces), stderr }))
  })
  return { child, ended }
}

/** Runs a command to its end. */
export const run = (command: string, args: readonly string[], options?: CommandOptions): Promise<Ended> => start(command, args, options).ended

/** Runs a command that must succeed, and returns what it printed. */
export async function output(command: string, args: readonly string[], options?: CommandOptions): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, options)
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${`${stdout.toString()}${stderr}`.slice(0, MAX_TOLD)}`)
  return stdout.toString()
}

/** Whether a command is installed; says so where it is not, since the tests that need it are then left out. */
export function isInstalled(command: string): boolean {
  const { error } = spawnSync(command, ['--version'], { stdio: 'ignore' })
  if (error !== undefined) process.stderr.write(`NOTICE: ${command} is not installed; the tests that need it are skipped\n`)
  return error === undefined
}
