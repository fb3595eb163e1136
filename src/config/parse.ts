import { type Document, parseDocument, type YAMLError } from 'yaml'
import type { Report } from './report.ts'
import type { Source } from './source.ts'

/** Octets of a config at most. */
export const MAX_OCTETS = 1_048_576

export interface Parsed {
  readonly contents: Document.Parsed['contents']
  /** Offset of the line from which on the structure cannot be trusted; Infinity when the text is sound. */
  readonly soundUntil: number
}

/** Reads YAML 1.2 (core schema). What is wrong with it goes to the report; undefined when there is nothing to go on with. */
export function parse(source: Source, report: Report): Parsed | undefined {
  const { text } = source
  if (Buffer.byteLength(text) > MAX_OCTETS) {
    report.error([], 'larger than 1MiB')
    return undefined
  }
  // a binary file, or text of another encoding, would be one long complaint about its first line
  const foreign = text.search(/[\0\uFFFD]/)
  if (foreign >= 0) {
    report.error([], 'not text in UTF-8', { at: foreign })
    return undefined
  }
  // duplicate keys are found while the tree is read: the parser's own check takes time in the square of the keys
  const document = parseDocument(text, { strict: true, uniqueKeys: false, prettyErrors: false, schema: 'core', logLevel: 'error' })
  const errors = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0])
  const [first] = errors
  const soundUntil = first === undefined ? Infinity : text.lastIndexOf('\n', first.pos[0] - 1) + 1
  let last = -1
  for (const error of errors) {
    const { line } = source.place(error.pos[0])
    // one slip of the pen makes the parser stumble over all that follows on its line
    if (line === last) continue
    last = line
    report.error([], describe(error, text), { at: isPlaceholder(error, text) ? error.pos[0] - 1 : error.pos[0] })
  }
  for (const { code, message, pos } of document.warnings) {
    report.error([], code === 'TAG_RESOLVE_FAILED' ? `unknown tag ${text.slice(pos[0], pos[1]).trim()}` : lowerCase(message), { at: pos[0] })
  }
  if (document.errors.length === 0 && document.contents === null) {
    report.error([], 'the file is empty')
    return undefined
  }
  return { contents: document.contents, soundUntil }
}

// inside { } and [ ] a plain scalar ends where a "{" begins
const isPlaceholder = ({ code, pos: [at] }: YAMLError, text: string): boolean => code === 'UNEXPECTED_TOKEN' && text.slice(at - 1, at + 1) === '${'

function describe(error: YAMLError, text: string): string {
  const { code, message } = error
  if (isPlaceholder(error, text)) return 'inside { } and [ ] a placeholder must be quoted: "${...}"'
  switch (code) {
    case 'TAB_AS_INDENT': return 'a tab where lines are indented; use spaces'
    case 'RESOURCE_EXHAUSTION': return 'nested too deep'
    case 'MULTIPLE_DOCS': return 'a second document begins here; a config is one'
    case 'MISSING_CHAR': return lowerCase(message).replace('"quote', 'quote')
    case 'BLOCK_AS_IMPLICIT_KEY': return 'a mapping inside a value on the same line; is a quote or a line break missing?'
    default: return lowerCase(message)
  }
}

const lowerCase = (message: string): string => message.slice(0, 1).toLowerCase() + message.slice(1)
