import { describe, expect, it } from 'vitest'
import { alertText, keyOf, parseSelector, selects } from '../../../src/control/gameday/selector.ts'

const labels = { alertname: 'Slow', severity: 'page', team: 'ml' }

describe('a selector', () => {
  it.each([
    ['Slow', true], ['Slower', false], ['severity="page"', true], ['severity=page', true], ['{severity="page", team="ml"}', true], ['{severity="page",team="web"}', false],
    ['severity=~"pa.*|x"', true], ['severity=~"pa"', false], ['severity!~"pa"', true], ['team!="ml"', false], ['gone=""', true], ['gone!=""', false], ['"team"="ml"', true],
    [' team = "ml" ', true], ['constructor=""', true], [String.raw`team="m\"l"`, false]
  ])('%s selects: %s', (text, expected) => {
    const selector = parseSelector(text)
    if (typeof selector === 'string') throw new Error(selector)
    expect(selects(selector, labels)).toBe(expected)
  })

  it.each([['severity="page', /^expected the name/], ['="x"', /^expected the name/], ['a=~"("', /^not a regular expression: "\("$/], ['{}', /^expected at least one/]])('%s is refused', (text, message) => {
    expect(parseSelector(text)).toMatch(message)
  })
})

describe('labels', () => {
  it('have one key in whatever order, and a text', () => {
    expect(keyOf({ b: '1', a: '2' })).toBe(keyOf({ a: '2', b: '1' }))
    expect(keyOf({ a: '1' })).not.toBe(keyOf({ a: '2' }))
    expect([alertText(labels), alertText({ alertname: 'Slow' })]).toEqual(['Slow{severity="page", team="ml"}', 'Slow'])
  })
})
