import { describe, expect, it } from 'vitest'
import { ExactNumber, exactly } from '../../../src/compare/read/exact-number.ts'
import { mayHoldLongNumber } from '../../../src/compare/read/long-numbers.ts'
import { pick, seeded } from '../support.ts'

const SEED = 91

describe('mayHoldLongNumber', () => {
  it.each([
    ['[]', false],
    ['[0.8234567890123456,0.12345678901234567,12.345678901234567]', false],
    ['[1234567890.1234567]', false],
    ['[123456789012345]', false],
    ['[1234567890123456]', true],
    ['[-1234567890123456]', true],
    ['[12345678.1234567890]', true],
    ['[0.123456789012345678]', true],
    ['[0.000000000000000000000000001]', false],
    ['[1.234567890123456e20]', true],
    ['{"id":"1234567890123456"}', true]
  ])('of %s is %s', (json, expected) => {
    expect(mayHoldLongNumber(Buffer.from(json))).toBe(expected)
  })

  it(`never overlooks a number that a double cannot hold (seed ${SEED})`, () => {
    const random = seeded(SEED)
    const digits = (most: number): string => Array.from({ length: 1 + Math.floor(random() * most) }, () => Math.floor(random() * 10)).join('')
    let long = 0
    for (let round = 0; round < 20_000; round++) {
      const whole = pick(random, ['0', `${1 + Math.floor(random() * 9)}${digits(20)}`, String(1 + Math.floor(random() * 9))])
      const token = `${pick(random, ['', '-'])}${whole}${pick(random, ['', `.${digits(22)}`, `.${digits(8)}`])}${pick(random, ['', '', 'e2', 'E-3', 'e+15'])}`
      const around = ' '.repeat(Math.floor(random() * 18))
      const json = `${around}[${pick(random, ['', '1,', '"x",'])}${token}]`
      const value = exactly(Number(token), token)
      if (!(value instanceof ExactNumber)) continue
      long++
      expect([json, mayHoldLongNumber(Buffer.from(json))]).toEqual([json, true])
    }
    expect(long).toBeGreaterThan(2000)
  })
})
