import { describe, expect, it } from 'vitest'
import { text } from '../../../src/compare/comparators/text.ts'
import { compareWith, near } from './measured.ts'
import { cpuMs } from '../../support/cpu.ts'

const NOTHING = { edit_distance: Number.NaN, first_divergence: Number.NaN, length_log_ratio: Number.NaN }

describe('text', () => {
  it.each([
    ['itself', {}, 'a cat sat', 'a cat sat', 'same', 0, 0, 0],
    ['another word at the end', {}, 'the cat sat down', 'the cat sat here', 'different', 1 / 4, 1 / 4, 0],
    ['another word at the start', {}, 'a cat sat down', 'I cat sat down', 'different', 1 / 4, 1, 0],
    ['a text that breaks off', {}, 'a b c d', 'a b', 'different', 1 / 2, 1 / 2, Math.log(3 / 7)],
    ['a text with nothing of the other', {}, 'a b', 'c d', 'different', 1, 1, 0],
    ['another mark', {}, 'Yes.', 'Yes!', 'different', 1 / 2, 1 / 2, 0],
    ['nothing', {}, '', '', 'same', 0, 0, 0],
    ['nothing and something', {}, '', 'a b', 'different', 1, 1, Number.NaN],
    ['twice as much', {}, 'ab', 'abab', 'different', 1, 1, Math.LN2],
    ['composed and decomposed', {}, 'Zo\u00eb', 'Zoe\u0308', 'same', 0, 0, 0],
    ['another case', {}, 'Yes', 'yes', 'different', 1, 1, 0],
    ['another case that does not matter', { ignoreCase: true }, 'Über Yes', 'über yes', 'same', 0, 0, 0],
    ['white space', {}, 'a b', 'a  b', 'different', 0, 0, Math.log(4 / 3)],
    ['white space that does not matter', { ignoreSpace: true }, ' a\n\tb', 'a b ', 'same', 0, 0, 0],
    ['white space alone', {}, ' ', '  ', 'different', 0, 0, Math.LN2],
    ['white space alone that does not matter', { ignoreSpace: true }, ' ', '', 'same', 0, 0, 0],
    ['as many tokens as are looked at', { maxTokens: 3 }, 'a b c', 'a b d', 'different', 1 / 3, 1 / 3, 0],
    ['more tokens than are looked at', { maxTokens: 3 }, 'a b c d', 'a b', 'different', Number.NaN, Number.NaN, Math.log(3 / 7)],
    ['more tokens than are looked at, the same', { maxTokens: 3 }, 'a b c d', 'a b c d', 'same', Number.NaN, Number.NaN, 0]
  ])('finds of %s', (_what, options, a, b, found, edits, divergence, ratio) => {
    const distances = { edit_distance: near(edits), first_divergence: near(divergence) }
    expect(compareWith(text, options, a, b)).toEqual({ found, measured: { ...distances, length_log_ratio: near(ratio) } })
    expect(compareWith(text, options, b, a)).toEqual({ found, measured: { ...distances, length_log_ratio: near(0 - ratio) } })
  })

  it.each([[1, 1, 'same'], [1, '1', 'different'], [null, '', 'different'], [['a'], ['a'], 'same'], [['a'], ['A'], 'different']])('measures nothing of %j and %j', (a, b, found) => {
    expect(compareWith(text, { ignoreCase: true }, a, b)).toEqual({ found, measured: NOTHING })
    expect(compareWith(text, { ignoreCase: true }, b, a)).toEqual({ found, measured: NOTHING })
  })

  it('leaves a run of marks that no one writes as it is, which to sort would take minutes', () => {
    const startedMs = cpuMs()
    const marks = `a${'\u0301\u0316'.repeat(250_000)}`
    expect(compareWith(text, {}, marks, `${marks}.`).found).toBe('different')
    expect(compareWith(text, {}, marks, marks).found).toBe('same')
    expect(cpuMs() - startedMs).toBeLessThan(5000)
  })

  it.each([{ maxTokens: 0 }, { maxTokens: 1.5 }, { maxTokens: 1e6 }, { ignoreCase: 'yes' }, { ignorePunctuation: true }])('refuses %j', (fields) => {
    expect(text.fields.safeParse(fields).success).toBe(false)
  })
})
