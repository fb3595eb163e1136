import { z } from 'zod'
import { numberAt, numberText } from '../../answers/scalars.ts'
import { compileTarget } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { editsOf } from '../../parts/edits.ts'
import { AT, type NumberFields, numberFields } from './each-number.ts'

/** As YAML says it. */
export interface StuckFields extends NumberFields {
  readonly kind: 'stuck'
  readonly value?: number | undefined
}

// of all paths; a client may ask at any number of those, each as long as it likes
const MOST_PLACES = 10_000
const MOST_CHARACTERS = 1000

/** A sensor that hangs: the first number it gives, or one that is named, for ever. Each place of an answer is a sensor, and has a first number for each path. */
export const stuck: FaultKind<StuckFields> = {
  summary: 'gives `value` for all numbers, or at each place the first that is seen there in a run, whoever was told it',
  stage: 'payload',
  onShadow: true,
  scales: 'the share',
  effect: 'the variance of what is hit becomes 0',
  fields: z.strictObject({
    kind: z.literal('stuck'),
    ...numberFields,
    value: z.number().optional().describe('which number; the first that is seen when left out')
  }),
  build: ({ at = AT, share = 1, value }) => {
    const target = compileTarget(at)
    const named = value === undefined ? undefined : numberText(value)
    return () => {
      const firstAt = createFirsts()
      return ({ draws, strength }) => ({
        do: 'degrade',
        degrade: (answer) => {
          let place = 0
          return editsOf(answer, target.find(answer), (span) => {
            const here = place++
            if (numberAt(answer, span) === undefined) return 'wrong_type'
            if (!draws.chance(share * strength)) return []
            const text = named ?? firstAt(answer.facts.path, here, answer.textOf(span))
            return text === undefined ? 'too_large' : [{ ...span, text }]
          })
        }
      })
    }
  }
}

/** Remembers what is said first of a place, as it was written; undefined where there is no room for it. */
function createFirsts(): (path: string, place: number, text: string) => string | undefined {
  const paths = new Map<string, Map<number, string>>()
  let places = 0
  return (path, place, text) => {
    const firsts = paths.get(path)
    const first = firsts?.get(place)
    if (first !== undefined) return first
    if (places === MOST_PLACES || path.length + text.length > MOST_CHARACTERS) return undefined
    places++
    // a copy, as a part of a text keeps the whole of it in memory
    const copy = Buffer.from(text, 'latin1').toString('latin1')
    if (firsts === undefined) paths.set(path, new Map([[place, copy]]))
    else firsts.set(place, copy)
    return copy
  }
}
