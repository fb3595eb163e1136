import { MAX_DEPTH, type Reason } from './limits.ts'
import { isObject } from './json-type.ts'
import { type Json, readExactly, readJson } from './read-json.ts'

/** The document a text is, with numbers that no double holds as ExactNumbers; undefined when it is none, or more than would be compared. */
export function textJson(text: string): { readonly value: unknown } | undefined {
  const read = exactlyRead(text, readJson(Buffer.from(text, 'utf8'), text))
  return typeof read === 'string' || isTooDeep(read.value, MAX_DEPTH) ? undefined : read
}

// 1e400 is not 1e500, though no double tells them apart
const exactlyRead = (text: string, read: Json | Reason): Json | Reason => typeof read === 'string' || read.exact || !/\d{3}/.test(text) || !holdsInfinity(read.value, MAX_DEPTH) ? read : readExactly(text)

function holdsInfinity(value: unknown, left: number): boolean {
  if (left < 0) return false
  if (Array.isArray(value)) return value.some((element) => holdsInfinity(element, left - 1))
  return isObject(value) ? Object.values(value).some((member) => holdsInfinity(member, left - 1)) : value === Infinity || value === -Infinity
}

function isTooDeep(value: unknown, left: number): boolean {
  if (Array.isArray(value)) return left === 0 || value.some((element) => isTooDeep(element, left - 1))
  return isObject(value) && (left === 0 || Object.values(value).some((member) => isTooDeep(member, left - 1)))
}
