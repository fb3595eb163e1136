/** How a stream is cut into events: Server-Sent Events, or one JSON document a line. */
export type EventFormat = 'sse' | 'lines'

/** One event of a stream, octets as they came: with the empty line that ends it, or the line with its end. */
export class RawEvent {
  readonly format: EventFormat
  readonly octets: Buffer

  constructor(format: EventFormat, octets: Buffer) {
    this.format = format
    this.octets = octets
  }

  /** What it carries: the `data` lines of an SSE event, joined by line feeds, or the line. Undefined when there is none, as in a comment. */
  data(): string | undefined {
    const text = this.octets.toString('utf8').replace(/^\uFEFF/, '')
    if (this.format === 'lines') {
      const line = text.trim()
      return line === '' ? undefined : line
    }
    const lines = text.split(LINE_END).filter((line) => line === 'data' || line.startsWith('data:'))
    return lines.length === 0 ? undefined : lines.map((line) => line.slice(line.charAt(5) === ' ' ? 6 : 5)).join('\n')
  }

  /** Whether it is the marker that OpenAI's streams end with. */
  get isDone(): boolean {
    return this.data()?.trim() === '[DONE]'
  }

  /** The same event with other data; every other octet stays as it is, but for further `data` lines, which are left out. */
  withData(data: string): RawEvent {
    // one character an octet, so that what is no UTF-8 elsewhere stays as well
    const text = this.octets.toString('latin1')
    const put = Buffer.from(data, 'utf8').toString('latin1')
    if (this.format === 'lines') return rawEvent('lines', `${SPACE.exec(text)?.[0] ?? ''}${put}${spaceAtEnd(text)}`)
    const lines = text.replace(BYTE_ORDER_MARK, '').split(BEHIND_LINE_END)
    const first = lines.findIndex(isData)
    const made = lines.flatMap((line, i) => i === first ? [dataLines(put, line)] : isData(line) ? [] : [line])
    return rawEvent('sse', `${BYTE_ORDER_MARK.exec(text)?.[0] ?? ''}${first < 0 ? dataLines(put, 'data: \n') : ''}${made.join('')}`)
  }
}

const isData = (line: string): boolean => /^data(?:[:\r\n]|$)/.test(line)

/** Data as lines like the one whose place they take. */
function dataLines(data: string, like: string): string {
  const field = /^data: ?/.exec(like)?.[0] ?? 'data: '
  const end = /[\r\n]+$/.exec(like)?.[0] ?? ''
  return data.split('\n').map((line) => field + line).join(end === '' ? '\n' : end) + end
}

function spaceAtEnd(text: string): string {
  let start = text.length
  while (start > 0 && ' \t\r\n'.includes(text.charAt(start - 1))) start--
  return text.slice(start)
}

const rawEvent = (format: EventFormat, text: string): RawEvent => new RawEvent(format, Buffer.from(text, 'latin1'))

const LINE_END = /\r\n|\n|\r/
const BEHIND_LINE_END = /(?<=\n)|(?<=\r)(?!\n)/
// as its octets are read here
const BYTE_ORDER_MARK = /^\xef\xbb\xbf/
const SPACE = /^(?:\xef\xbb\xbf)?[ \t\r\n]*/
