import { describe, expect, it } from 'vitest'
import { compareJson } from '../support.ts'

describe('two documents without rules', () => {
  it.each([
    ['1', '1.0', []],
    ['0', '-0', []],
    ['100', '1e2', []],
    ['"1"', '1', [' type']],
    ['null', '0', [' type']],
    ['null', 'false', [' type']],
    ['true', 'false', [' value']],
    ['["é"]', '["\\u00e9"]', []],
    ['["e\u0301"]', '["\u00e9"]', ['/* value']],
    ['[]', '{}', [' type']],
    ['{}', '{}', []],
    ['[1,2,3]', '[1,3,2]', ['/* value', '/* value']],
    ['[1,2,3]', '[1,5]', [' length', '/* value']],
    ['[]', '[1]', [' length']],
    ['{"a":1,"b":2}', '{"b":2,"a":1}', []],
    ['{"a":1}', '{"b":1}', ['/a missing', '/b extra']],
    ['{"a":null}', '{}', ['/a missing']],
    ['{"a":{"b":{"c":1}}}', '{"a":{}}', ['/a/b missing']],
    ['{"a":{"b":1}}', '{"a":[1]}', ['/a type']],
    ['[{"a":1},{"a":2}]', '[{"a":1},{"a":3}]', ['/*/a value']],
    ['{"a":1,"a":2}', '{"a":2}', []], // the last of duplicate keys counts, as in nearly every parser
    ['{"__proto__":1}', '{}', ['/__proto__ missing']],
    ['{"__proto__":{"a":1}}', '{"__proto__":{"a":2}}', ['/__proto__/a value']],
    ['{"constructor":1}', '{}', ['/constructor missing']],
    ['{}', '{"toString":1,"hasOwnProperty":2}', ['/toString extra', '/hasOwnProperty extra']],
    ['{"a":{"constructor":1}}', '{"a":{"b":1}}', ['/a/constructor missing', '/a/b extra']],
    ['["\\ud800"]', '["\\ud801"]', ['/* value']],
    ['["\\ud800"]', '["\\ud800"]', []]
  ])('%s and %s differ in %j', (primary, other, differs) => {
    const found = compareJson(primary, other)
    expect(found.differs).toEqual(differs)
    expect(found.result.kind).toBe(differs.length === 0 ? 'match' : 'differ')
  })

  it.each([
    ['9007199254740993', '9007199254740992', false],
    ['9007199254740993', '9007199254740993', true],
    ['9007199254740993', '9007199254740993.0', true],
    ['12345678901234567890', '12345678901234567891', false],
    ['12345678901234567000', '1.2345678901234567e+19', true],
    ['-12345678901234567890', '12345678901234567890', false],
    ['0.10000000000000000001', '0.10000000000000000002', false],
    ['0.10000000000000000001', '0.1', false],
    ['0.1', '0.10000000000000001', true], // 17 digits: the same double
    ['0.1', '0.100000000000000000000000', true],
    ['1e400', '1e400', true],
    ['1e400', '1e500', false],
    ['1e400', '10e399', true],
    ['-1e400', '1e400', false],
    ['1e99999999999999999999999', '1e99999999999999999999999', true],
    ['1e99999999999999999999999', '1e99999999999999999999998', false],
    ['1e400', 'Infinity', false],
    ['Infinity', 'Infinity', true],
    ['-Infinity', 'Infinity', false],
    ['NaN', 'NaN', true],
    ['NaN', '0', false],
    ['NaN', 'null', false],
    ['NaN', '"NaN"', false]
  ])('the numbers %s and %s are the same: %s', (primary, other, same) => {
    for (const [a, b] of [[primary, other], [other, primary]]) {
      expect(compareJson(`[${a}]`, `[${b}]`).result.kind).toBe(same ? 'match' : 'differ')
      // also where another number makes for the slower reading of one side
      expect(compareJson(`[${a},12345678901234567890]`, `[${b}, 12345678901234567890]`).result.kind).toBe(same ? 'match' : 'differ')
      expect(compareJson(`[${a},12345678901234567890]`, `[${b}]`).differs).toEqual(same ? [' length'] : [' length', expect.stringMatching(/^\/\* (?:value|type)$/)])
    }
  })
})

describe('the path of a field', () => {
  it('has neither indices nor slashes and tildes of keys', () => {
    expect(compareJson({ 'a/b': [{ 'c~d': 1 }] }, { 'a/b': [{ 'c~d': 2 }] }).differs).toEqual(['/a~1b/*/c~0d value'])
  })

  it.each([
    ['begin with a digit', { '7': 1, a: 2 }, { '7': 1, a: 3 }],
    ['hold other characters', { 'a b': 1, c: 2 }, { 'a b': 1, c: 3 }],
    ['are no ASCII', { ключ: 1, c: 2 }, { ключ: 1, c: 3 }],
    ['are empty', { '': 1, c: 2 }, { '': 1, c: 3 }],
    ['are long', { ['k'.repeat(65)]: 1, c: 2 }, { ['k'.repeat(65)]: 1, c: 3 }],
    ['are many', Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, i])), Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, i === 9 ? -1 : i]))]
  ])('has no keys of a map, whose keys %s', (_name, primary, other) => {
    const found = compareJson({ of: primary }, { of: other })
    expect(found.differs).toEqual(['/of/* value'])
    expect(new Set(found.same)).toEqual(new Set(['(status)', '(content-type)', '', '/of', '/of/*']))
  })

  it('has no keys of a map that only one side makes a map', () => {
    expect(compareJson({ a: 1 }, { a: 2, 'x y': 1 }).differs).toEqual(['/* value', '/* extra'])
    expect(compareJson({ a: 2, 'x y': 1 }, { a: 1 }).differs).toEqual(['/* value', '/* missing'])
  })

  it('keeps the keys of an object with as many fields as a record may have', () => {
    const record = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, i]))
    expect(compareJson(record, { ...record, k9: 0 }).differs).toEqual(['/k9 value'])
  })
})

describe('ignore', () => {
  it.each([
    [['/id'], { id: 1, a: 1 }, { id: 2, a: 1 }, []],
    [['/id'], { id: 1, a: 1 }, { a: 1 }, []],
    [['/id'], { a: 1 }, { id: 1, a: 1 }, []],
    [['/id'], { b: { id: 1 } }, { b: { id: 2 } }, ['/b/id value']],
    [['/a'], { a: { b: [1, { c: 1 }] } }, { a: 7 }, []],
    [['/a/*/t'], { a: [{ t: 1, v: 1 }, { t: 2, v: 2 }] }, { a: [{ t: 9, v: 1 }, { t: 9, v: 3 }] }, ['/a/*/v value']],
    [['/a/1'], { a: [1, 2, 3] }, { a: [1, 9, 9] }, ['/a/* value']],
    [['/a/*'], { a: [1, 2, 3] }, { a: [1, 9] }, ['/a length']],
    [['/*/t'], { a: { t: 1 }, b: { t: 1 } }, { a: { t: 2 }, b: {} }, []],
    [['/m/k 1'], { m: { 'k 1': 1, 'k 2': 1 } }, { m: { 'k 1': 2, 'k 2': 2 } }, ['/m/* value']],
    [['/m/a~1b'], { m: { 'a/b': 1 } }, { m: { 'a/b': 2 } }, []],
    [[''], { a: 1 }, [1], []],
    [['/a/b'], { a: [{ b: 1 }] }, { a: [{ b: 2 }] }, ['/a/*/b value']],
    [['/__proto__'], '{"__proto__":1}', '{"__proto__":2}', []]
  ])('%j leaves of %j and %j what differs in %j', (ignore, primary, other, differs) => {
    expect(compareJson(primary, other, { ignore }).differs).toEqual(differs)
  })
})

const timed = (t: number, v: number): unknown => ({ a: [{ t, v: 1 }, { t: t + 1, v, deep: { t, u: 1 } }, t] })

describe('a rule for a field', () => {
  const near = { as: 'number', abs: 0.5 }

  it.each([
    [[{ at: '/a/*', ...near }], { a: [1, 2], b: 1 }, { a: [1.4, 2.6], b: 1.4 }, ['/a/* value', '/b value']],
    [[{ at: '/a/0', as: 'exact' }, { at: '/a/*', ...near }], { a: [1, 1] }, { a: [1.4, 1.4] }, ['/a/* value']],
    [[{ at: '/a/*', ...near }, { at: '/a/0', as: 'exact' }], { a: [1, 1] }, { a: [1.4, 1.4] }, []],
    [[{ at: '/a', ...near }], { a: [1, [2], { b: 3 }] }, { a: [1.4, [2.4], { b: 3.4 }] }, []],
    [[{ at: '/a', ...near }], { a: [1, [2], { b: 3 }] }, { a: [1.4, [2.4], { b: 3.6 }] }, ['/a value']],
    [[{ at: '/a', ...near }], { a: [1, 2] }, { a: [1] }, ['/a value']],
    [[{ at: '/a', ...near }], { a: [1] }, { a: { 0: 1 } }, ['/a type']],
    [[{ at: '/a', ...near }], { a: 1 }, { a: '1' }, ['/a type']],
    [[{ at: '/a', ...near }], { a: 1 }, {}, ['/a missing']],
    [[{ at: '/a', ...near }], {}, { a: 1 }, ['/a extra']],
    [[{ at: '/a', ...near }, { at: '/a/b', as: 'exact' }], { a: { b: 1 } }, { a: { b: 1.4 } }, []],
    [[{ at: '', ...near }], [1, 2], [1.1, 2.1], []],
    [[{ at: '/l', as: 'label' }], { l: 1 }, { l: '1' }, []]
  ])('%j finds of %j and %j that they differ in %j', (fields, primary, other, differs) => {
    expect(compareJson(primary, other, { fields }).differs).toEqual(differs)
  })

  it('does not see what is ignored below it', () => {
    const options = { ignore: ['/a/*/t', '/a/*/deep/t', '/a/2'], fields: [{ at: '/a', as: 'exact' }] }
    expect(compareJson(timed(1, 2), timed(5, 2), options).result.kind).toBe('match')
    expect(compareJson(timed(1, 2), timed(1, 3), options).differs).toEqual(['/a value'])
    expect(compareJson(timed(1, 2), timed(5, 3), options).differs).toEqual(['/a value'])
  })

  it('sees keys that name what objects inherit, where it does not see all', () => {
    const options = { ignore: ['/a/t'], fields: [{ at: '/a', as: 'exact' }] }
    expect(compareJson('{"a":{"__proto__":{"b":1}}}', '{"a":{"__proto__":{"b":2}}}', options).differs).toEqual(['/a value'])
    expect(compareJson('{"a":{"t":1,"__proto__":1}}', '{"a":{"t":2}}', options).differs).toEqual(['/a value'])
  })

  it('loses to ignore', () => {
    expect(compareJson({ a: 1 }, { a: 2 }, { ignore: ['/a'], fields: [{ at: '/a', as: 'exact' }] }).result.kind).toBe('match')
  })

  it('counts what it covers as one field', () => {
    expect(compareJson({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, { fields: [{ at: '/a', as: 'exact' }] }).same).toEqual(['(status)', '(content-type)', '', '/a'])
    expect(compareJson('{"a":[1,{"b":2}]}', '{"a":[1,{"b":2.0}]}', { fields: [{ at: '/a', as: 'exact' }] }).same).toEqual(['(status)', '(content-type)', '', '/a'])
  })

  it('tells numbers apart that a double cannot, below it and past its range too', () => {
    const fields = [{ at: '/a', as: 'exact' }]
    expect(compareJson('{"a":[9007199254740993]}', '{"a":[9007199254740992]}', { fields }).differs).toEqual(['/a value'])
    expect(compareJson('{"a":[1e400]}', '{"a":[1e500]}', { fields }).differs).toEqual(['/a value'])
    expect(compareJson('{"a":1e400}', '{"a":1e500}', { fields }).differs).toEqual(['/a value'])
    expect(compareJson('{"a":[1e400]}', '{"a":[10e399]}', { fields }).result.kind).toBe('match')
  })
})

describe('elements that belong together by a key', () => {
  const fields = [{ at: '/items', as: 'keyed', key: '/id' }, { at: '/items/*/score', as: 'number', abs: 0.5 }]
  const differs = (primary: unknown, other: unknown, options: object = {}): readonly string[] => compareJson({ items: primary }, { items: other }, { fields, ...options }).differs

  it.each<[string, unknown, unknown, readonly string[]]>([
    ['in another order', [{ id: 1, a: 1 }, { id: 2, a: 2 }], [{ id: 2, a: 2 }, { id: 1, a: 1 }], []],
    ['of which one is another', [{ id: 1, a: 1 }, { id: 2, a: 2 }], [{ id: 2, a: 3 }, { id: 1, a: 1 }], ['/items/*/a value']],
    ['of which one is gone', [{ id: 1 }, { id: 2 }], [{ id: 2 }], ['/items length', '/items/* missing']],
    ['of which one is new', [{ id: 2 }], [{ id: 1 }, { id: 2 }], ['/items length', '/items/* extra']],
    ['of which one has another key', [{ id: 1 }], [{ id: 2 }], ['/items/* missing', '/items/* extra']],
    ['with rules for what is in them', [{ id: 1, score: 1 }, { id: 2, score: 9 }], [{ id: 2, score: 9.4 }, { id: 1, score: 1.6 }], ['/items/*/score value']],
    ['that are no longer in an array', [{ id: 1 }], { id: 1 }, ['/items type']]
  ])('and are %s differ as they should', (_what, primary, other, expected) => {
    expect(differs(primary, other)).toEqual(expected)
    expect(differs(other, primary).map((one) => one.replace('extra', '-').replace('missing', 'extra').replace('-', 'missing')).toSorted()).toEqual([...expected].toSorted())
  })

  it('are ignored where that is said', () => {
    expect(differs([{ id: 1, t: 1 }], [{ id: 1, t: 2 }], { ignore: ['/items/*/t'] })).toEqual([])
    expect(differs([{ id: 1 }], [{ id: 2 }], { ignore: ['/items/*'] })).toEqual([])
  })
})

describe('what a comparator measures', () => {
  it('is told once for each value, also where values are the same', () => {
    const fields = [{ at: '/a/*', as: 'number', abs: 1 }]
    const found = compareJson({ a: [1, 2, 'x'] }, { a: [1, 4, 'x'] }, { fields })
    expect(found.measures).toEqual([['/a/*', 0, 0], ['/a/*', 2, 0.5], ['/a/*', Number.NaN, Number.NaN]])
    expect(found.differs).toEqual(['/a/* value'])
  })

  it('is told of no value that is there on one side only', () => {
    const fields = [{ at: '/a', as: 'number' }]
    expect([compareJson({ a: 1 }, {}, { fields }).measures, compareJson({}, { a: 1 }, { fields }).measures]).toEqual([[], []])
  })

  it('is not what another has left behind', () => {
    const fields = [{ at: '/*', as: 'number' }]
    expect(compareJson({ a: 1, b: 'x' }, { a: 3, b: 'y' }, { fields }).measures).toEqual([['/a', 2, expect.closeTo(2 / 3, 12)], ['/b', Number.NaN, Number.NaN]])
  })
})
