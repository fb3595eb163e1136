/** Monotonic time in ms that is the same in every thread of the process, whatever happens to the wall clock. */
export function sharedClock(): () => number {
  const { performance, process } = globalThis
  const [seconds, nanoseconds] = process.hrtime()
  const offset = seconds * 1000 + nanoseconds / 1e6 - performance.now()
  return () => performance.now() + offset
}
