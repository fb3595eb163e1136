import { createServer, type IncomingMessage, type Server } from 'node:http'
import { z } from 'zod'
import type { Address } from '../../config/types.ts'
import type { Labels } from './selector.ts'

/** An alert in a notification. */
export interface NotifiedAlert {
  readonly labels: Labels
  readonly status: 'firing' | 'resolved'
  /** By Prometheus's clock, ms since 1970. */
  readonly startsAtMs: number
}

/** What Alertmanager sent. */
export interface Notification {
  /** Alertmanager's name for who is told. */
  readonly receiver: string
  readonly alerts: readonly NotifiedAlert[]
}

const MAX_OCTETS = 8 * 1024 * 1024

const WEBHOOK = z.object({
  version: z.literal('4'),
  receiver: z.string(),
  alerts: z.array(z.object({ status: z.enum(['firing', 'resolved']), labels: z.record(z.string(), z.string()), startsAt: z.string() }))
}).transform(({ receiver, alerts }): Notification => ({
  receiver, alerts: alerts.map(({ status, labels, startsAt }) => ({ status, labels, startsAtMs: Date.parse(startsAt) }))
}))

/** A receiver of Alertmanager's webhooks. */
export interface Receiver {
  /** Where it listens, as "host:port". */
  readonly address: string
  close(): Promise<void>
}

/**
 * Listens for Alertmanager's webhooks (payload version 4) on any path. What is not one is answered 400, which Alertmanager logs.
 * Source: Alertmanager, "Configuration", webhook_config. @throws Error saying why the address cannot be had
 */
export async function startReceiver({ host, port }: Address, onNotification: (notification: Notification) => void): Promise<Receiver> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5000 }, (request, response) => {
    serve(request, onNotification).then(([status, text]) => response.writeHead(status, { 'content-type': 'text/plain' }).end(text), () => response.destroy())
  })
  server.maxConnections = 64
  await listening(server, { host, port })
  const bound = server.address()
  return {
    address: `${host.includes(':') ? `[${host}]` : host}:${typeof bound === 'object' && bound !== null ? bound.port : port}`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }
}

function listening(server: Server, { host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new Error(`receiver.listen: ${host}:${port} ${error.code === 'EADDRINUSE' ? 'is in use by another process' : `cannot be had (${error.code ?? error.message})`}`)))
    server.listen({ host, port }, resolve)
  })
}

async function serve(request: IncomingMessage, onNotification: (notification: Notification) => void): Promise<readonly [status: number, text: string]> {
  const text = await read(request)
  if (text === undefined) return [413, 'too large\n']
  const notification = parse(text)
  if (notification === undefined) return [400, 'expected a webhook of Alertmanager, version 4\n']
  onNotification(notification)
  return [200, 'ok\n']
}

async function read(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = []
  let octets = 0
  for await (const piece of request as AsyncIterable<Buffer>) { // holds: no encoding is set, so that it yields octets
    octets += piece.length
    if (octets > MAX_OCTETS) return undefined
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

function parse(text: string): Notification | undefined {
  try {
    return WEBHOOK.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
