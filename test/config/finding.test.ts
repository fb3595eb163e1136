import { describe, expect, test } from 'vitest'
import { type Finding, findingToJson, formatFinding, formatPath } from '../../src/config/finding.ts'
import { Source } from '../../src/config/source.ts'
import { closest } from '../../src/config/suggest.ts'

const finding = (fields: Partial<Finding>): Finding => ({
  severity: 'error', file: 'w.yaml', path: 'log.levle', line: 3, column: 5, message: 'unknown key', suggestion: 'level', source: '    levle: info', ...fields
})

describe('a finding', () => {
  test.each([
    ['an error', {}, 'w.yaml:3:5: log.levle: unknown key - did you mean "level"?\n        levle: info\n        ^'],
    ['a warning', { severity: 'warning' }, 'w.yaml:3:5: warning: log.levle: unknown key - did you mean "level"?\n        levle: info\n        ^'],
    ['one without a path', { path: '', suggestion: undefined }, 'w.yaml:3:5: unknown key\n        levle: info\n        ^'],
    ['one that proposes a number', { suggestion: '5' }, 'w.yaml:3:5: log.levle: unknown key - did you mean 5?\n        levle: info\n        ^'],
    ['one that proposes quotes', { suggestion: '"5"' }, 'w.yaml:3:5: log.levle: unknown key - did you mean "5"?\n        levle: info\n        ^'],
    ['one on a line with tabs', { source: '\t\tx: y', column: 3, suggestion: undefined }, 'w.yaml:3:3: log.levle: unknown key\n    \t\tx: y\n    \t\t^'],
    ['one on an empty line', { source: '', column: 1, suggestion: undefined }, 'w.yaml:3:1: log.levle: unknown key'],
    ['one with control characters', { source: 'a\u001B[31mb', column: 1, suggestion: undefined, path: 'a\u009Bb' }, 'w.yaml:3:1: a\u00B7b: unknown key\n    a\u00B7[31mb\n    ^']
  ] satisfies readonly (readonly [string, Partial<Finding>, string])[])('that is %s is printed', (_, fields, expected) => {
    expect(formatFinding(finding(fields))).toBe(expected)
  })

  test('far out on a long line is printed with what is around it', () => {
    const source = `${'a'.repeat(5000)}HERE${'b'.repeat(5000)}`
    const [, line, caret] = formatFinding(finding({ source, column: 5001 })).split('\n')
    expect(line!.length).toBeLessThan(200)
    expect(line!.slice(caret!.indexOf('^')).startsWith('HERE')).toBe(true)
    expect(findingToJson(finding({ source })).source.length).toBeLessThan(200)
  })
})

test.each([
  [['routes', 0, 'split', 1, 'wieght'], 'routes[0].split[1].wieght'],
  [['backends', 'my-model', 'url'], 'backends.my-model.url'],
  [['backends', '1st', 'url'], 'backends["1st"].url'],
  [['match', 'body', '/model'], 'match.body["/model"]'],
  [['a"b'], '["a\\"b"]'],
  [[], '']
])('the path %j is written %s', (path, expected) => {
  expect(formatPath(path)).toBe(expected)
})

describe('the place of an offset', () => {
  const source = new Source('f', '\uFEFFab\r\ncd\n\ne')

  test.each([[0, 1, 1], [1, 1, 2], [4, 2, 1], [6, 2, 3], [7, 3, 1], [8, 4, 1], [9, 4, 2], [99, 4, 2], [-1, 1, 1]])('%i is line %i, column %i', (offset, line, column) => {
    expect(source.place(offset)).toEqual({ line, column })
  })

  test('at the end of a text that ends with a line end is on its last line', () => {
    expect(new Source('f', 'ab\ncd\n').place(6)).toEqual({ line: 2, column: 3 })
    expect(new Source('f', '').place(0)).toEqual({ line: 1, column: 1 })
  })

  test('lines are given without their ends', () => {
    expect([1, 2, 3, 4, 5].map((line) => source.line(line))).toEqual(['ab', 'cd', '', 'e', ''])
  })
})

describe('the word meant', () => {
  const KEYS = ['weight', 'backend', 'percent', 'firstByte', 'connect', 'timeouts', 'as']

  test.each([
    ['wieght', 'weight'], ['weigth', 'weight'], ['weights', 'weight'], ['Weight', 'weight'], ['bakcend', 'backend'], ['first_byte', 'firstByte'], ['first-byte', 'firstByte'],
    ['percentage', 'percent'], ['conn', 'connect'], ['timeout', 'timeouts'], ['at', 'as'], ['x', undefined], ['', undefined], ['host', undefined], ['qwertyuiop', undefined],
    ['weight'.repeat(100), undefined]
  ])('by %j is %j', (word, expected) => {
    expect(closest(word, KEYS)).toBe(expected)
  })
})
