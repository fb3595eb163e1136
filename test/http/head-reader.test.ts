import { describe, expect, it } from 'vitest'
import { hasBareLineFeed, headEnd, HeadReader } from '../../src/http/head-reader.ts'
import { RequestHead } from '../../src/http/request-head.ts'
import { octets, splits } from './support/messages.ts'
import { Random, runSeed } from './support/random.ts'

const LIMITS = { maxHeadBytes: 200, maxFields: 10 }

/** What comes of `pieces`: targets of the heads that were read, why it ended, and what is left. */
function read(pieces: readonly (string | Buffer)[]): { targets: string[], outcome: string, left: string } {
  const reader = new HeadReader()
  const head = new RequestHead()
  const targets: string[] = []
  for (const piece of pieces) {
    reader.add(Buffer.from(piece as string, 'latin1'))
    for (;;) {
      const outcome = reader.next(head, LIMITS)
      if (outcome === 'partial') break
      if (outcome !== undefined) return { targets, outcome: outcome.code, left: reader.take()?.toString('latin1') ?? '' }
      targets.push(head.target)
    }
  }
  return { targets, outcome: 'partial', left: reader.take()?.toString('latin1') ?? '' }
}

const headOf = (bytes: number): string => `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(bytes - 32)}\r\n\r\n`

describe('a head reader', () => {
  const three = 'GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n\r\nGET /3 HTTP/1.0\r\n\r\nGET /4'

  it('cuts heads out of what has come, however it came', () => {
    const expected = { targets: ['/1', '/2', '/3'], outcome: 'partial', left: 'GET /4' }
    expect(read([three])).toEqual(expected)
    for (const pieces of splits(Buffer.from(three))) expect(read(pieces)).toEqual(expected)
    expect(read(octets(Buffer.from(three)))).toEqual(expected)
  })

  it.each([
    ['one', '\r\n', ['/']], ['two', '\r\n\r\n', ['/']], ['three', '\r\n\r\n\r\n', 'bad_start_line'],
    ['a bare LF', '\n', 'bare_line_end'], ['a bare CR', '\r', 'bad_start_line'], ['CR CR LF', '\r\r\n', 'bad_start_line'], ['a space', ' ', 'bad_start_line'], ['a line of blanks', ' \r\n', 'bad_start_line']
  ])('ignores up to two empty lines before a request, not more and nothing else: %s', (_what, before, expected) => {
    for (const pieces of [[`${before}GET / HTTP/1.1\r\nHost: a\r\n\r\n`], octets(Buffer.from(`${before}GET / HTTP/1.1\r\nHost: a\r\n\r\n`))]) {
      const { targets, outcome } = read(pieces)
      if (typeof expected === 'string') expect([targets.length, /^(?:bare_line_end|bad_start_line)$/.test(outcome)]).toEqual([0, true])
      else expect(targets).toEqual(expected)
    }
  })

  it('holds nothing when only empty lines have come', () => {
    const reader = new HeadReader()
    reader.add(Buffer.from('\r\n\r\n'))
    expect([reader.next(new RequestHead(), LIMITS), reader.empty, reader.length]).toEqual(['partial', true, 0])
  })

  it.each([
    ['garbage', '\x16\x03\x01', 'bad_start_line'], ['an unknown method', 'FETCH / HTTP/1.1\r\n', 'unknown_method'], ['another version', 'GET / HTTP/3.0\r\n', 'bad_version'],
    ['a line that ends in LF', 'GET / HTTP/1.1\n', 'bare_line_end'], ['a later line that ends in LF', 'GET / HTTP/1.1\r\nHost: a\n', 'bare_line_end'], ['HTTP/0.9', 'GET /\r\n', 'bad_start_line']
  ])('refuses %s before the head is whole', (_what, start, code) => {
    expect(read([start]).outcome).toBe(code)
    expect(read(octets(Buffer.from(start))).outcome).toBe(code)
  })

  it('takes a head of exactly the limit and refuses one octet more, cut anywhere', () => {
    const [fits, exceeds] = [Buffer.from(headOf(200)), Buffer.from(headOf(201))]
    expect([fits.length, exceeds.length]).toEqual([200, 201])
    for (const pieces of [[fits], ...splits(fits), octets(fits)]) expect(read(pieces).targets).toEqual(['/'])
    for (const pieces of [[exceeds], ...splits(exceeds), octets(exceeds)]) expect(read(pieces)).toMatchObject({ targets: [], outcome: 'head_too_large' })
  })

  it('says so when it is the target that is too long', () => {
    expect(read([`GET /${'x'.repeat(300)}`]).outcome).toBe('target_too_long')
    expect(read([`GET /${'x'.repeat(300)} HTTP/1.1\r\nHost: a\r\n\r\n`]).outcome).toBe('target_too_long')
  })

  it('gives away octets that nothing is written over later', () => {
    const reader = new HeadReader()
    for (const octet of octets(Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\nbody'))) reader.add(octet)
    expect(reader.next(new RequestHead(), LIMITS)).toBeUndefined()
    const body = reader.take()
    reader.add(Buffer.from('GET '))
    for (let i = 0; i < 100; i++) reader.add(Buffer.from('XXXX'))
    expect(body?.toString()).toBe('body')
  })

  it('copies each octet a bounded number of times when they come one by one', () => {
    const reader = new HeadReader()
    const count = 100_000
    let copied = 0
    const octet = Buffer.from('x')
    const stores = new Set<ArrayBufferLike>()
    for (let i = 0; i < count; i++) {
      reader.add(octet)
      const store = (reader as unknown as { held: Buffer }).held.buffer
      if (!stores.has(store)) copied += i
      stores.add(store)
    }
    expect(reader.length).toBe(count)
    expect(copied).toBeLessThan(3 * count)
  })
})

describe('hasBareLineFeed', () => {
  it.each([['', 0, false], ['a\r\nb', 0, false], ['a\nb', 0, true], ['\n', 0, true], ['a\r\n', 2, false], ['a\nb\r\n', 2, false], ['a\r\n\n', 0, true]])('in %j from %d: %s', (text, from, has) => {
    expect(hasBareLineFeed(Buffer.from(text), from)).toBe(has)
  })
})

describe('headEnd', () => {
  it('is just past the first empty line, wherever the search is taken up again', () => {
    const random = new Random(runSeed())
    for (let round = 0; round < 3000; round++) {
      const text = Array.from({ length: random.below(40) }, () => random.pick(['\r', '\n', '\r\n', '\r\n\r\n', 'a', '\t', 'abc', '\0'])).join('')
      const at = text.indexOf('\r\n\r\n')
      const end = at < 0 ? -1 : at + 4
      for (let scanned = 0; scanned < (end < 0 ? text.length + 1 : end); scanned++) {
        expect(headEnd(Buffer.from(text), scanned), `seed ${random.seed} round ${round} scanned ${scanned} of ${JSON.stringify(text)}`).toBe(end)
      }
    }
  })
})
