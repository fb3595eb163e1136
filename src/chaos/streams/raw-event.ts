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

  /** The same event with other data; ids, types and comments of an SSE event stay where they are. */
  withData(data: string): RawEvent {
    if (this.format === 'lines') return new RawEvent('lines', Buffer.from(`${data}\n`, 'utf8'))
    const text = this.octets.toString('utf8')
    const end = LINE_END.exec(text)?.[0] ?? '\n'
    const put = data.split('\n').map((line) => `data: ${line}`)
    const lines = text.split(LINE_END)
    const first = lines.findIndex((line) => line === 'data' || line.startsWith('data:'))
    const kept = lines.flatMap((line, i) => line === 'data' || line.startsWith('data:') ? i === first ? put : [] : [line])
    return new RawEvent('sse', Buffer.from((first < 0 ? [...put, ...lines] : kept).join(end), 'utf8'))
  }
}

const LINE_END = /\r\n|\n|\r/
