import type { Observer } from './observer.ts'
import { alertText } from './selector.ts'

/** Says what is new since it was last called: alerts that became pending, firing, quiet again, and notifications. */
export function narrator(observer: Observer, say: (line: string) => void): () => void {
  const said = new Set<string>()
  const once = (key: string, line: () => string): void => {
    if (said.has(key)) return
    said.add(key)
    say(line())
  }
  // what was there before is not news
  let isFirst = true
  return () => {
    const tell = isFirst ? (key: string): void => void said.add(key) : once
    observer.spells.forEach(({ labels, firingSeenMs, endedMs }, i) => {
      if (firingSeenMs === undefined) tell(`pending ${i}`, () => `  pending    ${alertText(labels)}`)
      else tell(`firing ${i}`, () => `  firing     ${alertText(labels)}`)
      if (endedMs !== undefined && firingSeenMs !== undefined) tell(`ended ${i}`, () => `  resolved   ${alertText(labels)}`)
    })
    observer.deliveries.forEach(({ labels, status, receiver }, i) => tell(`delivery ${i}`, () => `  notified   ${alertText(labels)} ${status}, receiver ${receiver}`))
    if (observer.hasAnswered('Prometheus')) isFirst = false
  }
}
