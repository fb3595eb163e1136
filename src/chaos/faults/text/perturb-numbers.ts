import { z } from 'zod'
import { targetField } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { AT_TEXT, rewriting } from '../../parts/texts.ts'

/** Wrong numbers as YAML says them. */
export interface PerturbNumbersFields {
  readonly kind: 'perturb-numbers'
  readonly at?: string | undefined
  readonly share?: number | undefined
  readonly delta: number
}

/** Changes numbers in a text, and leaves them looking as they did: as many decimals, thousands parted as before. */
export const perturbNumbers: FaultKind<PerturbNumbersFields> = {
  summary: 'makes numbers in a text larger or smaller by the share `delta` of themselves, written as they were',
  stage: 'payload',
  onShadow: true,
  scales: 'delta',
  effect: 'a number x becomes x(1 + delta) or x(1 - delta), each as likely, with probability share: rounded to its last digit, and off by one in it at the least',
  fields: z.strictObject({
    kind: z.literal('perturb-numbers'),
    at: targetField.optional().describe(AT_TEXT),
    share: z.number().gt(0).max(1).optional().describe('with what probability a number is changed, 1 when left out'),
    delta: z.number().gt(0).max(1).describe('how much more or less, as a share of the number: 0.1 is a tenth')
  }),
  build: ({ at, share = 1, delta }) => rewriting(at, (text, { draws, strength }) => text.replaceAll(NUMBER, (number) => {
    // two draws for each number, so that one that is hit does not move those of the next
    const hit = draws.chance(share)
    const sign = draws.chance(0.5) ? 1 : -1
    return hit && strength > 0 ? changed(number, sign * delta * strength) : number
  }))
}

// not in words, versions, dates or ranges: 3.14, -5, $1,234.50 and 2024, but none of v2, gpt-4, 1.2.3, 2024-05-01 and 10:30
const NUMBER = /(?<![\p{L}\p{N}_]|\p{N}[.,:/-]|\p{L}-)(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,15})?(?![\p{L}\p{N}_]|[.,:/-]\p{N})/gu

// as many digits as a double tells apart
const MOST_DIGITS = 15

function changed(number: string, share: number): string {
  const [whole = '', fraction = ''] = number.split('.')
  const digits = whole.replaceAll(',', '')
  if (digits.length + fraction.length > MOST_DIGITS) return number
  const was = Number(digits + fraction) // in units of the last digit
  const moved = Math.round(was * (1 + share))
  const units = moved === was ? was + (share < 0 && was > 0 ? -1 : 1) : moved
  const made = String(units).padStart(Math.max(fraction.length + 1, digits.startsWith('0') ? digits.length + fraction.length : 0), '0')
  const madeWhole = made.slice(0, made.length - fraction.length)
  const parted = whole.includes(',') ? madeWhole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',') : madeWhole
  return fraction === '' ? parted : `${parted}.${made.slice(-fraction.length)}`
}
