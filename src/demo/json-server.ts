import { isUtf8 } from 'node:buffer'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request that cannot be served, with the status that says why. */
export class Refusal extends Error {
  readonly status: number
  /** The field that is wrong, where one is. */
  readonly param: string | undefined

  constructor(status: number, message: string, param?: string) {
    super(message)
    this.name = 'Refusal'
    this.status = status
    this.param = param
  }
}

/** One request. */
export interface Call {
  /** The parsed body; undefined for GET. */
  readonly body: unknown
  /** The body as it came. */
  readonly text: string
  readonly response: ServerResponse
  /** Aborted when the client is gone before it has its whole answer. */
  readonly signal: AbortSignal
}

/** Answers a call with what is to be sent as JSON; undefined when it has written the response itself. Throws `Refusal`. */
export type Handler = (call: Call) => Promise<object | undefined>

/** What is served at a path, by method. */
export type Methods = Readonly<Partial<Record<'GET' | 'POST', Handler>>>

export interface JsonServerOptions {
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
  /** By path, without its query. */
  readonly paths: ReadonlyMap<string, Methods>
  readonly maxBodyBytes: number
  /** The body of an error answer, in the manner of the protocol spoken. */
  readonly errorBody: (refusal: Refusal) => object
}

export interface RunningServer {
  readonly url: string
  /** Breaks off what is under way. */
  close(): Promise<void>
}

// longer than proxies commonly keep an unused connection, so that it is not closed under a request just sent on it
const KEEP_ALIVE_MS = 75_000
const HEAD_MS = 15_000
const REQUEST_MS = 60_000

/** Starts a small HTTP server that takes and gives JSON. Rejects when the address cannot be listened on. */
export async function startJsonServer(options: JsonServerOptions): Promise<RunningServer> {
  const { host, port } = options
  const settings = { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: HEAD_MS, requestTimeout: REQUEST_MS }
  const server = createServer(settings, (request, response) => void serve(options, request, response))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address() as AddressInfo // holds: listening on a host and port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }
}

async function serve(options: JsonServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => {
    if (!response.writableFinished) gone.abort()
  })
  try {
    const handler = handlerOf(options.paths, request, response)
    const text = request.method === 'POST' ? await readText(request, options.maxBodyBytes) : ''
    const answer = await handler({ body: request.method === 'POST' ? parse(text) : undefined, text, response, signal: gone.signal })
    if (answer !== undefined) send(response, 200, answer)
  } catch (error) {
    if (gone.signal.aborted) return
    if (response.headersSent) return void response.destroy()
    const refusal = error instanceof Refusal ? error : new Refusal(500, error instanceof Error ? error.message : String(error))
    // what is left of a body that was too large is read and dropped by node, so that the client gets to read this answer
    send(response, refusal.status, options.errorBody(refusal))
  }
}

function handlerOf(paths: ReadonlyMap<string, Methods>, request: IncomingMessage, response: ServerResponse): Handler {
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  const methods = paths.get(path)
  if (methods === undefined) throw new Refusal(404, `nothing is served at ${path}`)
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const handler = method === 'GET' || method === 'POST' ? methods[method] : undefined
  if (handler !== undefined) return handler
  response.setHeader('allow', Object.keys(methods).join(', '))
  throw new Refusal(405, `${request.method} is not served at ${path}`)
}

async function readText(request: IncomingMessage, maxBytes: number): Promise<string> {
  const tooLarge = new Refusal(413, `the body is larger than ${maxBytes} octets`)
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge
  const chunks: Buffer[] = []
  let size = 0
  return await new Promise<string>((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBytes) return reject(tooLarge)
      chunks.push(chunk)
    })
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      if (isUtf8(body)) resolve(body.toString('utf8'))
      else reject(new Refusal(400, 'the body is not UTF-8'))
    })
    request.on('error', reject)
    request.on('close', () => reject(new Error('the client left before its request was whole')))
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Refusal(400, `the body is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function send(response: ServerResponse, status: number, answer: object): void {
  const body = JSON.stringify(answer)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
