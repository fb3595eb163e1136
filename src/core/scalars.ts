import { z } from 'zod'

const DURATION_UNITS: ReadonlyMap<string, number> = new Map([['ms', 1], ['s', 1000], ['m', 60_000], ['h', 3_600_000], ['d', 86_400_000]])
const SIZE_UNITS: ReadonlyMap<string, number> = new Map([
  ['B', 1], ['KB', 1000], ['MB', 1000 ** 2], ['GB', 1000 ** 3], ['KiB', 1024], ['MiB', 1024 ** 2], ['GiB', 1024 ** 3]
])
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/
const SIZE = /^(\d+(?:\.\d+)?)(B|KB|MB|GB|KiB|MiB|GiB)$/

/** `1h30m`, `250ms`, `0s` in ms; undefined when it is not a duration with units. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined
  let ms = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) ms += Number(amount) * (DURATION_UNITS.get(unit ?? '') ?? Number.NaN)
  return ms
}

/** `64KiB`, `1.5MB` in octets; undefined when it is not a size with a unit. */
export function parseSize(text: string): number | undefined {
  const found = SIZE.exec(text)
  return found === null ? undefined : Math.round(Number(found[1]) * (SIZE_UNITS.get(found[2] ?? '') ?? Number.NaN))
}

const quantity = (what: string, example: string, parse: (text: string) => number | undefined, unitIfBare: string, bounds: Bounds): z.ZodType<number> =>
  z.string({
    error: ({ input }) => typeof input === 'number'
      ? `expected a ${what} with a unit; got ${input} - did you mean "${input}${unitIfBare}"?`
      : `expected a ${what} such as ${example}`
  }).meta({ pattern: (what === 'size' ? SIZE : DURATION).source, examples: [example] }).transform((text, context) => {
    const value = parse(text)
    const minimum = parse(bounds.min ?? '') ?? 0
    const maximum = parse(bounds.max ?? '') ?? Infinity
    if (value === undefined) {
      const bare = /^\d+(?:\.\d+)?$/.test(text) ? ` - did you mean "${text}${unitIfBare}"?` : ''
      context.addIssue({ code: 'custom', message: `expected a ${what} such as ${example}; got "${text}"${bare}` })
      return z.NEVER
    }
    if (value < minimum || value > maximum) {
      context.addIssue({ code: 'custom', message: `expected a ${what} ${range(bounds)}; got ${text}` })
      return z.NEVER
    }
    return value
  })

interface Bounds {
  readonly min?: string
  readonly max?: string
}

const range = ({ min, max }: Bounds): string =>
  min !== undefined && max !== undefined ? `from ${min} to ${max}` : min !== undefined ? `of at least ${min}` : `of at most ${max ?? ''}`

/** A duration with a unit (`250ms`, `1h30m`), in ms. */
export const duration = (bounds: Bounds = {}): z.ZodType<number> => quantity('duration', '30s', parseDuration, 's', bounds)

/** A size with a unit (`64KiB`, `1MB`), in octets. */
export const size = (bounds: Bounds = {}): z.ZodType<number> => quantity('size', '1MiB', parseSize, 'B', bounds)

/** A share in percent as people write it, 0 to 100. */
export const percent = (): z.ZodType<number> => z.number().min(0).max(100)
