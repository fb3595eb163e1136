import { isObject } from '../../read/json-type.ts'

/** A member of an untrusted value, if it is an object and the member its own: "constructor" is none. */
export function own(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

/** A member that is an array; empty where it is none. */
export function ownList(value: unknown, key: string): readonly unknown[] {
  const member = own(value, key)
  return Array.isArray(member) ? member : NONE
}

/** A member that is a string; empty where it is none. */
export function ownText(value: unknown, key: string): string {
  const member = own(value, key)
  return typeof member === 'string' ? member : ''
}

const NONE: readonly unknown[] = []
