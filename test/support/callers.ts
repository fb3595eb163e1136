import { Client } from 'undici'
import { onTestFinished } from 'vitest'

/** What one request came to. */
export interface Called {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** A client with one kept-alive connection. */
export class Caller {
  /** Connections it lost. */
  lost = 0
  private readonly client: Client

  constructor(url: string) {
    this.client = new Client(url, { pipelining: 1, keepAliveTimeout: 600_000, headersTimeout: 60_000 })
    this.client.on('disconnect', () => { this.lost++ })
    onTestFinished(() => this.client.destroy())
  }

  async call(path = '/', options: { readonly method?: 'GET' | 'POST', readonly headers?: Record<string, string>, readonly body?: string } = {}): Promise<Called> {
    const { statusCode, headers, body } = await this.client.request({ path, method: 'GET', ...options })
    return { status: statusCode, headers, text: await body.text() }
  }

  /** Which data-plane thread it is connected to, by the beginning of the request ids that this makes up. */
  async thread(): Promise<string> {
    const { headers } = await this.call()
    return String(headers['x-request-id']).split('-')[0] ?? ''
  }
}

/** One caller for each of `threads` data-plane threads on a port, by thread. */
export async function callerPerThread(url: string, threads: number): Promise<ReadonlyMap<string, Caller>> {
  const callers = new Map<string, Caller>()
  while (callers.size < threads) {
    const caller = new Caller(url)
    // oxlint-disable-next-line no-await-in-loop -- the system picks the thread, so one is tried after another
    callers.set(await caller.thread(), caller)
  }
  return callers
}
