import type { Build } from './build.ts'
import type { Options } from './options.ts'
import type { Processes } from './processes.ts'
import type { Patience } from './quiet.ts'

/** What a scenario works with. */
export interface Lab {
  readonly options: Options
  readonly processes: Processes
  readonly build: Build
  readonly patience: Patience
  /** A directory for generated config files; removed in the end. */
  readonly dir: string
  /** Tells how far it is. */
  readonly say: (line: string) => void
}

/** Waits. */
export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Calls back until the answer is true. @throws Error after `ms` */
export async function until(what: string, ms: number, done: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + ms
  while (!await done()) {
    if (performance.now() > giveUpAt) throw new Error(`${what}: not so after ${ms / 1000} s`)
    await sleep(50)
  }
}
