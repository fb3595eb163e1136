import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Address } from '../../config/types.ts'
import { StartupError } from '../../core/errors.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Endpoint, Reply } from './endpoint.ts'
import type { Guard } from './guard.ts'

/**
 * Serves the admin API on a listener of its own: the data plane never reaches it, and it answers when the data plane is
 * overloaded.
 */
export class AdminServer {
  private readonly server: Server
  private readonly endpoints: readonly Endpoint[]
  private readonly guard: Guard
  private readonly log: Logger

  constructor(endpoints: readonly Endpoint[], guard: Guard, log: Logger) {
    this.endpoints = endpoints
    this.guard = guard
    this.log = log
    this.server = createServer({ requestTimeout: 10_000, headersTimeout: 5000, keepAliveTimeout: 5000, maxHeaderSize: 16_384 }, (request, response) => {
      void this.serve(request, response)
    })
    this.server.maxConnections = 256
  }

  /** @returns the port; @throws StartupError when it cannot be had */
  listen({ host, port }: Address): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', (error: NodeJS.ErrnoException) => reject(new StartupError('admin_listen_failed', error.code === 'EADDRINUSE'
        ? `admin.listen: ${host}:${port} is in use by another process` : `admin.listen: ${error.message}`)))
      this.server.listen({ host, port }, () => {
        const address = this.server.address()
        resolve(typeof address === 'object' && address !== null ? address.port : port)
      })
    })
  }

  close(): void {
    this.server.close()
    this.server.closeAllConnections()
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    const reply = await this.reply(request, path)
    request.resume() // what is left of a body nobody wanted
    const body = typeof reply.body === 'string' ? reply.body : `${JSON.stringify(reply.body, undefined, 2)}\n`
    response.writeHead(reply.status, {
      'content-type': reply.contentType ?? 'application/json',
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': "default-src 'self'",
      ...reply.headers
    })
    response.end(request.method === 'HEAD' ? undefined : body)
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      this.log.info({ method: request.method, path, status: reply.status, client: request.socket.remoteAddress }, 'admin request')
    }
  }

  private async reply(request: IncomingMessage, path: string): Promise<Reply> {
    const there = this.endpoints.map((endpoint) => ({ endpoint, found: endpoint.path.exec(path) })).filter(({ found }) => found !== null)
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const match = there.find(({ endpoint }) => endpoint.method === method)
    try {
      const refusal = this.guard(request)
      if (refusal !== undefined) return failure(refusal.status, refusal.code, refusal.message)
      if (there.length === 0) return failure(404, 'not_found', `there is nothing at ${path}`)
      if (match === undefined) {
        const allow = there.map(({ endpoint }) => endpoint.method).join(', ')
        return { ...failure(405, 'method_not_allowed', `use ${allow}`), headers: { allow } }
      }
      const body = await readBody(request, match.endpoint.maxBodyBytes ?? 0)
      if (body === undefined) return { ...failure(413, 'body_too_large', `at most ${match.endpoint.maxBodyBytes ?? 0} octets are taken here`), headers: { connection: 'close' } }
      return await match.endpoint.answer(match.found?.groups ?? {}, body)
    } catch (error) {
      this.log.error({ err: error, path }, 'admin request failed')
      return failure(500, 'internal', 'this failed; the log says why')
    }
  }
}

/** The whole body; undefined when it is larger than `maxBytes`. A body that nobody asked for is not read. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  if (maxBytes === 0) return Buffer.alloc(0)
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return undefined
  const chunks: Buffer[] = []
  let bytes = 0
  // whoever sends too much is still to be told so
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** A JSON error, as every part of the API makes it. */
export const failure = (status: number, code: string, message: string): Reply => ({ status, body: { error: { code, message } } })
