import { MAX_STEPS } from '../read/limits.ts'
import { readJson } from '../read/read-json.ts'

/** Values in all the events of a stream together; eight megabytes of chunks with log-probabilities hold a million. */
const MAX_VALUES = 2_000_000

/** Reads the JSON an event has as its data; undefined when it has none. */
export type EventReader = (data: string) => unknown

/**
 * Makes a reader for the events of one stream, one after another: each is bounded (read/read-json.ts), and so is the lot of
 * them, past which nothing is read any more.
 *
 * @param numbers `exact` keeps those that a double cannot hold; `doubles` is for events of a known kind, which count tokens and
 * seconds: an id of many digits in each would make exact reading several times slower
 */
export function createEventReader(numbers: 'exact' | 'doubles'): EventReader {
  let values = 0
  return (data) => {
    const more = separators(data)
    values += more
    if (values > MAX_VALUES) return undefined
    if (numbers === 'doubles' && more <= MAX_STEPS) {
      try {
        return JSON.parse(data)
      } catch {
        // or as Python wrote it
      }
    }
    const json = readJson(Buffer.from(data), data)
    return typeof json === 'string' ? undefined : json.value
  }
}

/** At least as many as there are values, those in strings counted too. */
function separators(text: string): number {
  let found = 1
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === COMMA || code === BRACKET || code === BRACE) found++
  }
  return found
}

const COMMA = 0x2c
const BRACKET = 0x5b
const BRACE = 0x7b
