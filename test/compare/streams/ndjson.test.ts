import { describe, expect, it } from 'vitest'
import { MAX_EVENTS } from '../../../src/compare/streams/event-list.ts'
import { readNdjson } from '../../../src/compare/streams/ndjson.ts'
import { pick, seeded } from '../support.ts'

const read = (text: string): unknown => {
  const { events, trailing } = readNdjson(Buffer.from(text))
  return [events.map(({ data }) => data), trailing]
}

describe('readNdjson', () => {
  it.each<[string, string, unknown]>([
    ['lines', '{"a":1}\n{"a":2}\n', [['{"a":1}', '{"a":2}'], '']],
    ['a carriage return before the line feed', '{"a":1}\r\n{"a":2}\r\n', [['{"a":1}', '{"a":2}'], '']],
    ['a carriage return within, which is white space', '{"a":\r1}\n', [['{"a":\r1}'], '']],
    ['empty lines and lines of white space', '\n\r\n1\n \t\n\n2\n', [['1', '2'], '']],
    ['white space around a line', ' 1\t \n', [['1'], '']],
    ['a last line without an end', '{"a":1}\n{"a":2}', [['{"a":1}', '{"a":2}'], '']],
    ['a last line that is cut', '{"a":1}\n{"a":', [['{"a":1}'], '{"a":']],
    ['a last line of white space', '1\n  ', [['1'], '']],
    ['a line that is no JSON', 'a\n{"a":1}\n', [['a', '{"a":1}'], '']],
    ['a last line of Python', '1\n[NaN]', [['1', '[NaN]'], '']],
    ['a byte order mark', '\ufeff1\n\ufeff2\n', [['1', '\ufeff2'], '']],
    ['record separators', '\u001e{"a":1}\n\u001e{"a":2}\n', [['{"a":1}', '{"a":2}'], '']],
    ['nothing', '', [[], '']]
  ])('reads %s', (_what, text, expected) => {
    expect(read(text)).toEqual(expected)
  })

  it('gives lines no type, and ends them behind their line feed, counted in octets', () => {
    expect(readNdjson(Buffer.from('"é"\n\n"猫" \r\n"😀"')).events).toEqual([{ type: '', data: '"é"', end: 5 }, { type: '', data: '"猫"', end: 14 }, { type: '', data: '"😀"', end: 20 }])
  })

  it('takes octets that are no UTF-8 for U+FFFD, and a letter cut in two for the end of a line that is cut', () => {
    const body = Buffer.from('"猫"\n"猫')
    expect(readNdjson(body.subarray(0, -1))).toMatchObject({ events: [{ data: '"猫"' }], trailing: '"\ufffd' })
    expect(readNdjson(Buffer.from([0x22, 0xff, 0x22, 0x0a])).events[0]?.data).toBe('"\ufffd"')
  })

  it('reads as many lines as it may, and says that there were more', () => {
    expect(readNdjson(Buffer.from('1\n'.repeat(MAX_EVENTS)))).toMatchObject({ trailing: '', full: false })
    const more = readNdjson(Buffer.from(`${'1\n'.repeat(MAX_EVENTS)}2\n3\n`))
    expect([more.events.length, more.full]).toEqual([MAX_EVENTS, true])
  })

  it.each(['\n', ' \n', ' ', '\r', 'x', '['])('takes a time in proportion to eight megabytes of %j', (piece) => {
    // a quadratic reader would be here for hours; the limit on tests' time is the assertion
    expect(readNdjson(Buffer.from(piece.repeat(8_000_000 / piece.length))).events).toEqual([])
  })

  it('has a line whole at its end (seed 5)', () => {
    const random = seeded(5)
    for (let round = 0; round < 500; round++) {
      const text = Array.from({ length: Math.floor(random() * 12) }, () => pick(random, ['1', '{"a":"é"}', '\n', '\n', '\r\n', ' ', '"猫"', '[', 'x'])).join('')
      const body = Buffer.from(text)
      const { events } = readNdjson(body)
      for (const [i, { end }] of events.entries()) expect([text, readNdjson(body.subarray(0, end)).events]).toEqual([text, events.slice(0, i + 1)])
    }
  })
})
