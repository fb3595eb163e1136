import { parsePointer, type Pointer, textAt } from '../../core/json-pointer.ts'
import type { Trial } from '../../core/trial.ts'
import { asDouble } from '../read/exact-number.ts'
import { resolvePointer } from '../../core/json-pointer.ts'
import { shortenText } from './shorten.ts'

/** What requests are told apart by, as a config writes it: one of `header`, `request` and `answer` is there. */
export interface SliceConfig {
  readonly name: string
  /** Lower-case name of a request header. */
  readonly header?: string | undefined
  /** JSON Pointer into the request. */
  readonly request?: string | undefined
  /** JSON Pointer into the primary's answer. */
  readonly answer?: string | undefined
  /** Rising bounds; a number is then told by where it lies between them. */
  readonly bins?: readonly number[] | undefined
}

/** One part of the requests. */
export interface Slice {
  readonly name: string
  readonly value: string
}

const OTHER = '(other)'
const MISSING = '(missing)'
// of one slice name; what comes later is `(other)`
const MAX_VALUES = 20
const MAX_VALUE = 60

/** Puts requests into slices, and numbers these as they turn up; bounded, whatever requests hold. */
export class Slices {
  /** By number. */
  readonly all: Slice[] = []
  /** Lower-case names of the request headers it looks at. */
  readonly headers: readonly string[]
  /** Whether it looks into the request's body. */
  readonly needsRequest: boolean
  private readonly readers: readonly ((trial: Trial, request: unknown, answer: unknown) => string | undefined)[]
  private readonly names: readonly string[]
  private readonly numbers: readonly Map<string, number>[]

  /** @throws Error on a pointer that is none */
  constructor(configs: readonly SliceConfig[]) {
    this.headers = [...new Set(configs.flatMap(({ header }) => header ?? []))]
    this.needsRequest = configs.some(({ request }) => request !== undefined)
    this.names = configs.map(({ name }) => name)
    this.numbers = configs.map(() => new Map())
    this.readers = configs.map((config) => readerOf(config, this.headers))
  }

  /** Numbers of the slices a request is in: one for each name. @param answer the primary's document */
  of(trial: Trial, answer: unknown): readonly number[] {
    if (this.readers.length === 0) return NONE
    const request = this.needsRequest ? parse(trial.request) : undefined
    return this.readers.map((read, i) => this.number(i, read(trial, request, answer) ?? MISSING))
  }

  private number(nameIndex: number, text: string): number {
    const value = text.length > MAX_VALUE ? shortenText(`${text.slice(0, MAX_VALUE - 1)}…`) : text
    const numbers = this.numbers[nameIndex] ?? new Map<string, number>()
    const known = numbers.get(value)
    if (known !== undefined) return known
    const kept = numbers.size < MAX_VALUES ? value : OTHER
    const number = numbers.get(kept) ?? this.all.push({ name: this.names[nameIndex] ?? '', value: kept }) - 1
    numbers.set(kept, number)
    return number
  }
}

const NONE: readonly number[] = []

function readerOf({ header, request, answer, bins }: SliceConfig, headers: readonly string[]): (trial: Trial, request: unknown, answer: unknown) => string | undefined {
  const bin = bins === undefined ? (text: string): string => text : (text: string): string => binOf(text.trim() === '' ? Number.NaN : Number(text), bins)
  if (header !== undefined) {
    const index = headers.indexOf(header)
    return (trial) => {
      const value = trial.headers[index] ?? ''
      return value === '' ? undefined : bin(value)
    }
  }
  const pointer = pointerOf(request ?? answer ?? '')
  const fromRequest = request !== undefined
  return (_trial, asked, answered) => {
    const document = fromRequest ? asked : answered
    const value = asDouble(resolvePointer(document, pointer))
    const text = value === undefined ? textAt(document, pointer) : String(value)
    return text === undefined ? undefined : bin(text)
  }
}

/** Half-open: a bound belongs to the part above it. */
function binOf(value: number, bounds: readonly number[]): string {
  if (Number.isNaN(value)) return MISSING
  const above = bounds.findIndex((bound) => value < bound)
  if (above === 0) return `< ${bounds[0]}`
  if (above === -1) return `>= ${bounds.at(-1)}`
  return `${bounds[above - 1]} to ${bounds[above]}`
}

function pointerOf(text: string): Pointer {
  const parsed = parsePointer(text)
  if (parsed === undefined) throw new Error(`slices: expected a JSON Pointer such as /user/tier; got "${text}"`)
  return parsed
}

function parse(body: Buffer | undefined): unknown {
  if (body === undefined) return undefined
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
