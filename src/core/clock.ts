import { performance } from 'node:perf_hooks'

/** Monotonic time in ms that is the same in every thread of the process, whatever happens to the wall clock. */
export function sharedClock(): () => number {
  let offset = 0
  let narrowest = Infinity
  // the thread may be put aside between two readings, so the offset is taken where they lie closest together
  for (let i = 0; i < TRIES; i++) {
    const before = performance.now()
    const [seconds, nanoseconds] = process.hrtime()
    const after = performance.now()
    if (after - before >= narrowest) continue
    narrowest = after - before
    offset = seconds * 1000 + nanoseconds / 1e6 - (before + after) / 2
  }
  return () => performance.now() + offset
}

const TRIES = 8
