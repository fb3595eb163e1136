import { describe, expect, it } from 'vitest'
import { EventSplitter } from '../../../src/chaos/streams/event-splitter.ts'
import { type EventFormat, RawEvent } from '../../../src/chaos/streams/raw-event.ts'
import { createRng } from '../../../src/core/rng.ts'

const BOM = '\u{FEFF}'
const changed = (format: EventFormat, text: string, data: string): string => new RawEvent(format, Buffer.from(text)).withData(data).octets.toString()

describe('an event with other data', () => {
  it.each<[EventFormat, string, string, string]>([
    ['sse', 'data:a\n\n', 'b', 'data:b\n\n'],
    ['sse', 'data: a\r\r', 'b', 'data: b\r\r'],
    ['sse', 'event: x\r\ndata: a\n\n', 'b', 'event: x\r\ndata: b\n\n'],
    ['sse', '\ndata: a\r\n\r', 'b', '\ndata: b\r\n\r'],
    ['sse', `${BOM}data: a\n\n`, 'b', `${BOM}data: b\n\n`],
    ['sse', 'data\nid: 1\n\n', 'b', 'data: b\nid: 1\n\n'],
    ['sse', 'data: a\nid: 1\ndata:b\ndataset: c\n\n', 'd\ne', 'data: d\ndata: e\nid: 1\ndataset: c\n\n'],
    ['sse', ': only a comment\n\n', 'b', 'data: b\n: only a comment\n\n'],
    ['sse', 'data: a', 'b\nc', 'data: b\ndata: c'],
    ['lines', '{"a":1}\r\n', '{}', '{}\r\n'],
    ['lines', ' {"a":1} \n', '{}', ' {} \n'],
    ['lines', '{"a":"\u00e0"}', 'x\u00e0', 'x\u00e0'],
    ['lines', `${BOM}{"a":1}\n`, '{}', `${BOM}{}\n`]
  ])('of %s keeps all other octets of %j', (format, text, data, expected) => {
    expect(changed(format, text, data)).toBe(expected)
    expect(new RawEvent(format, Buffer.from(expected)).data()).toBe(data)
  })

  it('is the same event when the data is the same', () => {
    const rng = createRng(11)
    const ends = ['\n', '\r\n', '\r']
    for (let round = 0; round < 2000; round++) {
      const end = rng.pick(ends)
      const lines = ['id: 1', ': \u00e9', `data:${rng.pick(['', ' '])}{"a":${rng.whole(0, 9)}}`, 'event: \u{1F600}'].filter((line) => line.startsWith('data') || rng.whole(0, 1) === 1)
      const event = new RawEvent('sse', Buffer.from(`${lines.join(end)}${end}${end}`))
      expect(event.withData(event.data()!).octets).toEqual(event.octets)
    }
  })

  it('keeps octets that are no text', () => {
    const octets = Buffer.from('id: \xff\xfe\ndata: a\n\n', 'latin1')
    expect(new RawEvent('sse', octets).withData('b').octets.toString('latin1')).toBe('id: \xff\xfe\ndata: b\n\n')
  })
})

it('events whose line ends are cut apart carry what they did', () => {
  const splitter = new EventSplitter('sse')
  const events = ['data: 1\r\n\r', '\ndata: 2\r', '\n\r\n'].flatMap((piece) => splitter.push(Buffer.from(piece)))
  expect(events.map((event) => event.data())).toEqual(['1', '2'])
  expect(events.map((event) => event.withData('x').octets.toString()).join('') + splitter.rest().toString()).toBe('data: x\r\n\r\ndata: x\r\n\r\n')
})
