import { describe, expect, it } from 'vitest'
import { compileTests, regex, type TextTest, textTest } from '../../src/core/text-test.ts'

const passes = (test: TextTest, value: string | undefined): boolean => compileTests('it', { name: textTest.parse(test) }).pass(() => value)

describe('a test of a text', () => {
  it.each<[TextTest, passing: readonly (string | undefined)[], failing: readonly (string | undefined)[]]>([
    ['a*', ['a', 'ab', 'a*'], ['ba', 'A', '', undefined]],
    ['', [''], [' ', undefined]],
    [{ exact: 'a*' }, ['a*'], ['ab', 'a', undefined]],
    [{ exact: '' }, [''], ['x', undefined]],
    [{ prefix: 'ab' }, ['ab', 'abc'], ['a', 'cab', 'AB', undefined]],
    [{ prefix: '' }, ['', 'x'], [undefined]],
    [{ regex: 'b+' }, ['abbc', 'b'], ['B', '', undefined]],
    [{ regex: '^undefined$' }, ['undefined'], [undefined]],
    [{ present: true }, ['', 'x'], [undefined]],
    [{ present: false }, [undefined], ['', 'x']]
  ])('%j', (test, passing, failing) => {
    for (const value of passing) expect(passes(test, value), `passes ${String(value)}`).toBe(true)
    for (const value of failing) expect(passes(test, value), `fails ${String(value)}`).toBe(false)
  })

  it('by regular expression says the same each time it is asked', () => {
    const test = compileTests('it', { name: { regex: 'a' } })
    expect(Array.from({ length: 4 }, () => test.pass(() => 'aa'))).toEqual([true, true, true, true])
  })

  it.each([{}, { exact: 'a', prefix: 'a' }, { present: 'yes' }, { glob: 'a' }, 1, null, ['a'], { regex: '(' }, { regex: '' }])('is not %j', (given) => {
    expect(textTest.safeParse(given).success).toBe(false)
  })
})

describe('tests of several texts', () => {
  const tests = compileTests('header', { a: 'x', b: { present: false }, c: { prefix: 'z' } })

  it('hold when each does', () => {
    const values = new Map([['a', 'x'], ['c', 'zz']])
    expect(tests.pass((name) => values.get(name))).toBe(true)
    for (const [name, value] of [['a', 'y'], ['b', ''], ['c', 'y']] as const) {
      expect(tests.pass((asked) => asked === name ? value : values.get(asked)), name).toBe(false)
    }
  })

  it('ask for no more values than it takes to know', () => {
    const asked: string[] = []
    tests.pass((name) => {
      asked.push(name)
      return name === 'a' ? 'x' : 'there'
    })
    expect(asked).toEqual(['a', 'b'])
  })

  it('that are none hold for everything', () => {
    expect(compileTests('header', {}).pass(() => undefined)).toBe(true)
  })
})

describe('a regular expression', () => {
  it('that does not compile says why', () => {
    expect(regex().safeParse('a(').error?.issues[0]?.message).toMatch(/^not a regular expression: /)
    expect(regex().parse('^a+$')).toBe('^a+$')
  })
})
