import type { Server, Socket } from 'node:net'

/**
 * The TCP sockets under a TLS server's connections. TLS itself cannot send the reset that tells of a cut, and Node does not
 * tell what a TLS socket lies on; the two ends of the connection are the same for both.
 */
export class Transports {
  private readonly sockets = new Map<string, Socket>()

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      const key = keyOf(socket)
      this.sockets.set(key, socket)
      socket.once('close', () => {
        if (this.sockets.get(key) === socket) this.sockets.delete(key) // its port may already be another's
      })
    })
  }

  /** What `socket` lies on: itself, when it is none that has gone through TLS. */
  under(socket: Socket): Socket {
    return this.sockets.get(keyOf(socket)) ?? socket
  }
}

// a client may use one port of its own towards several of our addresses
const keyOf = ({ remoteAddress, remotePort, localAddress }: Socket): string => `${remoteAddress} ${remotePort} ${localAddress}`
