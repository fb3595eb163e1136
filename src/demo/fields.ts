import { Refusal } from './json-server.ts'

/** The fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>

/** An object's fields. Like all readers here it throws a `Refusal` that names the field for anything else. */
export function asFields(value: unknown, at: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields // holds: an object
  throw new Refusal(400, `${at}: expected an object; got ${shown(value)}`, at)
}

/** A field, where it is there and not null. */
export const optional = <T>(fields: Fields, name: string, read: (value: unknown, at: string) => T): T | undefined => {
  const value = fields[name]
  return value === undefined || value === null ? undefined : read(value, name)
}

export const numberFrom = (from: number, to: number) => (value: unknown, at: string): number => {
  if (typeof value === 'number' && value >= from && value <= to) return value
  throw new Refusal(400, `${at}: expected a number from ${from} to ${to}; got ${shown(value)}`, at)
}

export const wholeFrom = (from: number, to: number) => (value: unknown, at: string): number => {
  if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to) return value
  throw new Refusal(400, `${at}: expected a whole number from ${from} to ${to}; got ${shown(value)}`, at)
}

export function readBoolean(value: unknown, at: string): boolean {
  if (typeof value === 'boolean') return value
  throw new Refusal(400, `${at}: expected true or false; got ${shown(value)}`, at)
}

/** A text, or a list of 1 to `most` of them; `empty` says whether a text may be. */
export const textsUpTo = (most: number, empty: boolean) => (value: unknown, at: string): readonly string[] => {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  const texts = values.filter((text): text is string => typeof text === 'string' && (empty || text !== ''))
  if (texts.length === values.length && texts.length > 0 && texts.length <= most) return texts
  throw new Refusal(400, `${at}: expected a text, or a list of 1 to ${most} of them; got ${shown(value)}`, at)
}

export const oneOf = <Name extends string>(names: readonly Name[]) => (value: unknown, at: string): Name => {
  const name = names.find((candidate) => candidate === value)
  if (name !== undefined) return name
  throw new Refusal(400, `${at}: expected one of ${names.join(', ')}; got ${shown(value)}`, at)
}

/** A value as an error message shows it. */
export const shown = (value: unknown): string => value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60)
