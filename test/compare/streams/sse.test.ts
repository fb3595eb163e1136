import { createParser } from 'eventsource-parser'
import { describe, expect, it } from 'vitest'
import type { StreamEvent } from '../../../src/compare/codec.ts'
import { MAX_EVENTS } from '../../../src/compare/streams/event-list.ts'
import { readSse } from '../../../src/compare/streams/sse.ts'
import { pick, seeded } from '../support.ts'

const read = (text: string): { events: readonly StreamEvent[], trailing: string } => readSse(Buffer.from(text))
const said = (text: string): unknown => read(text).events.map(({ type, data }) => type === '' ? data : [type, data])

describe('readSse', () => {
  // the examples of the HTML Standard, section 9.2.6, among them
  it.each<[string, string, unknown]>([
    ['data over several lines', 'data: YHOO\ndata: +2\ndata: 10\n\n', ['YHOO\n+2\n10']],
    ['a comment, an id and no id', ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n', ['first event', 'second event', ' third event']],
    ['data without a colon, and an event that is not finished', 'data\n\ndata\ndata\n\ndata:', ['', '\n']],
    ['one space after the colon, or none', 'data:test\n\ndata: test\n\n', ['test', 'test']],
    ['a tab after the colon', 'data:\ttest\n\n', ['\ttest']],
    ['more colons', 'data:a:b: c\n\n', ['a:b: c']],
    ['a type', 'event: add\ndata: 1\n\ndata: 2\n\n', [['add', '1'], '2']],
    ['two types, of which the last counts', 'event: a\nevent: b\ndata: 1\n\n', [['b', '1']]],
    ['a type after the data', 'data: 1\nevent: late\n\n', [['late', '1']]],
    ['an empty type', 'event: a\nevent\ndata: 1\n\n', ['1']],
    ['a type without data, which is forgotten', 'event: a\n\ndata: 1\n\n', ['1']],
    ['fields of other names', 'datas: 1\nDATA: 2\n data: 3\ndat: 4\nevents: 5\nretry: 6\nid: 7\ndata: 8\n\n', ['8']],
    ['carriage returns', 'data: 1\r\rdata: 2\r\r', ['1', '2']],
    ['both', 'data: 1\r\n\r\ndata: 2\r\n\r\n', ['1', '2']],
    ['a mixture of all three', 'data: 1\n\r\ndata: 2\r\n\rdata: 3\r\ndata: 4\n\n', ['1', '2', '3\n4']],
    ['line feeds first', '\n\n\ndata: 1\n\n\n\n', ['1']],
    ['a byte order mark', '\ufeffdata: 1\n\n', ['1']],
    ['a byte order mark too many', '\ufeff\ufeffdata: 1\n\ndata: \ufeff2\n\n', ['\ufeff2']],
    ['a comment within', 'data: 1\n: ping\ndata: 2\n\n', ['1\n2']],
    ['letters of all lengths', 'data: é猫😀\n\n', ['é猫😀']],
    ['nothing', '', []]
  ])('reads %s', (_what, text, expected) => {
    expect(said(text)).toEqual(expected)
  })

  it.each([
    ['data: 1\n\n', ''],
    ['data: 1\n', 'data: 1\n'],
    ['data: 1', 'data: 1'],
    ['data: 1\n\ndata: 2', 'data: 2'],
    ['data: 1\n\nid: 3\nevent: x\n', 'id: 3\nevent: x\n'],
    ['data: 1\r\n\r\ndata: 2\r\n', 'data: 2\r\n'],
    ['data: 1\n\nda', 'da'],
    ['data: 1\n\n: ping', ''],
    ['data: 1\n\n: ping\n', ''],
    ['data: 1\n\n: ping\ndata: 2\n', ': ping\ndata: 2\n'],
    ['data: 1\n\nid: 3\n', ''],
    ['\ufeffdata: 1', 'data: 1'],
    ['\n\n\n', '']
  ])('of %j says that %j trails', (text, trailing) => {
    expect(read(text).trailing).toBe(trailing)
  })

  it('takes octets that are no UTF-8 for U+FFFD, also at the end', () => {
    const events = (octets: number[]): unknown => readSse(Buffer.concat([Buffer.from('data: a'), Buffer.from(octets), Buffer.from('\n\n')])).events.map(({ data }) => data)
    expect(events([0xff])).toEqual(['a\ufffd'])
    expect(events([0xe7, 0x8c])).toEqual(['a\ufffd'])
    expect(events([0xc0, 0xaf])).toEqual(['a\ufffd\ufffd'])
    expect(events([0xed, 0xa0, 0x80])).toEqual(['a\ufffd\ufffd\ufffd'])
    expect(readSse(Buffer.from('data: 猫').subarray(0, -1)).trailing).toBe('data: \ufffd')
  })

  it('ends each event behind its blank line, counted in octets', () => {
    const parts = ['\ufeffdata: é猫😀\n\n', 'event: a\r\ndata: 2\r\n\r\n', ': ping\n\ndata\r\r', 'data: 4\n\n']
    const body = Buffer.from(parts.join(''))
    let octets = 0
    expect(readSse(body).events.map(({ end }) => end)).toEqual(parts.map((part) => octets += Buffer.byteLength(part)))
  })

  it('reads as many events as it may, and says that there were more', () => {
    const text = 'data: 1\n\n'.repeat(MAX_EVENTS)
    expect(readSse(Buffer.from(text))).toMatchObject({ full: false })
    const more = readSse(Buffer.from(`${text}data: 2\n\ndata: 3`))
    expect([more.events.length, more.trailing, more.full]).toEqual([MAX_EVENTS, '', true])
  })

  it.each<[string, (count: number) => string]>([
    ['line feeds', (count) => '\n'.repeat(count)],
    ['carriage returns', (count) => '\r'.repeat(count)],
    ['colons', (count) => ':'.repeat(count)],
    ['letters without a line', (count) => 'x'.repeat(count)],
    ['short lines without a colon', (count) => 'x\n'.repeat(count / 2)],
    ['empty data', (count) => 'data\n'.repeat(count / 5)],
    ['types', (count) => 'event: a\n'.repeat(count / 9)]
  ])('takes a time in proportion to eight megabytes of %s', (_what, make) => {
    // a quadratic reader would be here for hours; the limit on tests' time is the assertion
    const list = readSse(Buffer.from(make(8_000_000)))
    expect(list.events.length).toBeLessThan(2)
  })
})

const SEED = 20_260_101
const PIECES = [
  'data', 'data:', 'data: ', 'event', 'event: add', 'event:', 'id: 1', 'id', 'retry: 10', ':', ': ping', 'a', '{"a":1}', '[DONE]', 'é', '猫', '😀', ' ', '\t', '\ufeff', 'dat', 'x: y',
  '\n\ndata: '
]
const ENDS = ['\n', '\n', '\n\n', '\n\n', '\r', '\r\n', '\r\n\r\n']

function oracle(random: () => number, body: Buffer): unknown {
  const events: unknown[] = []
  const parser = createParser({ onEvent: ({ event, data }) => events.push({ type: event ?? '', data }) })
  const decoder = new TextDecoder()
  for (let at = 0; at < body.length;) {
    const to = at + 1 + Math.floor(random() * 9)
    parser.feed(decoder.decode(body.subarray(at, to), { stream: true }))
    at = to
  }
  // a carriage return is held back until a line ends after it; a comment ends nothing else
  parser.feed(`${decoder.decode()}:\n`)
  return events
}

describe('a random stream', () => {
  it(`is read as eventsource-parser reads it, in chunks of any size (seed ${SEED})`, () => {
    const random = seeded(SEED)
    let seen = 0
    for (let round = 0; round < 4000; round++) {
      let text = ''
      for (let i = Math.floor(random() * 30); i >= 0; i--) text += pick(random, PIECES) + (random() < 0.5 ? pick(random, ENDS) : '')
      const body = Buffer.from(text)
      // one octet in some is no longer what it was
      if (random() < 0.3) body[Math.floor(random() * body.length)] = Math.floor(random() * 256)
      const { events } = readSse(body)
      seen += events.length
      expect([text, events.map(({ type, data }) => ({ type, data }))]).toEqual([text, oracle(random, body)])
    }
    expect(seen).toBeGreaterThan(3000)
  })

  it(`has an event whole at its end, and not before (seed ${SEED + 1})`, () => {
    const random = seeded(SEED + 1)
    for (let round = 0; round < 1000; round++) {
      let text = ''
      for (let i = Math.floor(random() * 20); i >= 0; i--) text += pick(random, PIECES) + (random() < 0.5 ? pick(random, ENDS) : '')
      const body = Buffer.from(text)
      const { events, trailing } = readSse(body)
      for (const [i, { end }] of events.entries()) {
        expect([text, readSse(body.subarray(0, end)).events]).toEqual([text, events.slice(0, i + 1)])
        // a carriage return ends a line by itself, the line feed after it just belongs to it
        const short = body[end - 1] === 0x0a && body[end - 2] === 0x0d ? 2 : 1
        expect([text, readSse(body.subarray(0, end - short)).events.length]).toEqual([text, i])
      }
      expect([text, body.toString().endsWith(trailing)]).toEqual([text, true])
    }
  })
})
