/** A field as it stood on the wire: its name, and its value without the blanks around it. */
export type Field = readonly [name: string, value: string]

/** One HTTP/1.1 message out of what a connection brought, taken apart by a reader of its own, so that it can judge ours. */
export interface Message {
  /** Start line. */
  readonly start: string
  readonly fields: readonly Field[]
  /** latin1, with its framing taken off. */
  readonly body: string
  readonly trailers: readonly Field[]
  readonly framing: 'none' | 'length' | 'chunked' | 'close'
  /** Chunks that had extensions. */
  readonly extended: number
  /** Just past the message in the text it was read from. */
  readonly end: number
}

interface Body {
  readonly body: string
  readonly extended?: number
  readonly end: number
  readonly trailers?: readonly Field[]
}

/** The request that begins at `at`, once it is whole. */
export function readRequest(text: string, at = 0): Message | undefined {
  const head = readHead(text, at)
  if (head === undefined) return undefined
  const { start, fields, end } = head
  return withBody(start, fields, readBody(text, end, fields, false))
}

/** The answer that begins at `at`, once it is whole; interim ones are messages of their own. `closed`: nothing more will come. */
export function readAnswer(text: string, at = 0, method = 'GET', closed = false): Message | undefined {
  const head = readHead(text, at)
  if (head === undefined) return undefined
  const { start, fields, end } = head
  const status = statusOf({ start })
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return { start, fields, body: '', trailers: [], framing: 'none', extended: 0, end }
  return withBody(start, fields, readBody(text, end, fields, true, closed))
}

/** Every answer in `text`, to requests of these methods in turn. @throws Error when something is left over */
export function readAnswers(text: string, methods: readonly string[] = [], closed = true): Message[] {
  const found: Message[] = []
  let final = 0
  for (let at = 0; at < text.length;) {
    const message = readAnswer(text, at, methods[final], closed)
    if (message === undefined) throw new Error(`no whole answer: ${JSON.stringify(text.slice(at, at + 500))}`)
    found.push(message)
    if (statusOf(message) >= 200) final++
    at = message.end
  }
  return found
}

export const statusOf = ({ start }: { readonly start: string }): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(start)?.[1] ?? NaN)

/** Values of all fields with this name, in any case. */
export const valuesOf = (fields: readonly Field[], name: string): string[] =>
  fields.filter(([one]) => one.toLowerCase() === name.toLowerCase()).map(([, value]) => value)

/** Fields but for those with these lower-case names. */
export const without = (fields: readonly Field[], ...names: readonly string[]): Field[] => fields.filter(([name]) => !names.includes(name.toLowerCase()))

function withBody(start: string, fields: readonly Field[], read: (Body & Pick<Message, 'framing'>) | undefined): Message | undefined {
  return read === undefined ? undefined : { trailers: [], extended: 0, ...read, start, fields }
}

function readHead(text: string, at: number): { start: string, fields: Field[], end: number } | undefined {
  const close = text.indexOf('\r\n\r\n', at)
  if (close < 0) return undefined
  const [start = '', ...lines] = text.slice(at, close).split('\r\n')
  return { start, fields: lines.map(fieldOf), end: close + 4 }
}

function fieldOf(line: string): Field {
  const colon = line.indexOf(':')
  if (colon < 1 || line.startsWith(' ')) throw new Error(`not a field line: ${JSON.stringify(line)}`)
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')]
}

function readBody(text: string, at: number, fields: readonly Field[], answer: boolean, closed = false): (Body & Pick<Message, 'framing'>) | undefined {
  const codings = valuesOf(fields, 'transfer-encoding')
  const lengths = valuesOf(fields, 'content-length')
  if (codings.length + lengths.length > 1) throw new Error(`framed twice: ${JSON.stringify(fields)}`)
  if (codings.length > 0) {
    if (codings[0] !== 'chunked') throw new Error(`transfer-encoding: ${codings[0]}`)
    const read = readChunks(text, at)
    return read === undefined ? undefined : { framing: 'chunked', ...read }
  }
  if (lengths.length > 0) {
    const end = at + Number(lengths[0])
    if (!Number.isSafeInteger(end)) throw new Error(`content-length: ${lengths[0]}`)
    return text.length < end ? undefined : { framing: 'length', body: text.slice(at, end), end }
  }
  if (!answer) return { framing: 'none', body: '', end: at }
  return closed ? { framing: 'close', body: text.slice(at), end: text.length } : undefined
}

function readChunks(text: string, from: number): Body | undefined {
  let body = ''
  let extended = 0
  for (let at = from;;) {
    const line = text.indexOf('\r\n', at)
    if (line < 0) return undefined
    const size = text.slice(at, line)
    if (!/^[0-9a-f]+(?:;\S+)?$/i.test(size)) throw new Error(`chunk size: ${JSON.stringify(size)}`)
    if (size.includes(';')) extended++
    const data = line + 2
    const length = Number.parseInt(size, 16)
    if (length === 0) return readTrailers(text, data, { body, extended })
    if (text.length < data + length + 2) return undefined
    if (text.slice(data + length, data + length + 2) !== '\r\n') throw new Error('no line end behind a chunk')
    body += text.slice(data, data + length)
    at = data + length + 2
  }
}

function readTrailers(text: string, at: number, read: Omit<Body, 'end'>): Body | undefined {
  if (text.startsWith('\r\n', at)) return { ...read, end: at + 2 }
  const close = text.indexOf('\r\n\r\n', at)
  return close < 0 ? undefined : { ...read, end: close + 4, trailers: text.slice(at, close).split('\r\n').map(fieldOf) }
}
