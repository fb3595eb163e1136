import type { Server, Socket } from 'node:net'

/**
 * The TCP sockets under a TLS server's connections. TLS itself cannot send the reset that tells of a cut, and Node does not
 * tell what a TLS socket lies on; the client's end of the connection is the same for both.
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

const keyOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`
