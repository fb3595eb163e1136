import { describe, expect, it } from 'vitest'
import { createLogOutput, type LogOutput } from '../../src/telemetry/log-output.ts'

const failing = (code: string): Error => Object.assign(new Error(code), { code })

/** A place to write to that takes what a test lets it: octets of room, or the error it has run into. */
class Sink {
  text = ''
  attempts = 0
  naps = 0
  lost = 0
  room = Infinity
  problem = 'ENOSPC'
  onNap: () => void = () => undefined

  open(): LogOutput {
    return createLogOutput((octets, from) => {
      this.attempts++
      if (this.room === 0) throw failing(this.problem)
      const taken = octets.subarray(from, from + this.room)
      this.room -= taken.length
      this.text += Buffer.from(taken).toString()
      return taken.length
    }, () => { this.lost++ }, () => {
      this.naps++
      this.onNap()
    })
  }
}

describe('the output of logs', () => {
  it.each(['ENOSPC', 'EPIPE', 'EBADF', 'EIO'])('gives up a line that meets %s, counts it, and writes the next that can be', (problem) => {
    const sink = new Sink()
    const output = sink.open()
    Object.assign(sink, { room: 0, problem })
    output.write('lost\n')
    expect([sink.lost, sink.naps]).toEqual([1, 0])
    sink.room = Infinity
    output.write('written\n')
    expect([sink.text, sink.lost]).toEqual(['written\n', 1])
  })

  it('begins a line of its own after one that was cut short', () => {
    const sink = new Sink()
    const output = sink.open()
    sink.room = 5
    output.write('{"a":1}\n')
    output.write('{"b":2}\n')
    sink.room = Infinity
    output.write('{"c":3}\n')
    output.write('{"d":4}\n')
    expect(sink.text.split('\n')).toEqual(['{"a":', '{"c":3}', '{"d":4}', ''])
    expect(sink.lost).toBe(2)
  })

  it('waits for a reader that is behind', () => {
    const sink = new Sink()
    const output = sink.open()
    Object.assign(sink, { room: 3, problem: 'EAGAIN', onNap: () => { sink.room = 3 } })
    output.write('a line in parts\n')
    expect([sink.text, sink.lost]).toEqual(['a line in parts\n', 0])
    expect(sink.naps).toBeGreaterThan(0)
  })

  it('does not wait again for a reader that has stopped, until it reads on', () => {
    const sink = new Sink()
    const output = sink.open()
    Object.assign(sink, { room: 0, problem: 'EAGAIN' })
    output.write('one\n')
    const { naps, attempts } = sink
    expect(naps).toBeGreaterThan(0)
    for (let i = 0; i < 100; i++) output.write('more\n')
    expect([sink.naps, sink.attempts, sink.lost]).toEqual([naps, attempts + 100, 101])
    sink.room = Infinity
    output.write('back\n')
    sink.room = 0
    output.write('again\n')
    expect([sink.text, sink.naps]).toEqual(['back\n', 2 * naps])
  })
})
