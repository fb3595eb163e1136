import type { Socket } from 'node:net'
import type { Inbound } from '../http/inbound.ts'
import type { Outbound } from '../http/outbound.ts'
import type { DataPlane } from './plan.ts'

// how long, in ms, a side may take nothing of what is left for it once the other is gone
const LAST_MS = 60_000

/**
 * Joins two sockets after 101: octets both ways, at the pace of the slower side, until either ends. A FIN is passed on once
 * all before it has been; an error or reset ends both.
 */
export function tunnel(inbound: Inbound, outbound: Outbound, data: Pick<DataPlane, 'tunnels' | 'onTunnelEnd'>): void {
  const client = inbound.socket
  const server = outbound.socket
  const end = (): void => {
    client.destroy()
    server.destroy()
    if (data.tunnels.delete(end)) data.onTunnelEnd?.()
  }
  data.tunnels.add(end) // before the client's connection is given up, so that a drain does not miss it
  join(client, server, inbound.detach(), end)
  join(server, client, outbound.detach(), end)
}

function join(from: Socket, to: Socket, early: Buffer | undefined, end: () => void): void {
  from.on('error', end)
  from.on('close', () => {
    if (to.destroyed) return end()
    to.setTimeout(LAST_MS, end)
    to.destroySoon()
  })
  from.on('data', (chunk: Buffer) => {
    // a side that has closed for good takes no more, but may still be sent to
    if (to.writable && !to.write(chunk)) from.pause()
  })
  from.on('end', () => to.end())
  to.on('drain', () => from.resume())
  if (early !== undefined) to.write(early)
  if (from.readableEnded) to.end()
  from.resume()
}
