import { afterAll } from 'vitest'
import type { AtEnd } from './sidecar.ts'

/** Takes what is to be done when the tests beside it are over: the last first, whatever their own `afterAll` does. */
export function atEndOfFile(): AtEnd {
  const cleanUps: (() => void | Promise<void>)[] = []
  afterAll(async () => {
    // oxlint-disable-next-line no-await-in-loop -- the last first
    for (const cleanUp of cleanUps) await cleanUp()
  })
  return (cleanUp) => void cleanUps.unshift(cleanUp)
}
