import type { Path } from './finding.ts'
import type { Placeholder } from './interpolate.ts'

/** Where a value of the data stands in the text, and how it is written there. */
export interface Mark {
  /** Offset of its key; undefined for items of lists and the top. */
  readonly keyAt: number | undefined
  /** Offset of the value. */
  readonly at: number
  /** A scalar as written, before placeholders are replaced; undefined for mappings and lists. */
  readonly written: string | undefined
  /** A text after placeholders are replaced. */
  readonly value: string | undefined
  readonly placeholders: readonly Placeholder[]
  /** The value could not be had, which has been reported: nothing more can be said about it. */
  readonly broken: boolean
  readonly members: ReadonlyMap<string | number, Mark>
}

export interface Found {
  readonly mark: Mark
  /** Whether the path led all the way; else `mark` is the innermost there is. */
  readonly whole: boolean
}

/** The mark of a path, or of as much of it as there is. */
export function find(root: Mark, path: Path): Found {
  let mark = root
  for (const step of path) {
    const next = mark.members.get(step)
    if (next === undefined) return { mark, whole: false }
    mark = next
    if (mark.broken) return { mark, whole: true }
  }
  return { mark, whole: true }
}
