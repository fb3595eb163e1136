import { watch, type FSWatcher } from 'node:fs'
import { dirname } from 'node:path'

const SETTLE_MS = 100
const MAX_SETTLE_MS = 1000
const POLL_MS = 30_000

/**
 * Tells when a file may have changed. Watches its directory, since that is what survives: Kubernetes swaps a symbolic link
 * beside the file and editors rename a new file over it, and either leaves a watch on the file itself dead. Which name an
 * event carries says nothing reliable, so the caller compares contents. A slow poll catches what the system does not tell.
 *
 * @param onMaybe called after 100 ms of quiet, or every second where a directory is never quiet
 * @returns what ends the watch
 */
export function watchFile(file: string, onMaybe: () => void): () => void {
  let settle: NodeJS.Timeout | undefined
  let sinceMs = Infinity
  let watcher: FSWatcher | undefined
  const maybe = (): void => {
    const nowMs = performance.now()
    if (nowMs - sinceMs > MAX_SETTLE_MS) return // it is on its way, whatever else comes
    if (sinceMs === Infinity) sinceMs = nowMs
    clearTimeout(settle)
    settle = setTimeout(() => {
      sinceMs = Infinity
      onMaybe()
    }, SETTLE_MS)
  }
  const observe = (): void => {
    try {
      watcher = watch(dirname(file), maybe)
      watcher.on('error', () => { watcher?.close(); watcher = undefined })
    } catch {
      // the directory is gone for now; the poll looks again
    }
  }
  observe()
  const poll = setInterval(() => {
    if (watcher === undefined) observe()
    onMaybe()
  }, POLL_MS)
  poll.unref()
  return () => {
    clearTimeout(settle)
    clearInterval(poll)
    watcher?.close()
  }
}
