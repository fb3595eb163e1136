import { describe, expect, it } from 'vitest'
import { EventSplitter } from '../../../src/chaos/streams/event-splitter.ts'
import { RawEvent } from '../../../src/chaos/streams/raw-event.ts'
import { createRng } from '../../../src/core/rng.ts'

/** Events and the rest of a stream that comes in these pieces. */
function split(format: 'sse' | 'lines', pieces: readonly Buffer[]): { readonly events: readonly string[], readonly rest: string, readonly releasedAt: readonly number[] } {
  const splitter = new EventSplitter(format)
  const releasedAt: number[] = []
  let seen = 0
  const events = pieces.flatMap((piece) => {
    seen += piece.length
    return splitter.push(piece).map(({ octets }) => {
      releasedAt.push(seen)
      return octets.toString('latin1')
    })
  })
  return { events, rest: splitter.rest().toString('latin1'), releasedAt }
}

const octetsOf = (text: string): Buffer[] => [...Buffer.from(text, 'utf8')].map((octet) => Buffer.from([octet]))

describe('a stream cut into events', () => {
  it.each<[string, string, readonly string[], string]>([
    ['line feeds', 'data: 1\n\ndata: 2\n\n', ['data: 1\n\n', 'data: 2\n\n'], ''],
    ['CR LF', 'data: 1\r\n\r\ndata: 2\r\n\r\nda', ['data: 1\r\n\r\n', 'data: 2\r\n\r\n'], 'da'],
    ['carriage returns', 'data: 1\r\rdata: 2\r\r', ['data: 1\r\r', 'data: 2\r\r'], ''],
    ['several lines, a comment and a name', ': hi\n\nevent: a\ndata: 1\ndata: 2\n\n', [': hi\n\n', 'event: a\ndata: 1\ndata: 2\n\n'], ''],
    ['empty lines before and between', '\n\n\ndata: 1\n\n\n\ndata: 2\n\n', ['\n\n\ndata: 1\n\n', '\n\ndata: 2\n\n'], ''],
    ['a byte order mark', '\u{FEFF}data: 1\n\n', ['\xef\xbb\xbfdata: 1\n\n'], '']
  ])('with %s has its events, whole and in one piece or octet by octet', (_name, text, events, rest) => {
    expect(split('sse', [Buffer.from(text, 'utf8')])).toMatchObject({ events, rest })
    const apart = split('sse', octetsOf(text))
    // a CR ends an event at once: a LF behind it goes with the next
    expect([...apart.events, apart.rest].join('')).toBe([...events, rest].join(''))
    expect(apart.events.length).toBe(events.length)
  })

  it('of lines has a line for an event', () => {
    expect(split('lines', octetsOf('{"a":1}\r\n\n{"b":2}\n{"c"'))).toMatchObject({ events: ['{"a":1}\r\n', '\n', '{"b":2}\n'], rest: '{"c"' })
  })

  it('gives up on an event that is too large, and loses nothing of it', () => {
    const splitter = new EventSplitter('sse')
    const piece = Buffer.alloc(300_000, 'x')
    for (let i = 0; i < 5; i++) expect(splitter.push(piece)).toEqual([])
    expect(splitter.overflow).toBe(true)
    expect(splitter.push(Buffer.from('\n\ndata: 1\n\n'))).toEqual([])
    expect(splitter.rest().length).toBe(1_500_011)
  })

  it('is the same octets again, however it came, and each event comes with its last octet', () => {
    const rng = createRng(7)
    const parts = ['data: ', 'x', '\u00e9\u{1F600}', '\n', '\r', '\r\n', '\n\n', ': c', 'event: a', '{"a":1}', '\r\n\r\n', '']
    for (let round = 0; round < 2000; round++) {
      const octets = Buffer.from(Array.from({ length: rng.whole(1, 30) }, () => rng.pick(parts)).join(''), 'utf8')
      const format = rng.pick(['sse', 'lines'] as const)
      const pieces: Buffer[] = []
      for (let at = 0; at < octets.length;) {
        const length = rng.whole(1, 6)
        pieces.push(octets.subarray(at, at + length))
        at += length
      }
      const { events, rest, releasedAt } = split(format, pieces)
      expect(events.join('') + rest).toBe(octets.toString('latin1'))
      let end = 0
      events.forEach((event, i) => {
        end += event.length
        const piece = pieces.findIndex((_, at) => pieces.slice(0, at + 1).reduce((sum, { length }) => sum + length, 0) >= end)
        expect(releasedAt[i]).toBe(pieces.slice(0, piece + 1).reduce((sum, { length }) => sum + length, 0))
      })
    }
  })
})

describe('a raw event', () => {
  const event = (text: string): RawEvent => new RawEvent('sse', Buffer.from(text))

  it.each<[string, string | undefined]>([
    ['data: a\n\n', 'a'], ['data:a\n\n', 'a'], ['data:  a\n\n', ' a'], ['data: a\r\ndata: b\r\n\r\n', 'a\nb'], ['data\n\n', ''], [': c\n\n', undefined], ['event: x\nid: 1\n\n', undefined], ['\u{FEFF}data: a\n\n', 'a']
  ])('%j carries %j', (text, data) => {
    expect(event(text).data()).toBe(data)
  })

  it('with other data keeps all else', () => {
    expect(event('id: 1\ndata: a\ndata: b\nevent: x\n\n').withData('c').octets.toString()).toBe('id: 1\ndata: c\nevent: x\n\n')
    expect(event('id: 1\r\ndata: a\r\n\r\n').withData('c\nd').octets.toString()).toBe('id: 1\r\ndata: c\r\ndata: d\r\n\r\n')
    expect(new RawEvent('lines', Buffer.from('{"a":1}\n')).withData('{}').octets.toString()).toBe('{}\n')
  })

  it('knows the marker', () => {
    expect([event('data: [DONE]\n\n').isDone, event('data: x\n\n').isDone]).toEqual([true, false])
  })
})
