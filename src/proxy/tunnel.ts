import type { Socket } from 'node:net'
import type { Inbound } from '../http/inbound.ts'
import type { Outbound } from '../http/outbound.ts'
import type { DataPlane } from './plan.ts'

/**
 * Joins two sockets after 101: octets both ways, at the pace of the slower side, until either ends. A FIN is passed on, an
 * error or reset ends both.
 */
export function tunnel(inbound: Inbound, outbound: Outbound, data: Pick<DataPlane, 'tunnels'>): void {
  const client = inbound.socket
  const server = outbound.socket
  const early = inbound.detach()
  const first = outbound.detach()
  const end = (): void => {
    client.destroy()
    server.destroy()
    data.tunnels.delete(end)
  }
  data.tunnels.add(end)
  join(client, server, early, end)
  join(server, client, first, end)
}

function join(from: Socket, to: Socket, early: Buffer | undefined, end: () => void): void {
  from.on('error', end)
  from.on('close', end)
  from.on('data', (chunk: Buffer) => {
    if (!to.write(chunk)) from.pause()
  })
  from.on('end', () => to.end())
  to.on('drain', () => from.resume())
  if (early !== undefined) to.write(early)
  from.resume()
}
