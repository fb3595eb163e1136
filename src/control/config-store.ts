import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { Finding } from '../config/finding.ts'
import { whyUnreadable } from '../config/interpolate.ts'
import { load, type Loaded } from '../config/load.ts'
import type { Config } from '../config/types.ts'
import { StartupError } from '../core/errors.ts'

/** What the files hold that a config names, read together with it so that all threads have the same. */
export interface NamedFiles {
  /** Certificate and key of the listener. */
  readonly tls: { readonly cert: string, readonly key: string } | undefined
  /** Certificates of the authorities that backends are trusted by, by path. */
  readonly authorities: Readonly<Record<string, string>>
}

/** A config that holds, with what it needs. */
export type GoodConfig = Extract<Loaded, { ok: true }> & NamedFiles

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
    throw new StartupError('config_unreadable', `${source.file}: ${whyUnreadable(error)}`, { cause: error })
  }
}

/** Loads and checks a config, and reads the certificates it names. Does not throw for what the config says. */
export function loadSource(source: ConfigSource, text: string, env: Readonly<Record<string, string | undefined>>): GoodConfig | BadConfig {
  const loaded = load(text, { file: nameOf(source), env, readFile: (path) => readFileSync(path, 'utf8') })
  if (!loaded.ok) return { ok: false, findings: loaded.findings, message: undefined }
  let at = 'listen.tls'
  try {
    const tls = readTls(loaded.config)
    const authorities: Record<string, string> = {}
    for (const [name, { tls: { ca } }] of Object.entries(loaded.config.backends)) {
      at = `backends.${name}.tls.ca`
      if (ca !== undefined) authorities[ca] = readAuthority(ca)
    }
    return { ...loaded, tls, authorities }
  } catch (error) {
    return { ok: false, findings: [], message: `${at}: ${error instanceof Error ? error.message : String(error)}` }
  }
}

function readTls({ listen: { tls } }: Config): NamedFiles['tls'] {
  if (tls === undefined) return undefined
  const files = { cert: readFileSync(tls.cert, 'utf8'), key: readFileSync(tls.key, 'utf8') }
  createSecureContext(files) // throws when they are none, or do not fit each other
  return files
}

function readAuthority(file: string): string {
  const ca = readFileSync(file, 'utf8')
  const certificates = ca.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g)
  if (certificates === null) throw new Error(`there is no certificate in ${file}`)
  for (const certificate of certificates) new X509Certificate(certificate) // throws when it is none; TLS would pass over it
  return ca
}

/** A digest of what a config and the files it names hold, to be compared with a later one. */
export function digestOf(text: string, { tls, authorities }: NamedFiles): string {
  return createHash('sha256').update(JSON.stringify([text, tls?.cert, tls?.key, Object.entries(authorities)])).digest('base64')
}

/** The same of a text and of what lies now under the names that `config` has for these files; what cannot be read is empty. */
export function digestNow(text: string, { listen: { tls }, backends }: Config): string {
  const files = Object.values(backends).flatMap(({ tls: { ca } }) => ca ?? [])
  return digestOf(text, {
    tls: tls === undefined ? undefined : { cert: readQuietly(tls.cert), key: readQuietly(tls.key) },
    authorities: Object.fromEntries(files.map((file) => [file, readQuietly(file)]))
  })
}

function readQuietly(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** Files that hold something else than before, a line each. */
export function renewals(before: NamedFiles, now: NamedFiles): string[] {
  const [old, tls] = [before.tls, now.tls]
  const listener = old === undefined || tls === undefined || (old.cert === tls.cert && old.key === tls.key) ? [] : ['listen: certificate renewed']
  const authorities = Object.keys(now.authorities).filter((file) => before.authorities[file] !== undefined && before.authorities[file] !== now.authorities[file])
  return [...listener, ...authorities.map((file) => `${file}: authorities renewed`)]
}
