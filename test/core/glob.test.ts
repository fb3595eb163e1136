import { describe, expect, it } from 'vitest'
import { compileGlob } from '../../src/core/glob.ts'
import { Random, runSeed } from '../http/support/random.ts'

// slow but plain: each * is any run of characters, all else is itself
const naive = (pattern: string, text: string): boolean =>
  new RegExp(`^${pattern.split('*').map((part) => part.replaceAll(/[^\w]/g, String.raw`\$&`)).join('[^]*')}$`).test(text)

describe('a glob', () => {
  it.each([
    ['', '', true], ['', 'a', false],
    ['*', '', true], ['*', 'a\nb', true],
    ['a', 'a', true], ['a', 'A', false], ['a', 'ab', false],
    ['a*', 'a', true], ['a*', 'ba', false],
    ['*a', 'a', true], ['*a', 'ab', false],
    ['a*a', 'a', false], ['a*a', 'aa', true], ['a*a', 'aba', true],
    ['ab*ba', 'aba', false], ['ab*ba', 'abba', true],
    ['*a*', 'bab', true], ['*a*', 'bbb', false], ['a**b', 'ab', true],
    ['*ab*ab', 'abab', true], ['*ab*ab', 'ab', false],
    ['house-*', 'house-price', true], ['*.example.com', '.example.com', true],
    ['a?c', 'abc', false], ['a?c', 'a?c', true], ['[a]', 'a', false], ['a.c', 'abc', false], ['\\*', '\\x', true], ['$^', '$^', true],
    ['é*', 'état', true], ['e*', 'état', false], ['*😀*', 'a😀b', true]
  ])('%j on %j is %s', (pattern, text, expected) => {
    expect(compileGlob(pattern)(text)).toBe(expected)
  })

  it('is what a naive expression says, on generated patterns and texts', () => {
    const seed = runSeed()
    const random = new Random(seed)
    let held = 0
    for (let round = 0; round < 20_000; round++) {
      const pattern = Array.from({ length: random.below(7) }, () => random.pick(['a', 'b', '*', '.'])).join('')
      const text = Array.from({ length: random.below(9) }, () => random.pick(['a', 'b', '.'])).join('')
      const expected = naive(pattern, text)
      if (expected) held++
      expect(compileGlob(pattern)(text), `seed ${seed}: ${pattern} on ${text}`).toBe(expected)
    }
    expect(held).toBeGreaterThan(1000)
  })

  it('with a thousand stars is not slow on a text that nearly matches', () => {
    // one that tries every way to cut the text would not end within the age of the universe
    const matches = compileGlob(`${'*a'.repeat(1000)}*b`)
    expect(matches('a'.repeat(100_000))).toBe(false)
    expect(matches(`${'a'.repeat(100_000)}b`)).toBe(true)
    expect(compileGlob('*'.repeat(100_000))('a'.repeat(100_000))).toBe(true)
  })
})
