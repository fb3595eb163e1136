import { type InboundServer, serveInbound, type ServerSetup, whenSeen } from './inbound-server.ts'
import { connectTo, type RawClient } from './raw-client.ts'
import { eventually } from './signal.ts'

const get = (target: string, lines = ''): string => `GET ${target} HTTP/1.1\r\nHost: a\r\n${lines}\r\n`
const wait = (): void => undefined

/** Brings a connection to a stage of its life; what a server does of itself is to wait. */
interface Stage {
  readonly setup?: ServerSetup
  readonly reach: (client: RawClient, server: InboundServer) => Promise<void>
}
const answering: ServerSetup = { begin: ({ inbound }) => { inbound.respond('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n', 'raw', Buffer.from('begun')) } }
const untilClose: ServerSetup = { begin: ({ inbound }) => { inbound.respond('HTTP/1.1 200 OK\r\n\r\n', 'close', Buffer.from('begun')) } }

const STAGES: Readonly<Record<string, Stage>> = {
  'before anything': { reach: (_client, server) => server.changed.until(() => server.open.size === 1) },
  'after an empty line': { reach: async (client, server) => {
    client.send('\r\n')
    await eventually(() => [...server.open].some(({ socket }) => socket.bytesRead === 2))
  } },
  'in a head': { reach: async (client, server) => {
    client.send('GET / HTTP/1.1\r\nHo')
    await eventually(() => [...server.open].some(({ socket }) => socket.bytesRead > 0))
  } },
  'in a body': { setup: { begin: wait }, reach: async (client, server) => {
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nsome')
    await whenSeen(server)
  } },
  'in chunks': { setup: { begin: wait }, reach: async (client, server) => {
    client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n')
    await whenSeen(server)
  } },
  'in trailers': { setup: { begin: wait }, reach: async (client, server) => {
    client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: 1\r\n')
    await whenSeen(server)
  } },
  'in a body that is being answered': { setup: answering, reach: async (client) => {
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nsome')
    await client.sees('begun')
  } },
  'while the answer is awaited': { setup: { serve: wait }, reach: async (client, server) => {
    client.send(get('/'))
    await whenSeen(server)
  } },
  'in the answer': { setup: answering, reach: async (client) => {
    client.send(get('/'))
    await client.sees('begun')
  } },
  'in an answer until close': { setup: untilClose, reach: async (client) => {
    client.send(get('/'))
    await client.sees('begun')
  } },
  'between requests': { reach: async (client) => {
    client.send(get('/'))
    await client.sees('HTTP/1.1 200')
  } },
  'after the last answer': { setup: { begin: (served) => served.answer('last', 413) }, reach: async (client) => {
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nsome')
    await client.sees('last')
  } }
}
export const ALL_STAGES: readonly string[] = Object.keys(STAGES)

/** A connection that has come to this stage. */
export async function at(stage: string, more: ServerSetup = {}): Promise<{ client: RawClient, server: InboundServer }> {
  const { setup, reach } = STAGES[stage]!
  const server = await serveInbound({ ...setup, ...more })
  const client = await connectTo(server.port)
  await reach(client, server)
  return { client, server }
}
