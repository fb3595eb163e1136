import type { Path } from '../../config/finding.ts'

/** Something about a plan that is wrong, or doubtful, and where in its YAML. */
export interface Problem {
  readonly severity: 'error' | 'warning'
  readonly path: Path
  readonly message: string
  readonly suggestion?: string | undefined
}
