import { readFileSync } from 'node:fs'
import type { Finding } from '../config/finding.ts'
import { load, type Loaded } from '../config/load.ts'
import { StartupError } from '../core/errors.ts'

/** A config that holds, and where it came from. */
export type GoodConfig = Extract<Loaded, { ok: true }> & { readonly tls: { readonly cert: string, readonly key: string } | undefined }

/** Where a config comes from: a file that can change, or text made by the command line. */
export type ConfigSource =
  | { readonly kind: 'file', readonly file: string }
  | { readonly kind: 'text', readonly name: string, readonly text: string }

/** Why a config was not taken. */
export interface BadConfig {
  readonly ok: false
  readonly findings: readonly Finding[]
  /** What is wrong outside the text, such as a certificate that cannot be read. */
  readonly message: string | undefined
}

export const nameOf = (source: ConfigSource): string => source.kind === 'file' ? source.file : source.name

/** The text of a config. @throws StartupError when the file cannot be read */
export function readSource(source: ConfigSource): string {
  if (source.kind === 'text') return source.text
  try {
    return readFileSync(source.file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException // holds: what readFileSync throws
    throw new StartupError('config_unreadable', `${source.file}: ${code === 'ENOENT' ? 'no such file' : `cannot be read (${code ?? 'unknown'})`}`, { cause: error })
  }
}

/** Loads and checks a config, and reads the certificate it names. Does not throw for what the config says. */
export function loadSource(source: ConfigSource, text: string, env: Readonly<Record<string, string | undefined>>): GoodConfig | BadConfig {
  const loaded = load(text, { file: nameOf(source), env, readFile: (path) => readFileSync(path, 'utf8') })
  if (!loaded.ok) return { ok: false, findings: loaded.findings, message: undefined }
  const { tls } = loaded.config.listen
  if (tls === undefined) return { ...loaded, tls: undefined }
  try {
    return { ...loaded, tls: { cert: readFileSync(tls.cert, 'utf8'), key: readFileSync(tls.key, 'utf8') } }
  } catch (error) {
    return { ok: false, findings: [], message: `listen.tls: ${error instanceof Error ? error.message : String(error)}` }
  }
}
