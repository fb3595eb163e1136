import { pick } from './support.ts'

/** Whatever JSON can say. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value }

const SCALARS: readonly Value[] = [
  null, true, false, 0, 1, -1, 3.25, 0.1, 1e-7, 1e21, -2.5e300, 123456789.25, 0.8234567890123456, 9007199254740991, '', 'a', 'é', '猫', '😀', '"',
  '\\', '\\"', '\n', 'NaN', '[1,2]', '\ud800', '__proto__', '12345678901234567890', 'a'.repeat(300)
]
const KEYS = ['a', 'b', 'c', 'label', 'score', 'x-y', 'x.y', 'a/b', 'm~n', '$ref', '__proto__', 'constructor', 'toString', 'length']
const ODD_KEYS = ['0', '17', 'two words', '', 'ключ', '*', 'k'.repeat(70), 'a:b']

/** A document of any shape, nested up to `depth`. */
export function document(random: () => number, depth: number = 4): Value {
  const kind = depth === 0 ? 0 : random()
  if (kind < 0.35) return pick(random, SCALARS)
  const size = Math.floor(random() * 5)
  if (kind < 0.6) return Array.from({ length: size }, () => document(random, depth - 1))
  const keys = random() < 0.2 ? [...KEYS, ...ODD_KEYS] : KEYS
  const made: [string, Value][] = Array.from({ length: size }, () => [pick(random, keys), document(random, depth - 1)])
  if (random() < 0.03) for (let i = 0; i < 60; i++) made.push([`k${i}`, i])
  return Object.fromEntries(made)
}

/** The same document written another way: other white space, order of keys, escapes and forms of numbers. */
export function rewritten(random: () => number, value: Value): string {
  const space = (): string => pick(random, ['', '', ' ', '\n\t', '\r\n  '])
  const write = (part: Value): string => {
    if (typeof part === 'number') return numberText(random, part)
    if (typeof part === 'string') return stringText(random, part)
    if (typeof part !== 'object' || part === null) return String(part)
    if (Array.isArray(part)) return `[${space()}${part.map((one) => space() + write(one) + space()).join(',')}]`
    const members = Object.entries(part).map(([key, one]) => `${space()}${stringText(random, key)}${space()}:${space()}${write(one)}${space()}`)
    return `{${space()}${shuffled(random, members).join(',')}}`
  }
  return space() + write(value) + space()
}

function numberText(random: () => number, value: number): string {
  const plain = String(value)
  if (random() < 0.5) return plain
  if (value === 0) return pick(random, ['0', '-0', '0.0', '0e5'])
  if (/^-?\d+$/.test(plain)) return pick(random, [`${plain}.0`, `${plain}e0`, `${plain}0E-1`, `${plain}.000`])
  return pick(random, [value.toExponential(), plain.includes('e') ? plain : `${plain}00`])
}

function stringText(random: () => number, value: string): string {
  if (random() < 0.5) return JSON.stringify(value)
  return `"${[...Array(value.length).keys()].map((i) => `\\u${value.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`
}

export function shuffled<T>(random: () => number, list: readonly T[]): T[] {
  const mixed = [...list]
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!]
  }
  return mixed
}

/** Where a value is: keys and indices from the root. */
export type Way = readonly (string | number)[]

/** The ways to all scalars and empty containers. */
export function leaves(value: Value, way: Way = []): Way[] {
  if (typeof value !== 'object' || value === null) return [way]
  const below = Array.isArray(value) ? value.map((one, i): [string | number, Value] => [i, one]) : Object.entries(value)
  return below.length === 0 ? [way] : below.flatMap(([key, one]) => leaves(one, [...way, key]))
}

/** A copy in which the value at `way` is another one. */
export function withValue(value: Value, way: Way, put: Value): Value {
  const [key, ...rest] = way
  if (key === undefined) return put
  if (Array.isArray(value)) return value.map((one, i) => i === key ? withValue(one, rest, put) : one)
  const members = Object.entries(value as { [key: string]: Value })
  return Object.fromEntries(members.map(([name, one]) => [name, name === key ? withValue(one, rest, put) : one]))
}

export function valueAt(value: Value, way: Way): Value {
  return way.reduce<Value>((at, key) => Object.entries(at as object).find(([name]) => name === String(key))![1] as Value, value)
}

/** A JSON Pointer to exactly the value at `way`. */
export const pointerTo = (way: Way): string => way.map((key) => `/${escaped(String(key))}`).join('')

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

/** The path the value at `way` is reported under, told from the rules as they are written down. */
export function reportedPath(whole: Value, way: Way): string {
  return way.map((key, i) => {
    const holder = valueAt(whole, way.slice(0, i))
    if (typeof key === 'number') return '/*'
    const keys = Object.keys(holder as object)
    const isMap = keys.length > 50 || keys.some((name) => name.length === 0 || name.length > 64 || /^[^A-Za-z_$@]|[^A-Za-z0-9_$@.\-/~]|.[$@]/.test(name))
    return isMap ? '/*' : `/${escaped(key)}`
  }).join('')
}
