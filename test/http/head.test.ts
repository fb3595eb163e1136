import { describe, expect, it } from 'vitest'
import { CONNECTION, CONTENT_LENGTH, COOKIE, DATE, HOST, NOMINATED, OTHER } from '../../src/http/field-id.ts'
import { Head } from '../../src/http/head.ts'
import * as problems from '../../src/http/problems.ts'

function read(lines: string, maxFields = 100): Head {
  const head = new Head()
  expect(head.parseLines(`${lines}\r\n`, maxFields)).toBeUndefined()
  return head
}
const refusal = (lines: string, maxFields = 100): unknown => new Head().parseLines(`${lines}\r\n`, maxFields)?.code

describe('a head', () => {
  const lines = 'Host: a\r\nX-One:  1 \t\r\ncookie: a=1\r\nx-ONE: 2\r\nCookie: b=2\r\nEmpty:\r\n'

  it('gives names, values and counts as they came', () => {
    const head = read(lines)
    expect(head.count).toBe(6)
    expect(Array.from({ length: 6 }, (_, i) => [head.name(i), head.value(i)])).toEqual([
      ['Host', 'a'], ['X-One', '1'], ['cookie', 'a=1'], ['x-ONE', '2'], ['Cookie', 'b=2'], ['Empty', '']
    ])
  })

  it('finds fields by name and number, and joins lines of one name in order', () => {
    const head = read(lines)
    expect([head.get('host'), head.get('x-one'), head.get('cookie'), head.get('empty'), head.get('x')]).toEqual(['a', '1, 2', 'a=1, b=2', '', undefined])
    expect([head.known(HOST), head.known(COOKIE), head.known(DATE)]).toEqual(['a', 'a=1, b=2', undefined])
    expect([head.has(HOST), head.has(DATE), head.has(OTHER), head.indexOf(COOKIE), head.indexOf(DATE)]).toEqual([true, false, false, 2, -1])
    expect(head.repeated).toBe(1 << COOKIE)
  })

  it('tells the white space behind a value', () => {
    const head = read('Host: a\r\nDate: \t x y \t \r\n')
    expect([head.padding(HOST), head.padding(DATE)]).toEqual(['', ' \t '])
  })

  it.each([
    ['nothing', 0, [], lines],
    ['a field that is not here', 1 << DATE, [], lines],
    ['the first line', 1 << HOST, [], lines.slice(9)],
    ['lines in the middle', 1 << COOKIE, [], 'Host: a\r\nX-One:  1 \t\r\nx-ONE: 2\r\nEmpty:\r\n'],
    ['the last line', 0, ['empty'], lines.slice(0, -8)],
    ['all', (1 << HOST) | (1 << COOKIE), ['x-one', 'empty'], '']
  ])('leaves out %s and keeps the other octets', (_what, drop, names, left) => {
    expect(read(lines).lines(drop, names.length === 0 ? undefined : new Set(names))).toBe(left)
  })

  it('leaves out what was nominated, and knows it no more', () => {
    const head = read(lines)
    head.nominate(new Set(['x-one', 'cookie', 'absent']))
    expect(head.lines(1 << NOMINATED)).toBe('Host: a\r\nEmpty:\r\n')
    expect(head.known(COOKIE)).toBeUndefined()
    expect(head.get('cookie')).toBe('a=1, b=2')
  })

  it('renumbers fields', () => {
    const head = read(lines)
    head.renumber(COOKIE, DATE)
    expect([head.has(COOKIE), head.known(DATE)]).toEqual([false, 'a=1'])
    expect(head.lines(1 << DATE)).toBe('Host: a\r\nX-One:  1 \t\r\nx-ONE: 2\r\nEmpty:\r\n')
  })

  it('keeps obs-text octet by octet', () => {
    expect(read('X: \xe9\xff\r\n').get('x')).toBe('\xe9\xff')
  })

  it('is read anew without traces of the one before', () => {
    const head = read(`${lines}Connection: close\r\nContent-Length: 1\r\n`)
    expect(head.parseLines('Date: x\r\n\r\n', 10)).toBeUndefined()
    expect([head.count, head.has(HOST), head.has(CONNECTION), head.has(CONTENT_LENGTH), head.repeated, head.get('host'), head.get('date')]).toEqual([1, false, false, false, 0, undefined, 'x'])
  })

  it('reads octets that lie further on in a buffer', () => {
    const head = new Head()
    head.text = 'A: 1\r\nB: 2\r\n\r\n'
    expect(head.parseFields(Buffer.from(`garbage:${head.text}more: x\r\n\r\n`), 8, 0, 10)).toBeUndefined()
    expect([head.count, head.get('a'), head.get('b'), head.lines(0)]).toEqual([2, '1', '2', 'A: 1\r\nB: 2\r\n'])
  })
})

describe('field lines', () => {
  it.each([
    ['a space before the colon', 'A : 1\r\n', problems.badFieldName],
    ['a tab before the colon', 'A\t: 1\r\n', problems.badFieldName],
    ['no name', ': 1\r\n', problems.badFieldName],
    ['no colon', 'A\r\n', problems.badFieldName],
    ['CR alone in the name', 'A\rB: 1\r\n', problems.bareLineEnd],
    ['a space in the name', 'A B: 1\r\n', problems.badFieldName],
    ['NUL in the name', 'A\0B: 1\r\n', problems.badFieldName],
    ['obs-text in the name', 'A\xe9: 1\r\n', problems.badFieldName],
    ['"(" in the name', 'A(: 1\r\n', problems.badFieldName],
    ['NUL in the value', 'A: 1\x002\r\n', problems.badFieldValue],
    ['DEL in the value', 'A: \x7f\r\n', problems.badFieldValue],
    ['a vertical tab before the value', 'A: \x0b1\r\n', problems.badFieldValue],
    ['CR in the value', 'A: 1\r2\r\n', problems.bareLineEnd],
    ['LF in the value', 'A: 1\n2: 3\r\n', problems.bareLineEnd],
    ['LF alone at the end of a line', 'A: 1\nB: 2\r\n', problems.bareLineEnd],
    ['CR CR LF', 'A: 1\r\r\n', problems.bareLineEnd],
    ['a folded line', 'A: 1\r\n 2\r\n', problems.foldedField],
    ['a line folded by a tab', 'A: 1\r\n\t2\r\n', problems.foldedField],
    ['white space first', ' A: 1\r\n', problems.foldedField],
    ['LF first', '\nA: 1\r\n', problems.bareLineEnd]
  ])('with %s are refused', (_what, lines, problem) => {
    expect(refusal(lines)).toBe(problem.code)
  })

  it('are refused beyond the limit and not at it', () => {
    expect(refusal('A: 1\r\n'.repeat(5), 5)).toBeUndefined()
    expect(refusal('A: 1\r\n'.repeat(6), 5)).toBe(problems.headTooLarge.code)
  })
})
