import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, it, onTestFinished } from 'vitest'
import { sharedClock } from '../../src/core/clock.ts'

// two readings of one counter differ by far less; two clocks with starts of their own by the age of the process
const SLACK_MS = 1

it('the shared clock reads the same in threads that were started at different times', async () => {
  const clock = sharedClock()
  for (let i = 0; i < 3; i++) {
    const worker = new Worker(new URL('support/clock-thread.ts', import.meta.url))
    onTestFinished(async () => void await worker.terminate())
    // oxlint-disable no-await-in-loop -- one thread after another is the point
    await once(worker, 'message')
    const before = clock()
    worker.postMessage('now')
    const [there] = await once(worker, 'message') as [number]
    const after = clock()
    // oxlint-enable no-await-in-loop
    expect(there).toBeGreaterThan(before - SLACK_MS)
    expect(there).toBeLessThan(after + SLACK_MS)
  }
})

it('the shared clock never goes back', () => {
  const clock = sharedClock()
  let last = clock()
  let backwards = 0
  for (let i = 0; i < 100_000; i++) {
    const now = clock()
    if (now < last) backwards++
    last = now
  }
  expect(backwards).toBe(0)
})
