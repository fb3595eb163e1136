import { readFileSync } from 'node:fs'
import { type Finding, formatFinding } from '../config/finding.ts'
import { whyUnreadable } from '../config/interpolate.ts'
import { load, type Loaded } from '../config/load.ts'
import { CliError, FAILED, type Io } from './io.ts'

/** Reads and checks a config file, or standard input for "-". @throws CliError when it cannot be read */
export function loadFile(file: string, io: Io): Loaded {
  let text: string
  try {
    text = file === '-' ? io.readInput() : readFileSync(file, 'utf8')
  } catch (error) {
    throw new CliError(`${file}: ${whyUnreadable(error)}`)
  }
  return load(text, { file: file === '-' ? 'stdin' : file, env: io.env, readFile: (path) => readFileSync(path, 'utf8') })
}

/** A config that holds. @throws CliError listing everything that does not */
export function loadGood(file: string, io: Io): Extract<Loaded, { ok: true }> {
  const loaded = loadFile(file, io)
  if (loaded.ok) return loaded
  throw new CliError(formatAll(loaded.findings), FAILED)
}

export const formatAll = (findings: readonly Finding[]): string => findings.map(formatFinding).join('\n')
