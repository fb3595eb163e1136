import { describe, expect, it } from 'vitest'
import { tokenEdits } from '../../../src/compare/distances/token-edits.ts'
import { seeded } from '../support.ts'
import { cpuMs } from '../../support/cpu.ts'

describe('tokenEdits', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['kitten', 'sitting', 3],
    ['saturday', 'sunday', 3],
    ['intention', 'execution', 5], // Jurafsky and Martin, Speech and Language Processing, section 2.5
    ['abcdef', 'fedcba', 6],
    ['ab', 'ba', 2]
  ])('from %j to %j are %d', (a, b, edits) => {
    expect(tokenEdits([...a], [...b])).toBe(edits)
    expect(tokenEdits([...b], [...a])).toBe(edits)
  })

  it('takes tokens whole', () => {
    expect(tokenEdits(['a', 'fat', 'cat'], ['a', 'cat', 'sat'])).toBe(2)
    expect(tokenEdits(['constructor', '__proto__'], ['__proto__'])).toBe(1)
  })

  // around 32 and 64 rows a block ends
  it.each([1, 5, 31, 32, 33, 63, 64, 65, 100, 130])('are those of the whole table, for lists of about %d', (size) => {
    const random = seeded(size)
    const list = (letters: number): string[] => Array.from({ length: Math.max(0, size + Math.floor(random() * 5) - 2) }, () => String(Math.floor(random() * letters)))
    for (const letters of [1, 2, 3, 10, 1000]) {
      for (let i = 0; i < 20; i++) {
        const a = list(letters)
        const b = random() < 0.5 ? list(letters) : a.filter(() => random() < 0.8)
        expect(tokenEdits(a, b)).toBe(byTable(a, b))
        expect(tokenEdits(b, a)).toBe(byTable(a, b))
      }
    }
  })

  it('takes 20,000 tokens in a second or two', () => {
    const random = seeded(7)
    const list = (): string[] => Array.from({ length: 20_000 }, () => String(Math.floor(random() * 500)))
    const startedMs = cpuMs()
    expect(tokenEdits(list(), list())).toBeGreaterThan(10_000)
    expect(cpuMs() - startedMs).toBeLessThan(10_000)
  })
})

/** R. A. Wagner, M. J. Fischer, The string-to-string correction problem, JACM 21 (1974) 168-173. */
function byTable(a: readonly string[], b: readonly string[]): number {
  let above = b.map((_, j) => j + 1)
  for (const [i, token] of a.entries()) {
    let left = i + 1
    let corner = i
    above = b.map((other, j) => {
      const up = above[j]!
      left = Math.min(up + 1, left + 1, corner + Number(token !== other))
      corner = up
      return left
    })
  }
  return above.at(-1) ?? a.length
}
