import type { z } from 'zod'
import type { Path } from './finding.ts'
import { find, type Mark } from './mark.ts'
import { valueAt } from './schema-node.ts'

type Issue = z.core.$ZodIssue

/**
 * A scalar that is one placeholder and nothing else, in quotes or not, is a number or a boolean where one is asked for and
 * its value is one; everywhere else it is text. Says whether there was such a one.
 */
export function retype(issues: readonly Issue[], data: unknown, root: Mark, base: Path = []): boolean {
  let changed = false
  for (const issue of issues) {
    const path = [...base, ...issue.path.filter((step) => typeof step !== 'symbol')]
    if (issue.code === 'invalid_union') {
      for (const branch of issue.errors) changed = retype(branch, data, root, path) || changed
      continue
    }
    const { mark, whole } = find(root, path)
    const [only] = mark.placeholders
    if (!whole || only === undefined || mark.written !== only.text) continue
    const value = typed(issue, mark.value)
    const parent = valueAt(data, path.slice(0, -1))
    const key = path.at(-1)
    if (value === undefined || key === undefined || typeof parent !== 'object' || parent === null) continue
    Reflect.set(parent, key, value)
    changed = true
  }
  return changed
}

function typed(issue: Issue, text: string | undefined): number | boolean | undefined {
  const wanted = issue.code === 'invalid_type' ? [issue.expected] : issue.code === 'invalid_value' ? issue.values.map((value) => typeof value) : []
  if (text === undefined) return undefined
  if (wanted.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true'
  return wanted.some((type) => type === 'number' || type === 'int') && /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined
}
