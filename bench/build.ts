import { copyFileSync, existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Processes } from './processes.ts'

/** Windtunnel as it is measured. */
export interface Build {
  /** File for node to run. */
  readonly program: string
  readonly description: string
}

const ROOT = join(import.meta.dirname, '..')
const LIMIT_MS = 120_000

/**
 * Builds the package into a directory, as it is published: from source, each thread would also hold the tool that strips the types,
 * which is some 15 MiB. What does not build is measured from source.
 */
export async function buildWindtunnel(processes: Processes, dir: string, say: (line: string) => void): Promise<Build> {
  const program = join(dir, 'dist', 'main.js')
  try {
    await processes.run(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', join(ROOT, 'tsconfig.build.json'), '--outDir', join(dir, 'dist')], LIMIT_MS)
  } catch (error) {
    say(`could not be built: ${error instanceof Error ? error.message : String(error)}`)
    return { program: join(ROOT, 'src', 'main.ts'), description: 'run from source, as it did not build' }
  }
  copyFileSync(join(ROOT, 'package.json'), join(dir, 'package.json'))
  const packages = join(dir, 'node_modules')
  if (!existsSync(packages)) symlinkSync(join(ROOT, 'node_modules'), packages)
  return { program, description: 'built as it is published' }
}
