import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Octets in use once garbage is gone: objects, and buffers outside the heap. */
export async function memoryInUse(): Promise<number> {
  // what is released by a finaliser is gone a turn later
  for (let i = 0; i < 3; i++) {
    collect()
    // oxlint-disable-next-line no-await-in-loop -- one after another is the point
    await new Promise((resolve) => { setImmediate(resolve) })
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
