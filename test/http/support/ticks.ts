import type { Deadlines } from '../../../src/http/deadlines.ts'
import { eventually } from './signal.ts'

/** Resolves when deadlines have been looked at, several times, since `time.ms` was moved. */
export async function ticks(deadlines: Deadlines, time: { readonly ms: number }): Promise<void> {
  const watch = { place: -1, deadlineMs: Infinity, expired: 0, expire(): void { this.expired++ } }
  deadlines.add(watch)
  for (let i = 1; i <= 3; i++) {
    watch.deadlineMs = time.ms
    // oxlint-disable-next-line no-await-in-loop -- one after another is the point
    await eventually(() => watch.expired === i)
  }
  deadlines.delete(watch)
}
