import { setTimeout as wait } from 'node:timers/promises'
import { Pool } from 'undici'
import { type PlannedRequest, planRequest, type RequestKind } from './traffic-plan.ts'

export interface TrafficOptions {
  /** Of the proxy; its path is not used. */
  readonly url: string
  readonly ratePerS: number
  /** Infinity goes on until `stop`. */
  readonly durationMs: number
  readonly seed: number
  /** Size of the population. */
  readonly users: number
  /** Requests under way at once; 64 by default. One that would be more is skipped. */
  readonly maxInFlight?: number
  /** Time that requests get to end after the last was sent, ms; 10 s by default. */
  readonly graceMs?: number
  /** Monotonic clock, ms. */
  readonly now: () => number
  /** Told about once a second; must not throw. */
  readonly onReport?: (report: TrafficReport) => void
}

/** Counts since the start. `due` is `sent + skipped`; what is sent ends in `statuses` or `errors`. */
export interface TrafficReport {
  readonly due: number
  readonly sent: number
  /** Not sent because too many were under way, or because the clock had run ahead. */
  readonly skipped: number
  readonly inFlight: number
  readonly kinds: Readonly<Record<RequestKind, number>>
  /** Answers that arrived whole, by status. */
  readonly statuses: Readonly<Record<string, number>>
  /** Requests without a whole answer, by the code of the error; `stream_cut` is a stream that ended without its last event. */
  readonly errors: Readonly<Record<string, number>>
}

export interface Traffic {
  /** Never rejects. */
  readonly done: Promise<TrafficReport>
  /** Sends no more and breaks off what is under way. */
  stop(): void
}

const TICK_MS = 20
const REPORT_MS = 1000
/** How far behind the clock sending may be before requests are skipped, s. */
const BURST_S = 0.25

/** Sends requests at an even pace to an address until the time is up. Errors are counted and change nothing. */
export function startTraffic(options: TrafficOptions): Traffic {
  const { url, ratePerS, durationMs, seed, users, maxInFlight = 64, graceMs = 10_000, now, onReport } = options
  const pool = new Pool(new URL(url).origin, { connections: maxInFlight, pipelining: 1, headersTimeout: 30_000, bodyTimeout: 30_000 })
  const stopping = new AbortController()
  const inFlight = new Set<Promise<void>>()
  const kinds: Record<RequestKind, number> = { predict: 0, chat: 0, embedding: 0, unknown_path: 0, malformed: 0 }
  const statuses = new Map<string, number>()
  const errors = new Map<string, number>()
  let sent = 0
  let skipped = 0

  const report = (): TrafficReport => ({
    due: sent + skipped, sent, skipped, inFlight: inFlight.size, kinds: { ...kinds }, statuses: Object.fromEntries(statuses), errors: Object.fromEntries(errors)
  })

  const start = (request: PlannedRequest): void => {
    sent++
    kinds[request.kind]++
    const sending = send(pool, request)
      .then((status) => count(statuses, String(status)), (error: unknown) => count(errors, codeOf(error)))
      .finally(() => inFlight.delete(sending))
    inFlight.add(sending)
  }

  /** Starts what is due by now, as far as there is room. */
  const catchUp = (elapsedMs: number): void => {
    const due = Math.floor(Math.min(elapsedMs, durationMs) * ratePerS / 1000)
    skipped += Math.max(0, due - sent - skipped - Math.ceil(ratePerS * BURST_S))
    while (sent + skipped < due) {
      if (inFlight.size < maxInFlight) start(planRequest(seed, sent + skipped, users))
      else skipped++
    }
  }

  const run = async (): Promise<TrafficReport> => {
    const startedMs = now()
    let reportedMs = startedMs
    let elapsedMs = 0
    while (!stopping.signal.aborted && elapsedMs < durationMs) {
      await pause(TICK_MS, stopping.signal)
      if (stopping.signal.aborted) break
      elapsedMs = now() - startedMs
      catchUp(elapsedMs)
      if (now() - reportedMs < REPORT_MS) continue
      reportedMs = now()
      onReport?.(report())
    }
    const ended = new AbortController()
    await Promise.race([Promise.all(inFlight), pause(graceMs, AbortSignal.any([stopping.signal, ended.signal]))])
    ended.abort()
    await pool.destroy() // what is still under way fails now
    await Promise.all(inFlight)
    return report()
  }
  return { done: run(), stop: () => stopping.abort() }
}

/** Sends one request and reads its answer to the end. */
async function send(pool: Pool, { kind, path, user, body }: PlannedRequest): Promise<number> {
  const headers = { 'content-type': 'application/json', 'x-user-id': user }
  const answer = await pool.request({ method: 'POST', path, headers, body })
  let end = ''
  for await (const chunk of answer.body) end = (end + String(chunk)).slice(-32)
  if (kind === 'chat' && answer.statusCode === 200 && !end.includes('data: [DONE]')) throw Object.assign(new Error('the stream was cut'), { code: 'stream_cut' })
  return answer.statusCode
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined) // an abort only ends the pause
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
