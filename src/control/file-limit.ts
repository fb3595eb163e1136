import { readFileSync } from 'node:fs'
import type { Config } from '../config/types.ts'
import type { Logger } from '../telemetry/logger.ts'

// the config, logs, standard streams, and what the runtime holds for itself
const OWN_FILES = 200

/**
 * Client connections that may be open at once: as many as the config allows, but for what backends may take of the files that
 * may be open. Once files are spent, the runtime closes newcomers without a word, and backends cannot be reached for those
 * who are there; so that newcomers are turned away before, and counted. Half of all files are for clients in any case.
 * @param limit files that may be open
 */
export function clientConnections({ listen, backends }: Config, limit: number = openFilesLimit()): number {
  const forBackends = Object.values(backends).reduce((sum, { maxConnections }) => sum + maxConnections, OWN_FILES)
  return Math.min(listen.maxConnections, Math.max(limit - forBackends, Math.floor(limit / 2)))
}

/** Says so where that is much less than the config allows. A default that is a little too high is nobody's plan. */
export function noteFileLimit(config: Config, log: Pick<Logger, 'warn'>, limit: number = openFilesLimit()): void {
  const { listen: { maxConnections } } = config
  const possible = clientConnections(config, limit)
  if (possible >= maxConnections / 2) return
  log.warn({ openFiles: limit, maxConnections, possible }, 'fewer clients can be connected than the config allows: raise the limit on open files (ulimit -n)')
}

/** Files this process may have open; Infinity where that cannot be told. Node raises the soft limit to the hard one. */
export function openFilesLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]
    return soft === undefined ? Infinity : Number(soft)
  } catch {
    return Infinity // only Linux has it
  }
}
