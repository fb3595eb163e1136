import type { Socket } from 'node:net'
import type { Inbound } from '../http/inbound.ts'
import type { Outbound } from '../http/outbound.ts'
import { listenTo, type SocketListener } from '../http/socket-listener.ts'
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
  new Direction(client, server, end).begin(inbound.detach())
  new Direction(server, client, end).begin(outbound.detach())
}

/** What goes from one socket to the other. */
class Direction implements SocketListener {
  private readonly from: Socket
  private readonly to: Socket
  private readonly end: () => void

  constructor(from: Socket, to: Socket, end: () => void) {
    this.from = from
    this.to = to
    this.end = end
  }

  /** @param early what has been read already */
  begin(early: Buffer | undefined): void {
    const { from, to } = this
    listenTo(from, this)
    if (early !== undefined) to.write(early)
    if (from.readableEnded) to.end()
    from.resume()
  }

  read(chunk: Buffer): void {
    const { from, to } = this
    // a side that has closed for good takes no more, but may still be sent to
    if (to.writable && !to.write(chunk)) from.pause()
  }

  ended(): void {
    this.to.end()
  }

  drained(): void {
    this.to.resume() // what it says goes to the side that has room again
  }

  lost(): void {
    const { from, to } = this
    if (to.destroyed || from.errored !== null) return this.end()
    to.setTimeout(LAST_MS, this.end)
    to.destroySoon()
  }
}
