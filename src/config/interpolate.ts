import { closest } from './suggest.ts'

/** Where placeholders get their values. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Contents of a text file; throws when it cannot be read. */
  readonly readFile: (path: string) => string
}

/** A `${...}` in a scalar. */
export interface Placeholder {
  /** As written. */
  readonly text: string
  /** undefined when it has none, and then `problem` says why. */
  readonly value: string | undefined
  readonly problem: string | undefined
  readonly suggestion: string | undefined
}

export interface Interpolated {
  /** With every placeholder that has a value replaced. */
  readonly text: string
  readonly placeholders: readonly Placeholder[]
}

const TOKEN = /\$\$\{|\$\{([^}]*)\}|\$\{/g
const VARIABLE = /^([A-Za-z_]\w*)(?::-(.*))?$/s
const MAX_FILE_OCTETS = 1_048_576

/**
 * Replaces `${NAME}`, `${NAME:-default}` (also when NAME is empty, as in a shell) and `${file:/path}` (without one line
 * end at its end). `$${` stands for `${` itself. A value is never looked into again, neither for placeholders nor as YAML;
 * keys of mappings are left as they are.
 */
export function interpolate(text: string, surroundings: Surroundings): Interpolated {
  const placeholders: Placeholder[] = []
  const replaced = text.replaceAll(TOKEN, (written: string, inner: string | undefined) => {
    if (written === '$${') return '${'
    const placeholder = { text: written, value: undefined, problem: undefined, suggestion: undefined, ...resolve(inner, surroundings) }
    placeholders.push(placeholder)
    return placeholder.value ?? written
  })
  return { text: replaced, placeholders }
}

type Resolved = { readonly value: string } | { readonly problem: string, readonly suggestion?: string | undefined }

function resolve(inner: string | undefined, { env, readFile }: Surroundings): Resolved {
  if (inner === undefined) return { problem: 'a placeholder that does not end; write $${ for a plain ${' }
  if (inner.startsWith('file:')) return fileValue(inner.slice('file:'.length), readFile)
  const [, name, fallback] = VARIABLE.exec(inner) ?? []
  if (name === undefined) return { problem: `not a placeholder: \${${inner}}; expected \${NAME}, \${NAME:-default} or \${file:/path}, or $\${ for a plain \${` }
  const value = Object.hasOwn(env, name) ? env[name] : undefined
  if (fallback !== undefined) return { value: value === undefined || value === '' ? fallback : value }
  if (value !== undefined) return { value }
  const like = closest(name, Object.keys(env))
  return { problem: `environment variable ${name} is not set, and there is no default`, suggestion: like === undefined ? undefined : `\${${like}}` }
}

function fileValue(path: string, readFile: Surroundings['readFile']): Resolved {
  const read = readText(path, readFile)
  return 'problem' in read ? read : { value: read.value.replace(/\r?\n$/, '') }
}

/** Reads a file that a config names. */
export function readText(path: string, readFile: Surroundings['readFile']): Resolved {
  if (path === '') return { problem: 'expected the path of a file' }
  try {
    const value = readFile(path)
    return value.length > MAX_FILE_OCTETS ? { problem: `${JSON.stringify(path)} is larger than 1MiB` } : { value }
  } catch (error) {
    return { problem: `cannot read ${JSON.stringify(path)}: ${whyUnreadable(error)}` }
  }
}

const REASONS: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'no such file'], ['EACCES', 'permission denied'], ['EISDIR', 'it is a directory'], ['ENOTDIR', 'no such file']
])

/** Why a file could not be read, in words. */
export const whyUnreadable = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown error'
  return REASONS.get('code' in error ? error.code : undefined) ?? error.message
}
