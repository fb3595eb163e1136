import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Random } from '../../http/support/random.ts'
import { octets } from './generate.ts'

const wait = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

// Node cannot reset a socket that is being shut down: its handle would stay open for ever
const reset = (socket: Socket): void => void (socket.writableEnded ? socket.destroy() : socket.resetAndDestroy())

/** A server that treats each read in some way, few of them good. */
export class StormBackend {
  readonly sockets = new Set<Socket>()
  private readonly server: Server
  private readonly random: Random

  constructor(random: Random) {
    this.random = random
    this.server = createServer({ allowHalfOpen: true }, (socket) => {
      this.sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => this.sockets.delete(socket))
      socket.on('end', () => socket.end())
      socket.on('data', (chunk: Buffer) => void this.treat(socket, chunk))
    })
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => { this.server.listen(0, '127.0.0.1', resolve) })
    return this
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  close(): void {
    this.server.close()
    for (const socket of this.sockets) socket.destroy()
  }

  private async treat(socket: Socket, chunk: Buffer): Promise<void> {
    const { random } = this
    if (random.once(4)) await wait(random.below(15))
    const body = 'x'.repeat(random.pick([0, 5, 3000, 100_000]))
    const length = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`, 'latin1')
    const chunks = Buffer.from(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n3\r\nend\r\n0\r\nX: 1\r\n\r\n`)
    if (/upgrade: websocket/i.test(chunk.toString('latin1')) && !random.once(3)) {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nhello')
      return
    }
    const cut = (raw: Buffer): Buffer => raw.subarray(0, random.below(raw.length))
    switch (random.below(18)) {
      case 0: return reset(socket)
      case 1: return void socket.end()
      case 2: return void socket.write(octets(random, 1 + random.below(200)), 'latin1')
      case 3: return void socket.end(cut(length))
      case 4: return void socket.write(cut(length), () => reset(socket))
      case 5: return void socket.write(cut(chunks), () => reset(socket))
      case 6: return void socket.end(cut(chunks))
      case 7: return void socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(random.pick([1, 5, 100])))
      case 8: return void socket.write(Buffer.concat([length, length]))
      case 9: return void socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n')
      case 10: return undefined // it says nothing
      case 11: return void socket.end(`HTTP/1.0 200 OK\r\n\r\n${body}`, 'latin1')
      default: return void socket.write(random.once(2) ? chunks : length)
    }
  }
}

const TARGETS = ['/plain', '/body', '/fallback', '/chaos', '/mirror', '/nothing']

function requestOf(random: Random): string {
  const target = `${random.pick(TARGETS)}/${random.below(1000)}`
  const head = (method: string, lines: string): string => `${method} ${target} HTTP/1.${random.once(10) ? 0 : 1}\r\nHost: a\r\n${lines}\r\n`
  const body = 'x'.repeat(random.pick([0, 10, 1000, 70_000, 200_000]))
  switch (random.below(10)) {
    case 0: return head('HEAD', '')
    case 1: return head('GET', 'Connection: Upgrade\r\nUpgrade: websocket\r\n')
    case 2: return `POST ${target} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n${random.once(3) ? 'bad' : '0'}\r\nX: 1\r\n\r\n`
    case 3: return `POST ${target} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    case 4:
    case 5:
    case 6: return `${head(random.pick(['POST', 'PUT']), `Content-Length: ${body.length}\r\n`)}${body}`
    default: return head('GET', random.once(6) ? 'Connection: close\r\n' : '')
  }
}

/** One connection of a client that behaves in some way, and is over soon. Returns how many requests it began to send. */
export async function behave(random: Random, port: number): Promise<number> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
  const closed = new Promise<void>((resolve) => { socket.on('close', () => resolve()) })
  socket.on('error', () => undefined)
  socket.on('end', () => socket.end())
  if (random.once(8)) socket.pause()
  else socket.resume()
  const count = random.once(3) ? 1 + random.below(5) : 1
  const raw = Buffer.from(Array.from({ length: count }, () => requestOf(random)).join('') + (random.once(12) ? octets(random, 50) : ''), 'latin1')
  switch (random.below(7)) {
    case 0: // leaves in the middle of what it sends
      socket.write(raw.subarray(0, random.below(raw.length)))
      await wait(random.below(10))
      if (random.once(2)) reset(socket)
      else socket.end()
      break
    case 1: // leaves while it waits
      socket.write(raw)
      await wait(random.below(20))
      reset(socket)
      break
    case 2: // is slow
      for (let at = 0; at < raw.length;) {
        const size = 1 + random.below(Math.max(1, Math.ceil(raw.length / 5)))
        socket.write(raw.subarray(at, at + size))
        at += size
        // oxlint-disable-next-line no-await-in-loop -- slow is the point
        await wait(random.below(4))
      }
      break
    case 3: // has no more to say
      socket.end(raw)
      break
    default:
      socket.write(raw)
  }
  await Promise.race([closed, wait(20 + random.below(150))])
  reset(socket)
  await closed
  return count
}
