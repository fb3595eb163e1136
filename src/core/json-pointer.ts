/** A JSON Pointer (RFC 6901) taken apart: its reference tokens, unescaped. */
export type Pointer = readonly string[]

/** Parses `/a/b~1c`; undefined when `text` is not a pointer. The empty string points at the whole document. */
export function parsePointer(text: string): Pointer | undefined {
  if (text === '') return []
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return undefined
  return text.slice(1).split('/').map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** The value `pointer` points at, or undefined. Only own members count. */
export function resolvePointer(document: unknown, pointer: Pointer): unknown {
  let value = document
  for (const token of pointer) {
    if (Array.isArray(value)) {
      if (!/^(?:0|[1-9]\d{0,9})$/.test(token)) return undefined
      value = value[Number(token)]
    } else if (typeof value === 'object' && value !== null && Object.hasOwn(value, token)) {
      value = (value as Record<string, unknown>)[token] // holds: own member of an object
    } else {
      return undefined
    }
  }
  return value
}

/** The text at a pointer: a string, or a number or boolean as JSON writes it. Objects, arrays and null are no text. */
export function textAt(document: unknown, pointer: Pointer): string | undefined {
  const value = resolvePointer(document, pointer)
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}
