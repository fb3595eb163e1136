import type { Socket } from 'node:net'

/** Who hears what happens on a socket. */
export interface SocketListener {
  read(chunk: Buffer): void
  /** The peer has sent FIN. */
  ended(): void
  /** The socket takes data again. */
  drained(): void
  /** The socket is closed, by whomever. */
  lost(): void
}

/** A socket that can be listened to. */
export type Linked = Socket & { [listener]?: SocketListener }
const listener: unique symbol = Symbol('listener')

/**
 * Makes `who` hear the socket's events, in place of whoever heard them before. The same five functions serve every socket:
 * connections are many, closures are not free.
 */
export function listenTo(socket: Socket, who: SocketListener): void {
  const linked: Linked = socket
  const first = linked[listener] === undefined
  linked[listener] = who
  if (first) socket.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose).on('drain', onDrain)
}

/** Undoes `listenTo`, for a socket that is given away. */
export function leave(socket: Socket): void {
  const linked: Linked = socket
  delete linked[listener]
  socket.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose).off('drain', onDrain)
}

/** Tells the socket's listener what was read. @returns true, to read on */
export function hand(socket: Linked, chunk: Buffer): true {
  socket[listener]?.read(chunk)
  return true
}

function onData(this: Linked, chunk: Buffer): void {
  this[listener]?.read(chunk)
}
function onEnd(this: Linked): void {
  this[listener]?.ended()
}
function onError(): void {
  // "close" follows and says what there is to say
}
function onClose(this: Linked): void {
  this[listener]?.lost()
}
function onDrain(this: Linked): void {
  this[listener]?.drained()
}
