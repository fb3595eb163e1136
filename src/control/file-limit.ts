import { readFileSync } from 'node:fs'
import type { Config } from '../config/types.ts'
import type { Logger } from '../telemetry/logger.ts'

// the config, logs, standard streams, and what the runtime holds for itself
const OWN_FILES = 200

/**
 * Warns where connections may take more files than the process may open. Once they are spent, the runtime closes newcomers
 * without a word to anyone, so that this is the only place to say it.
 * @param limit files that may be open
 */
export function warnOfFiles(config: Config, log: Pick<Logger, 'warn'>, limit: number = openFilesLimit()): void {
  const wanted = filesOf(config)
  if (wanted <= limit) return
  log.warn({ limit, wanted }, 'connections may take more files than may be open: raise the limit (ulimit -n), or lower maxConnections of listen and backends')
}

/** Files that all connections of a config take when there are as many as it allows. */
export const filesOf = ({ listen, backends }: Config): number =>
  OWN_FILES + listen.maxConnections + Object.values(backends).reduce((sum, { maxConnections }) => sum + maxConnections, 0)

/** Files this process may have open; Infinity where that cannot be told. Node raises the soft limit to the hard one. */
export function openFilesLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]
    return soft === undefined ? Infinity : Number(soft)
  } catch {
    return Infinity // only Linux has it
  }
}
