import { describe, expect, it } from 'vitest'
import { asDouble, ExactNumber, exactly, sameNumber } from '../../../src/compare/read/exact-number.ts'
import { seeded } from '../support.ts'

const read = (text: string): number | ExactNumber => exactly(Number(text), text)

describe('exactly', () => {
  it.each(['0', '-0', '1.5', '9007199254740991', '123456789012345', '0.12345678901234567', '0.000000000000000000000001', '1e300', '4.9e-324', '0.100000000000000000000', '12345678.1234567890', '100000000000000000000'])('leaves %s a double', (text) => {
    expect(read(text)).toBe(Number(text))
  })

  it.each(['9007199254740993', '9007199254740992', '-12345678901234567', '0.123456789012345678', '1e309', '-1e999', '1234567890123456e1'])('keeps the text of %s', (text) => {
    expect(read(text)).toEqual(new ExactNumber(Number(text), text))
  })
})

/** A number's text as sign * digits * 10^power, exactly. */
function rational(text: string): readonly [digits: bigint, power: number] {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)!
  return [BigInt(`${sign}${whole}${fraction}`), Number(exponent) - fraction.length]
}

function equal(a: string, b: string): boolean {
  const [digits, power] = rational(a)
  const [otherDigits, otherPower] = rational(b)
  const low = Math.min(power, otherPower)
  return digits * 10n ** BigInt(power - low) === otherDigits * 10n ** BigInt(otherPower - low)
}

describe('sameNumber', () => {
  const SEED = 4242

  it(`agrees with exact arithmetic on numbers a double cannot hold (seed ${SEED})`, () => {
    const random = seeded(SEED)
    const digits = (count: number): string => Array.from({ length: count }, () => Math.floor(random() * 10)).join('')
    let same = 0
    for (let round = 0; round < 5000; round++) {
      const head = `${1 + Math.floor(random() * 9)}${digits(17 + Math.floor(random() * 10))}`
      // the same digits with the point, zeros and exponent put elsewhere, or with one digit changed
      const form = (body: string): string => {
        const power = Math.floor(random() * 40) - 20
        const zeros = '0'.repeat(Math.floor(random() * 4))
        const at = Math.floor(random() * (body.length + 1))
        const point = at === 0 ? `0.${body}${zeros}` : at === body.length ? `${body}${zeros === '' ? '' : `.${zeros}`}` : `${body.slice(0, at)}.${body.slice(at)}${zeros}`
        const shift = power + (body.length - at) // brings all forms to body * 10^power
        return `${point}${shift === 0 && random() < 0.5 ? '' : `${random() < 0.5 ? 'e' : 'E'}${shift > 0 && random() < 0.5 ? '+' : ''}${shift}`}`
      }
      const other = random() < 0.5 ? head : `${head.slice(0, -1)}${(Number(head.at(-1)) + 1) % 10}`
      const [a, b] = [form(head), form(other)]
      const expected = equal(a, b)
      if (expected) same++
      expect([a, b, sameNumber(read(a), read(b))]).toEqual([a, b, expected])
      expect(sameNumber(read(b), read(a))).toBe(expected)
      expect(sameNumber(read(a), read(`-${a}`))).toBe(false)
    }
    expect(same).toBeGreaterThan(20)
  })

  it.each([
    [1, 1, true],
    [0, -0, true],
    [Number.NaN, Number.NaN, true],
    [Infinity, Infinity, true],
    [Infinity, new ExactNumber(Infinity, '1e400'), false],
    [1e20, new ExactNumber(1e20, '100000000000000000001'), false],
    [12345678901234567000, new ExactNumber(12345678901234567000, '12345678901234567000'), true],
    [1, '1', false],
    ['a', 'a', false],
    [null, null, false]
  ])('of %j and %j is %s', (a, b, same) => {
    expect(sameNumber(a, b)).toBe(same)
    expect(sameNumber(b, a)).toBe(same)
  })
})

describe('asDouble', () => {
  it('is the number as a double, and undefined for what is none', () => {
    expect(asDouble(1.5)).toBe(1.5)
    expect(asDouble(read('9007199254740993'))).toBe(9007199254740992)
    expect(asDouble('1')).toBeUndefined()
    expect(asDouble(null)).toBeUndefined()
  })
})
