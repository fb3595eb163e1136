import { createHash } from 'node:crypto'
import stringify from 'fast-json-stable-stringify'
import type { z } from 'zod'
import { checkReferences } from './checks.ts'
import { effective } from './effective.ts'
import type { Finding } from './finding.ts'
import type { Surroundings } from './interpolate.ts'
import { reportIssues } from './issues.ts'
import { find, type Mark } from './mark.ts'
import { describeIssue } from './messages.ts'
import { outline } from './outline.ts'
import { parse } from './parse.ts'
import { Report } from './report.ts'
import { retype } from './retype.ts'
import { isMapping, valueAt } from './schema-node.ts'
import { config as schema } from './schema/config.ts'
import { checkSettings } from './settings.ts'
import { Source } from './source.ts'
import { readTree } from './tree.ts'
import type { Config } from './types.ts'
import { checkDoubts } from './warnings.ts'

export interface LoadOptions extends Surroundings {
  /** Name of the file, for findings. */
  readonly file: string
}

export type Loaded =
  | {
    readonly ok: true
    readonly config: Config
    readonly warnings: readonly Finding[]
    /** The first 12 hexadecimal digits of a SHA-256 over the config, values of placeholders included. */
    readonly hash: string
    /** The config as YAML would say it, with defaults and without secrets. */
    readonly redacted: unknown
  }
  | { readonly ok: false, readonly findings: readonly Finding[] }

/** Reads and checks a config. Says everything that is wrong with it at once; never throws. */
export function load(text: string, options: LoadOptions): Loaded {
  const source = new Source(options.file, text)
  const report = new Report(source)
  const surroundings = { env: options.env, readFile: remembering(options.readFile) }
  const failed = (): Loaded => ({ ok: false, findings: report.list() })

  const parsed = parse(source, report)
  if (parsed === undefined) return failed()
  const tree = readTree(parsed.contents, source.text, surroundings, report)
  if (tree === undefined) return failed()
  report.root = tree.mark
  const data = withoutExtras(tree.data)
  if (isMapping(data) && Object.hasOwn(data, 'apiVersion') && Object.hasOwn(data, 'kind')) {
    report.error([], 'a Kubernetes manifest; check the config it holds, under `data` of a ConfigMap')
    return failed()
  }
  const checked = check(data, tree.mark)
  if (parsed.soundUntil < Infinity) {
    reportIssues(checked.issues.flatMap((issue) => soundPart(issue, tree.mark, data, parsed.soundUntil)), data, tree.mark, report)
    return failed()
  }
  reportIssues(checked.issues, data, tree.mark, report)
  const shape = outline(data)
  checkReferences(shape, report)
  checkSettings(data, surroundings, report)
  // a doubt about a route that is not as it was meant would only mislead
  if (!report.hasErrors('routes')) checkDoubts(shape, report)
  if (report.hasErrors() || checked.config === undefined) return failed()
  const { config } = checked
  const hash = createHash('sha256').update(stringify(config)).digest('hex').slice(0, 12)
  return { ok: true, config, warnings: report.list(), hash, redacted: effective(data, tree.mark, config) }
}

type Issue = z.core.$ZodIssue

function check(data: unknown, root: Mark): { readonly config: Config | undefined, readonly issues: readonly Issue[] } {
  const first = schema.safeParse(data, { error: describeIssue })
  if (first.success) return { config: first.data, issues: [] }
  if (!retype(first.error.issues, data, root)) return { config: undefined, issues: first.error.issues }
  const second = schema.safeParse(data, { error: describeIssue })
  return second.success ? { config: second.data, issues: [] } : { config: undefined, issues: second.error.issues }
}

// above a place where the text is no YAML, what is there is what was meant; what is missing may only be cut off
function soundPart(issue: Issue, root: Mark, data: unknown, soundUntil: number): readonly Issue[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol')
  const { mark, whole } = find(root, path)
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.filter((key) => (mark.members.get(key)?.keyAt ?? Infinity) < soundUntil)
    return keys.length === 0 ? [] : [{ ...issue, keys }]
  }
  const sound = whole && path.length > 0 && mark.at < soundUntil && (valueAt(data, path) ?? undefined) !== undefined && mark.members.values().every((member) => member.at < soundUntil)
  return sound ? [issue] : []
}

// keys of one's own, for anchors
function withoutExtras(data: unknown): unknown {
  return isMapping(data) ? Object.fromEntries(Object.entries(data).filter(([key]) => !key.startsWith('x-'))) : data
}

// a file is read once, so that a config is of one piece even while a secret is being replaced
function remembering(readFile: Surroundings['readFile']): Surroundings['readFile'] {
  const read = new Map<string, string>()
  return (path) => {
    const text = read.get(path) ?? readFile(path)
    read.set(path, text)
    return text
  }
}
