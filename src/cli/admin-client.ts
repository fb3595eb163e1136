import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { request } from 'undici'
import { CliError } from './io.ts'

/** Where a running Windtunnel is reached. */
export interface AdminOptions {
  readonly admin: string
  readonly tokenFile?: string
}

const TIMEOUT_MS = 15_000

/** Gives a verb the options that say where the running Windtunnel is. */
export function withAdmin(command: Command): Command {
  return command
    .option('--admin <url>', 'address of its admin API', 'http://127.0.0.1:9901')
    .option('--token-file <file>', 'file with the token for writes')
}

/** Asks the admin API. @throws CliError saying what went wrong in a line */
export async function callAdmin<T>(options: AdminOptions, method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
  const { base, status, text } = await ask(options, method, path, body)
  const { tokenFile } = options
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    throw new CliError(`${base} does not answer as Windtunnel does; is --admin right?`)
  }
  if (status >= 400) {
    const { error } = document as { error?: { message?: string } } // holds: how the admin API reports errors, checked below
    if (status === 401) throw new CliError(tokenFile === undefined ? 'this needs the token of its config\'s admin.tokenFile; give --token-file' : `--token-file: the token in ${tokenFile} is not the one of its config's admin.tokenFile`)
    throw new CliError(error?.message ?? `${base}${path} answered ${status}`)
  }
  return document as T // holds: the admin API of this version answers so
}

/** Asks for something that is no JSON. @throws CliError saying what went wrong in a line */
export async function callAdminText(options: AdminOptions, path: string): Promise<string> {
  const { base, status, text } = await ask(options, 'GET', path)
  if (status < 400) return text
  throw new CliError(`${base}${path} answered ${status}: ${text.slice(0, 200)}`)
}

async function ask({ admin, tokenFile }: AdminOptions, method: 'GET' | 'POST', path: string, body?: object): Promise<{ readonly base: string, readonly status: number, readonly text: string }> {
  const base = /^https?:\/\//.test(admin) ? admin : `http://${admin}`
  const headers = { ...tokenFile !== undefined && { authorization: `Bearer ${readToken(tokenFile)}` }, ...body !== undefined && { 'content-type': 'application/json' } }
  try {
    const { statusCode: status, body: answer } = await request(new URL(path, base), { method, headers, ...body !== undefined && { body: JSON.stringify(body) }, signal: AbortSignal.timeout(TIMEOUT_MS) })
    return { base, status, text: await answer.text() }
  } catch (error) {
    const { code, message }: { code?: unknown, message: string } = error instanceof Error ? error : new Error(String(error))
    const reason = typeof code === 'string' ? code : message // a time that is up carries a number
    throw new CliError(`no Windtunnel answers at ${base} (${reason}); is it running, and is --admin right?`)
  }
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    throw new CliError(`--token-file: ${file} cannot be read`)
  }
}
