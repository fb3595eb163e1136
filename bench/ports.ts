import { type AddressInfo, createServer, type Server } from 'node:net'

/** Ports of 127.0.0.1 that are free now. All are held until all are known, so that no two are the same. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, hold))
  const ports = servers.map((server) => (server.address() as AddressInfo).port) // holds: listening on a host and port
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

const hold = (): Promise<Server> => new Promise((resolve, reject) => {
  const server = createServer()
  server.once('error', reject)
  server.listen(0, '127.0.0.1', () => resolve(server))
})
