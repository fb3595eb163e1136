import { z } from 'zod'

const DURATION_UNITS: ReadonlyMap<string, number> = new Map([['ms', 1], ['s', 1000], ['m', 60_000], ['h', 3_600_000], ['d', 86_400_000]])
const SIZE_UNITS: ReadonlyMap<string, number> = new Map([
  ['B', 1], ['KB', 1000], ['MB', 1000 ** 2], ['GB', 1000 ** 3], ['KiB', 1024], ['MiB', 1024 ** 2], ['GiB', 1024 ** 3]
])
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/
const SIZE = /^(\d+(?:\.\d+)?)(B|KB|MB|GB|KiB|MiB|GiB)$/

/** `1h30m`, `250ms`, `0s` in ms, to a microsecond; undefined when it is not a duration with units. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined
  let ms = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) ms += Number(amount) * (DURATION_UNITS.get(unit ?? '') ?? Number.NaN)
  return Math.round(ms * 1000) / 1000
}

/** `64KiB`, `1.5MB` in octets; undefined when it is not a size with a unit. */
export function parseSize(text: string): number | undefined {
  const found = SIZE.exec(text)
  return found === null ? undefined : Math.round(Number(found[1]) * (SIZE_UNITS.get(found[2] ?? '') ?? Number.NaN))
}

/** ms as `parseDuration` reads it back, in the largest units that say it whole: `1h30m`, `250ms`, `0s`. */
export function formatDuration(ms: number): string {
  let text = ''
  let rest = ms
  for (const [unit, size] of [...DURATION_UNITS].toReversed()) {
    const amount = unit === 'ms' ? rest : Math.floor(rest / size)
    if (amount > 0) text += `${Math.round(amount * 1000) / 1000}${unit}`
    rest -= amount * size
  }
  return text === '' ? '0s' : text
}

/** Octets as `parseSize` reads them back, in the largest binary unit that says them whole. */
export function formatSize(octets: number): string {
  for (const unit of ['GiB', 'MiB', 'KiB']) {
    const amount = octets / (SIZE_UNITS.get(unit) ?? 1)
    if (amount >= 1 && Number.isInteger(amount)) return `${amount}${unit}`
  }
  return `${octets}B`
}

// what people write for units elsewhere
const DURATION_WORDS = /^(?:(ms|msecs?|millis(?:econds)?|milliseconds?)|(s|secs?|seconds?)|(m|mins?|minutes?)|(h|hrs?|hours?)|(d|days?))$/i

function likelyDuration(text: string): string | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? []
  if (amount === undefined) return undefined
  if (unit === '') return `${amount}s`
  const words = DURATION_WORDS.exec(unit)
  const found = [...DURATION_UNITS.keys()].find((_, i) => words?.[i + 1] !== undefined)
  return found === undefined ? undefined : `${amount}${found}`
}

function likelySize(text: string): string | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? []
  if (amount === undefined) return undefined
  if (unit === '' || /^(?:bytes?|octets?)$/i.test(unit)) return `${amount}B`
  const wanted = (unit.length === 1 ? `${unit}iB` : unit).toLowerCase()
  const found = [...SIZE_UNITS.keys()].find((name) => name.toLowerCase() === wanted)
  return found === undefined ? undefined : `${amount}${found}`
}

interface Bounds {
  readonly min?: string
  readonly max?: string
}

interface Kind {
  readonly what: 'duration' | 'size'
  readonly example: string
  readonly pattern: RegExp
  readonly parse: (text: string) => number | undefined
  /** What a text that is no such thing was probably meant to be. */
  readonly likely: (text: string) => string | undefined
  /** Where bounds do not say: the longest a timer can wait, and more memory than a machine has. */
  readonly max: string
}

const DURATIONS: Kind = { what: 'duration', example: '30s', pattern: DURATION, parse: parseDuration, likely: likelyDuration, max: '24d' }
const SIZES: Kind = { what: 'size', example: '1MiB', pattern: SIZE, parse: parseSize, likely: likelySize, max: '1024GiB' }

const quantity = ({ what, example, pattern, parse, likely, max }: Kind, bounds: Bounds): z.ZodType<number> =>
  z.string({
    error: ({ input }) => {
      // what is missing is said by whoever knows where it should be
      if (input === undefined) return undefined
      return typeof input === 'number' ? `expected a ${what} with a unit; got ${input}${didYouMean(likely(String(input)))}` : `expected a ${what} such as ${example}`
    }
  }).meta({ pattern: pattern.source, examples: [example] }).transform((text, context) => {
    const value = parse(text)
    const minimum = parse(bounds.min ?? '') ?? 0
    const maximum = parse(bounds.max ?? max) ?? Infinity
    if (value === undefined) {
      context.addIssue({ code: 'custom', message: `expected a ${what} such as ${example}; got ${JSON.stringify(text)}${didYouMean(likely(text))}` })
      return z.NEVER
    }
    if (value < minimum || value > maximum) {
      context.addIssue({ code: 'custom', message: `expected a ${what} ${range({ max, ...bounds })}; got ${text}` })
      return z.NEVER
    }
    return value
  })

const range = ({ min, max = '' }: Bounds): string => min === undefined ? `of at most ${max}` : `from ${min} to ${max}`

/** The tail of a message that proposes what to write instead; config takes it off again and keeps it as the suggestion. */
export const didYouMean = (suggestion: string | undefined): string => suggestion === undefined ? '' : ` - did you mean "${suggestion}"?`

/** A duration with a unit (`250ms`, `1h30m`), in ms; 24 days at most. */
export const duration = (bounds: Bounds = {}): z.ZodType<number> => quantity(DURATIONS, bounds)

/** A size with a unit (`64KiB`, `1MB`), in octets. */
export const size = (bounds: Bounds = {}): z.ZodType<number> => quantity(SIZES, bounds)

/** A token (RFC 9110 section 5.6.2), which names of headers and cookies are; `what` says in messages which it is. */
export const token = (what: string): z.ZodString => z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, `not a ${what}`)

/** A share in percent as people write it, 0 to 100. */
export const percent = (): z.ZodType<number> => z.number({
  error: ({ input }) => {
    const [, amount] = typeof input === 'string' ? /^(\d+(?:\.\d+)?)\s*%?$/.exec(input) ?? [] : []
    return amount === undefined ? undefined : `expected a percentage from 0 to 100, without quotes or %; got ${JSON.stringify(input)} - did you mean ${amount}?`
  }
}).min(0, OUT_OF_RANGE).max(100, OUT_OF_RANGE)

const OUT_OF_RANGE = { error: ({ input }: { readonly input?: unknown }): string => `expected a percentage from 0 to 100; got ${String(input)}` }
