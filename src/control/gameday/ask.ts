import { request } from 'undici'
import type { z } from 'zod'

/** A server that does not answer, or not as it should; the message says so in a sentence. */
export class AskError extends Error {
  /** Of its answer; undefined when there was none. */
  readonly status: number | undefined

  constructor(message: string, status?: number) {
    super(message)
    this.name = 'AskError'
    this.status = status
  }
}

/** A server, and how it is asked. */
export interface Server {
  /** What it is called in messages: `Prometheus`. */
  readonly name: string
  /** Its address, with a path where it is behind one. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Longest time for an answer, ms. */
  readonly timeoutMs: number
}

export interface Asked {
  readonly status: number
  readonly text: string
}

// far more than any of them sends; an endless answer is none
const MAX_OCTETS = 64 * 1024 * 1024

/** Sends a request and reads its answer, whatever its status. @throws AskError when there is none; the signal's reason when that is why */
export async function ask(server: Server, method: 'GET' | 'POST', path: string, signal: AbortSignal, body?: unknown): Promise<Asked> {
  const { name, url, headers = {}, timeoutMs } = server
  const deadline = AbortSignal.timeout(timeoutMs)
  const sent = body === undefined ? { headers } : { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) }
  try {
    const answer = await request(new URL(`${url.replace(/\/+$/, '')}${path}`), { method, ...sent, signal: AbortSignal.any([signal, deadline]) })
    const pieces: Buffer[] = []
    let octets = 0
    for await (const piece of answer.body as AsyncIterable<Buffer>) { // holds: no encoding is set, so that it yields octets
      octets += piece.length
      if (octets > MAX_OCTETS) throw new AskError(`${name} at ${url} answers more than ${MAX_OCTETS / 1024 / 1024}MiB`)
      pieces.push(piece)
    }
    return { status: answer.statusCode, text: Buffer.concat(pieces).toString() }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof AskError) throw error
    throw new AskError(`${name} does not answer at ${url} (${deadline.aborted ? `nothing in ${timeoutMs / 1000} s` : reasonOf(error)})`)
  }
}

/** The same, for an answer of JSON with this shape. @throws AskError also when it is another */
export async function askJson<T>(server: Server, method: 'GET' | 'POST', path: string, shape: z.ZodType<T>, signal: AbortSignal, body?: unknown): Promise<T> {
  const { status, text } = await ask(server, method, path, signal, body)
  const place = `${server.name} at ${server.url}`
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    throw new AskError(status === 200 ? `${place} answers ${path} with something that is not JSON; is it really a ${server.name}?` : `${place} answers ${path} with ${status}`, status)
  }
  if (status < 200 || status > 299) throw new AskError(`${place} answers ${path} with ${status}${saidBy(document)}`, status)
  const parsed = shape.safeParse(document)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new AskError(`${place} answers ${path} in a shape that is not its own (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''})`, status)
}

// Prometheus says { error: "..." }, the admin API { error: { message } }, Alertmanager a text
function saidBy(document: unknown): string {
  const error: unknown = typeof document === 'object' && document !== null && 'error' in document ? document.error : document
  const message: unknown = typeof error === 'object' && error !== null && 'message' in error ? error.message : error
  return typeof message === 'string' ? `: ${message.slice(0, 300)}` : ''
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
