import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import { type Comparator, deepEquality, type Measure } from '../comparator.ts'
import { relativeL2 } from '../distances/relative-l2.ts'
import { sameNumber } from '../read/exact-number.ts'
import { numbersIn } from '../read/numbers-in.ts'
import { type NumberFields, sameNear, toleranceFields, toleranceOf } from './number.ts'

const MEASURES: readonly Measure[] = [{ name: 'max_difference', kind: 'distance', max: Infinity }, { name: 'relative_l2', kind: 'distance', max: 2 }]

const equal = deepEquality(sameNumber)

/**
 * An array of finite numbers as one value: the same when each is the same as its fellow. Its length is part of it. Anything else
 * must be equal. Measures the largest difference in one place, in the field's own unit, and the length of the difference as a
 * share of the longer of the two.
 */
export const vector: Extension<NumberFields, Comparator> = {
  summary: 'an array of numbers as one value, each within the tolerances of `number`; another length is a difference',
  fields: z.strictObject(toleranceFields),
  build: (fields) => {
    const near = deepEquality(sameNear(toleranceOf(fields)))
    return {
      measures: MEASURES,
      compare(primary, other, measured) {
        const a = numbersIn(primary)
        const b = numbersIn(other)
        if (a === undefined || b === undefined || a.length !== b.length) return equal(primary, other) ? 'same' : 'different'
        let most = 0
        for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs((a[i] ?? 0) - (b[i] ?? 0)))
        measured[0] = most
        measured[1] = relativeL2(a, b)
        // of the values themselves: without a tolerance, numbers that a double cannot hold are told apart
        return near(primary, other) ? 'same' : 'different'
      }
    }
  }
}
