import { describe, expect, it } from 'vitest'
import { ExactNumber } from '../../../src/compare/read/exact-number.ts'
import { shorten, shortenText } from '../../../src/compare/tally/shorten.ts'
import { memoryInUse } from '../../support/memory.ts'
import { document } from '../generate.ts'
import { seeded } from '../support.ts'

describe('shorten', () => {
  it.each([
    [undefined, undefined],
    [null, 'null'],
    [1.5, '1.5'],
    [Number.NaN, 'NaN'],
    [new ExactNumber(2 ** 53, '9007199254740993'), '9007199254740993'],
    ['a"b', '"a\\"b"'],
    [[1, 'x', { a: null }], '[1,"x",{"a":null}]'],
    [Buffer.from('<html>'), '<html>'],
    ['x'.repeat(198), `"${'x'.repeat(198)}"`],
    ['x'.repeat(199), `"${'x'.repeat(198)}…`],
    ['x'.repeat(1_000_000), `"${'x'.repeat(198)}…`],
    [Array.from({ length: 1_000_000 }, () => 1), `[${'1,'.repeat(99)}…`],
    [new ExactNumber(Infinity, '9'.repeat(1_000_000)), `${'9'.repeat(199)}…`]
  ])('makes of a value (%#) what it should', (value, expected) => {
    expect(shorten(value)).toBe(expected)
  })

  it('does not run out of stack on deep values', () => {
    const deep: unknown = JSON.parse('['.repeat(200_000) + ']'.repeat(200_000))
    expect(shorten(deep)).toBe(`${'['.repeat(199)}…`)
    expect(shorten(JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`))).toHaveLength(200)
  })

  it('writes short values as JSON does, and of long ones the beginning (seed 8)', () => {
    const random = seeded(8)
    for (let round = 0; round < 2000; round++) {
      const value = document(random, 3)
      const whole = JSON.stringify(value)
      const shown = shorten(value)!
      if (whole.length <= 200) expect(shown).toBe(whole)
      else {
        expect(shown).toHaveLength(200)
        // a surrogate pair may be cut in two
        expect(whole.startsWith(shown.slice(0, 198).replace(/\ufffd$/, ''))).toBe(true)
      }
    }
  })

  it('keeps nothing of a long text alive', async () => {
    const before = await memoryInUse()
    const kept = Array.from({ length: 200 }, (_, i) => shortenText(String(i).padEnd(200_000, 'x')))
    expect(await memoryInUse() - before).toBeLessThan(4_000_000) // all of them would be 40 MB
    expect(kept).toHaveLength(200)
  })
})
