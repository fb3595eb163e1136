import { describe, expect, it } from 'vitest'
import { leave, listenTo, type SocketListener } from '../../src/http/socket-listener.ts'
import { MemorySocket } from './support/memory-socket.ts'

class Recorder implements SocketListener {
  readonly heard: string[] = []

  read(chunk: Buffer): void {
    this.heard.push(chunk.toString())
  }

  ended(): void {
    this.heard.push('ended')
  }

  drained(): void {
    this.heard.push('drained')
  }

  lost(): void {
    this.heard.push('lost')
  }
}
const EVENTS = ['data', 'end', 'error', 'close', 'drain']

function speak(socket: MemorySocket): void {
  socket.emit('data', Buffer.from('x'))
  socket.emit('drain')
  socket.emit('end')
  socket.emit('error', new Error('reset'))
  socket.emit('close')
}

describe('a socket listener', () => {
  it('hears what happens, an error as the close that follows it', () => {
    const socket = new MemorySocket()
    const recorder = new Recorder()
    listenTo(socket.socket, recorder)
    speak(socket)
    expect(recorder.heard).toEqual(['x', 'drained', 'ended', 'lost'])
  })

  it('gives way to the next one, and no event is heard twice', () => {
    const socket = new MemorySocket()
    const [first, second] = [new Recorder(), new Recorder()]
    listenTo(socket.socket, first)
    listenTo(socket.socket, second)
    speak(socket)
    expect([first.heard, second.heard]).toEqual([[], ['x', 'drained', 'ended', 'lost']])
    expect(EVENTS.map((event) => socket.listenerCount(event))).toEqual([1, 1, 1, 1, 1])
  })

  it('leaves nothing behind, and may come back', () => {
    const socket = new MemorySocket()
    const recorder = new Recorder()
    listenTo(socket.socket, recorder)
    leave(socket.socket)
    expect(EVENTS.map((event) => socket.listenerCount(event))).toEqual([0, 0, 0, 0, 0])
    listenTo(socket.socket, recorder)
    speak(socket)
    expect(recorder.heard).toHaveLength(4)
  })

  it('may give the socket away while it hears', () => {
    const socket = new MemorySocket()
    const recorder = new Recorder()
    recorder.read = () => leave(socket.socket)
    listenTo(socket.socket, recorder)
    socket.emit('data', Buffer.from('x'))
    socket.emit('end')
    expect(recorder.heard).toEqual([])
  })
})
