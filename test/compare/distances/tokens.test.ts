import { describe, expect, it } from 'vitest'
import { commonStart, tokensOf } from '../../../src/compare/distances/tokens.ts'
import { cpuMs } from '../../support/cpu.ts'

describe('tokensOf', () => {
  it.each([
    ['', []],
    [' \n\t\u00a0', []],
    ["It isn't so.", ['It', "isn't", 'so', '.']],
    ['l’été', ['l’été']],
    ["'quoted' text'", ["'", 'quoted', "'", 'text', "'"]],
    ['3.50 €!?', ['3', '.', '50', '€', '!', '?']],
    ['snake_case kebab-case', ['snake_case', 'kebab', '-', 'case']],
    ['Zoe\u0308 naïve', ['Zoe\u0308', 'naïve']],
    ['手机很好', ['手', '机', '很', '好']],
    ['iPhone手机15', ['iPhone', '手', '机', '15']],
    ['カタkana', ['カ', 'タ', 'kana']],
    ['안녕 세상', ['안녕', '세상']],
    ['да, конечно', ['да', ',', 'конечно']],
    ['a😀b', ['a', '😀', 'b']],
    ['a\ud800b', ['a', '\ud800', 'b']]
  ])('of %j', (text, tokens) => {
    expect(tokensOf(text, 100)).toEqual(tokens)
  })

  it('stops one past the most', () => {
    expect(tokensOf('a b c d e', 3)).toHaveLength(4)
    expect(tokensOf('a b c', 3)).toHaveLength(3)
    expect(tokensOf('a '.repeat(1_000_000), 10)).toHaveLength(11)
  })

  it.each(["a'".repeat(500_000), 'x'.repeat(1_000_000), ' '.repeat(1_000_000), '漢字'.repeat(500_000), '\u0301'.repeat(1_000_000)])('takes time linear in the text', (text) => {
    const startedMs = cpuMs()
    tokensOf(text, Infinity)
    expect(cpuMs() - startedMs).toBeLessThan(5000)
  })
})

describe('commonStart', () => {
  it.each([['', '', 0], ['abc', 'abc', 3], ['abc', 'abd', 2], ['abc', 'ab', 2], ['abc', 'xbc', 0]])('of %j and %j is %d', (a, b, length) => {
    expect(commonStart([...a], [...b])).toBe(length)
    expect(commonStart([...b], [...a])).toBe(length)
  })
})
