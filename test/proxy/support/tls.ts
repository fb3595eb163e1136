import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer, type TLSSocket } from 'node:tls'
import type { AddressInfo } from 'node:net'
import { afterAll, onTestFinished } from 'vitest'
import { makeCertificate } from '../../http/support/certificate.ts'
import { RawClient } from '../../http/support/raw-client.ts'
import { Signal } from '../../http/support/signal.ts'

export const certificate: { readonly key: string, readonly cert: string } = makeCertificate('a.example')

const folder = mkdtempSync(join(tmpdir(), 'proxy-tls-'))
const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
for (const name of ['cert', 'key'] as const) writeFileSync(files[name], certificate[name])
afterAll(() => rmSync(folder, { recursive: true }))

/** The setting of a listener that speaks TLS. */
export const listenTls = `tls: { cert: "${files.cert}", key: "${files.key}" }`

/** A client that speaks TLS; closed when the test is over. */
export async function connectTls(port: number): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  const client = new RawClient(socket)
  onTestFinished(() => { socket.destroy() })
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve)
    socket.once('error', reject)
  })
  return client
}

/** A raw server that speaks TLS, for one test. */
export async function serveTls(serve: (connection: RawClient) => void): Promise<{ readonly port: number, readonly connections: RawClient[], readonly changed: Signal }> {
  const connections: RawClient[] = []
  const changed = new Signal()
  const server = createServer({ ...certificate, allowHalfOpen: true }, (socket: TLSSocket) => {
    const connection = new RawClient(socket)
    connections.push(connection)
    serve(connection)
    changed.fire()
  })
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  onTestFinished(() => {
    server.close()
    for (const { socket } of connections) socket.destroy()
  })
  return { port: (server.address() as AddressInfo).port, connections, changed }
}
