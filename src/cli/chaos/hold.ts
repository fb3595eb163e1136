import { type AdminOptions, callAdmin } from '../admin-client.ts'
import { CliError, type Io } from '../io.ts'

const RENEW_MS = 2000

/**
 * Renews an experiment's lease until it ends, and stops it when this process is told to go. Should that die without a word,
 * the experiment ends with its lease.
 */
export async function holdExperiment(name: string, options: AdminOptions, io: Io): Promise<void> {
  const path = `/api/v1/chaos/${encodeURIComponent(name)}`
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) io.onSignal(signal, () => stop.abort())
  io.err(`holding ${name}; interrupt to stop it\n`)
  while (await rest(stop.signal)) { // oxlint-disable-line no-await-in-loop -- until it is over
    try {
      await callAdmin(options, 'POST', `${path}/renew`) // oxlint-disable-line no-await-in-loop -- one at a time
    } catch (error) {
      if (error instanceof CliError && error.message.endsWith('does not run')) return io.out(`${name} has ended\n`)
      io.err(`${error instanceof Error ? error.message : String(error)}\n`)
    }
  }
  await callAdmin(options, 'POST', `${path}/stop`)
  io.out(`stopped ${name}\n`)
}

/** Waits; false when interrupted. */
function rest(signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false)
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(true), RENEW_MS)
    const done = (goOn: boolean): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      resolve(goOn)
    }
    const onAbort = (): void => done(false)
    signal.addEventListener('abort', onAbort)
  })
}
