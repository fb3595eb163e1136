import { z } from 'zod'
import type { Finding, Path } from '../../config/finding.ts'
import type { Surroundings } from '../../config/interpolate.ts'
import { reportIssues } from '../../config/issues.ts'
import { describeIssue, either } from '../../config/messages.ts'
import { parse } from '../../config/parse.ts'
import { Report } from '../../config/report.ts'
import { retype } from '../../config/retype.ts'
import { mappings, member, type SchemaNode } from '../../config/schema-node.ts'
import { Source } from '../../config/source.ts'
import { closest } from '../../config/suggest.ts'
import { readTree } from '../../config/tree.ts'
import { checkPlan } from './check-plan.ts'
import { plan as schema, type Plan } from './plan.ts'
import type { Problem } from './problem.ts'

export type LoadedPlan =
  | {
    readonly ok: true
    readonly plan: Plan
    readonly warnings: readonly Finding[]
    /** Gives what is found out later its place in the file. */
    readonly locate: (problems: readonly Problem[]) => readonly Finding[]
  }
  | { readonly ok: false, readonly findings: readonly Finding[] }

/** Reads and checks the YAML of a game day. Says everything that is wrong with it at once; never throws. */
export function loadPlan(text: string, { file, ...surroundings }: Surroundings & { readonly file: string }): LoadedPlan {
  const source = new Source(file, text)
  const report = new Report(source)
  const failed = (): LoadedPlan => ({ ok: false, findings: report.list() })
  const parsed = parse(source, report)
  if (parsed === undefined || parsed.soundUntil < Infinity) return failed()
  const tree = readTree(parsed.contents, source.text, surroundings, report)
  if (tree === undefined) return failed()
  report.root = tree.mark
  const first = schema.safeParse(tree.data, { error: describeIssue })
  const checked = first.success || !retype(first.error.issues, tree.data, tree.mark) ? first : schema.safeParse(tree.data, { error: describeIssue })
  if (!checked.success) {
    const meant = unknownKeys(checked.error.issues, tree.data, report)
    const others = checked.error.issues.filter(({ code, path }) => code !== 'unrecognized_keys' && !meant.has(JSON.stringify(path)))
    reportIssues(others, tree.data, tree.mark, report)
    return failed()
  }
  add(checkPlan(checked.data), report)
  if (report.hasErrors()) return failed()
  const locate = (problems: readonly Problem[]): readonly Finding[] => {
    const later = new Report(source)
    later.root = tree.mark
    add(problems, later)
    return later.list()
  }
  return { ok: true, plan: checked.data, warnings: report.list(), locate }
}

function add(problems: readonly Problem[], report: Report): void {
  for (const { severity, path, message, suggestion } of problems) {
    if (severity === 'error') report.error(path, message, { suggestion })
    else report.warning(path, message, { suggestion })
  }
}

/** Reports keys that are not there. @returns paths of the keys they were meant to be, which are then not missing */
function unknownKeys(issues: readonly z.core.$ZodIssue[], data: unknown, report: Report): ReadonlySet<string> {
  const meant = new Set<string>()
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue
    const path = issue.path.filter((step) => typeof step !== 'symbol')
    const allowed = keysAt(path, data)
    for (const key of issue.keys) {
      const suggestion = closest(key, allowed)
      if (suggestion !== undefined) meant.add(JSON.stringify([...path, suggestion]))
      report.error([...path, key], `unknown key${suggestion === undefined ? `; expected ${either(allowed)}` : ''}`, { key: true, suggestion })
    }
  }
  return meant
}

let root: SchemaNode | undefined

function keysAt(path: Path, data: unknown): readonly string[] {
  // the cast holds: SchemaNode names keys of JSON Schema, with the types zod gives them
  root ??= z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }) as SchemaNode
  let node: SchemaNode | undefined = root
  let value = data
  for (const step of path) {
    node = typeof step === 'number' ? node?.items : node?.properties?.[step]
    value = member(value, step)
  }
  return node === undefined ? [] : mappings(node, value).flatMap(({ properties = {} }) => Object.keys(properties))
}
