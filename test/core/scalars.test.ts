import { describe, expect, test } from 'vitest'
import { duration, formatDuration, formatSize, parseDuration, parseSize, percent, size } from '../../src/core/scalars.ts'

const problem = (schema: ReturnType<typeof duration>, input: unknown): string | undefined => schema.safeParse(input).error?.issues[0]?.message

describe('a duration', () => {
  test.each([
    ['0s', 0], ['250ms', 250], ['30s', 30_000], ['1h30m', 5_400_000], ['1.5s', 1500], ['2.3s', 2300], ['0.1ms', 0.1], ['1.005s', 1005], ['1.1h', 3_960_000], ['1d', 86_400_000]
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
    expect(duration().parse(text)).toBe(ms)
  })

  test.each(['', '30', 's', '-1s', '1 s', '1S', '1w', '1e3s', 's1', '1s ', '1.s', '.5s'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })

  test.each([
    [30, 'expected a duration with a unit; got 30 - did you mean "30s"?'],
    ['30', 'expected a duration such as 30s; got "30" - did you mean "30s"?'],
    ['30 s', 'expected a duration such as 30s; got "30 s" - did you mean "30s"?'],
    ['5min', 'expected a duration such as 30s; got "5min" - did you mean "5m"?'],
    ['2 Hours', 'expected a duration such as 30s; got "2 Hours" - did you mean "2h"?'],
    ['soon', 'expected a duration such as 30s; got "soon"'],
    [true, 'expected a duration such as 30s'],
    ['25d', 'expected a duration of at most 24d; got 25d'],
    [`${'9'.repeat(400)}s`, `expected a duration of at most 24d; got ${'9'.repeat(400)}s`]
  ])('%j is refused', (input, message) => {
    expect(problem(duration(), input)).toBe(message)
  })

  test('is kept within bounds', () => {
    const bounded = duration({ min: '1s', max: '1m' })
    expect(['1s', '1m', '60s'].map((text) => bounded.safeParse(text).success)).toEqual([true, true, true])
    expect(problem(bounded, '999ms')).toBe('expected a duration from 1s to 1m; got 999ms')
    expect(problem(bounded, '61s')).toBe('expected a duration from 1s to 1m; got 61s')
  })

  test('is written as it is read', () => {
    for (const ms of [0, 0.5, 1, 999, 1000, 1500, 60_000, 5_400_000, 86_399_999, 90_061_001]) expect(parseDuration(formatDuration(ms))).toBe(ms)
    expect(formatDuration(5_400_000)).toBe('1h30m')
  })
})

describe('a size', () => {
  test.each([['0B', 0], ['1B', 1], ['1KB', 1000], ['64KiB', 65_536], ['1.5MB', 1_500_000], ['1MiB', 1_048_576], ['2GiB', 2_147_483_648]])('%s is %d octets', (text, octets) => {
    expect(parseSize(text)).toBe(octets)
    expect(size().parse(text)).toBe(octets)
  })

  test.each([
    [1024, 'expected a size with a unit; got 1024 - did you mean "1024B"?'],
    ['64k', 'expected a size such as 1MiB; got "64k" - did you mean "64KiB"?'],
    ['1mib', 'expected a size such as 1MiB; got "1mib" - did you mean "1MiB"?'],
    ['1 MB', 'expected a size such as 1MiB; got "1 MB" - did you mean "1MB"?'],
    ['9TB', 'expected a size such as 1MiB; got "9TB"'],
    ['2000GiB', 'expected a size of at most 1024GiB; got 2000GiB']
  ])('%j is refused', (input, message) => {
    expect(problem(size(), input)).toBe(message)
  })

  test('is written as it is read', () => {
    for (const octets of [0, 1, 1000, 1024, 1536, 1_048_576, 3 * 2 ** 30]) expect(parseSize(formatSize(octets))).toBe(octets)
    expect(formatSize(1_048_576)).toBe('1MiB')
  })
})

describe('a percentage', () => {
  test.each([0, 0.001, 50, 100])('%d is one', (value) => {
    expect(percent().parse(value)).toBe(value)
  })

  test.each([
    [-1, 'expected a percentage from 0 to 100; got -1'], [100.1, 'expected a percentage from 0 to 100; got 100.1'],
    ['5%', 'expected a percentage from 0 to 100, without quotes or %; got "5%" - did you mean 5?'], ['5', 'expected a percentage from 0 to 100, without quotes or %; got "5" - did you mean 5?']
  ])('%j is none', (value, message) => {
    expect(problem(percent(), value)).toBe(message)
  })
})
