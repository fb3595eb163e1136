/*
 * A proxy with node:http in front and undici's Pool.dispatch, its cheapest call, behind: bodies stream both ways with
 * backpressure, hop-by-hop headers go, forwarding headers come, and a client that leaves cancels its request. Arguments: the port
 * to listen on, the backend's.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Pool } from 'undici'

const [port, backend] = process.argv.slice(2)
const pool = new Pool(`http://127.0.0.1:${backend}`, { connections: 128, pipelining: 1 })

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect'])

createServer({ keepAliveTimeout: 600_000 }, forward).listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 })

function forward(request: IncomingMessage, response: ServerResponse): void {
  const { method = 'GET', url = '/', headers } = request
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
  let cancel: ((reason: Error) => void) | undefined
  response.on('close', () => {
    if (!response.writableFinished) cancel?.(new Error('the client left'))
  })
  pool.dispatch({ path: url, method, headers: requestHeaders(request), body: hasBody ? request : null }, {
    onRequestStart: (controller) => {
      cancel = (reason) => controller.abort(reason)
      response.on('drain', () => controller.resume())
    },
    onResponseStart: (_controller, status, answered, message) => {
      if (status < 200) return
      for (const name in answered) {
        const value = answered[name]
        if (value !== undefined && !HOP_BY_HOP.has(name)) response.setHeader(name, value)
      }
      response.writeHead(status, message)
    },
    onResponseData: (controller, chunk) => {
      if (!response.write(chunk)) controller.pause()
    },
    onResponseEnd: () => {
      response.end()
    },
    onResponseError: () => {
      if (response.headersSent) return void response.destroy()
      response.writeHead(502)
      response.end()
    }
  })
}

function requestHeaders({ rawHeaders, socket, headers }: IncomingMessage): string[] {
  const kept: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (!HOP_BY_HOP.has(name.toLowerCase())) kept.push(name, rawHeaders[index + 1] ?? '')
  }
  kept.push('x-forwarded-for', socket.remoteAddress ?? '', 'x-forwarded-proto', 'http', 'x-forwarded-host', headers.host ?? '')
  return kept
}
