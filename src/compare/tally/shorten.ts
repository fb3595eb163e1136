import { ExactNumber } from '../read/exact-number.ts'
import { isObject } from '../read/json-type.ts'

/** Characters kept of a value in an example. */
const MAX_CHARACTERS = 200

/**
 * A value as JSON, cut to 200 characters: for people to read. Looks at no more of the value than it shows, and keeps
 * nothing of it alive. Octets are shown as the text they may be; undefined stays undefined.
 */
export function shorten(value: unknown): string | undefined {
  return value === undefined ? undefined : shortenText(write(value, MAX_CHARACTERS))
}

/** A text cut to 200 characters, copied: a slice would keep the whole of it in memory. */
export function shortenText(text: string): string {
  const cut = text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS - 1)}…`
  return Buffer.from(cut, 'utf8').toString('utf8')
}

/** JSON of `value`; may stop anywhere past `left` characters. */
function write(value: unknown, left: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, left + 1))
  if (value instanceof ExactNumber) return value.text.slice(0, left + 1)
  if (Buffer.isBuffer(value)) return value.toString('utf8', 0, 4 * MAX_CHARACTERS)
  if (Array.isArray(value)) {
    let text = '['
    for (const element of value) {
      if (text.length > left) return text
      text += (text === '[' ? '' : ',') + write(element, left - text.length)
    }
    return `${text}]`
  }
  if (isObject(value)) {
    let text = '{'
    for (const key of Object.keys(value)) {
      if (text.length > left) return text
      text += `${text === '{' ? '' : ','}${write(key, left - text.length)}:`
      text += write(value[key], left - text.length)
    }
    return `${text}}`
  }
  return String(value)
}
