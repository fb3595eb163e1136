import { describe, expect, it } from 'vitest'
import { readJson } from '../../../src/compare/read/read-json.ts'
import { replacePythonNumbers } from '../../../src/compare/read/python-numbers.ts'

const read = (text: string): unknown => {
  const json = readJson(Buffer.from(text), text)
  return typeof json === 'string' ? json : json.value
}

describe('the JSON of Python', () => {
  it.each([
    ['NaN', Number.NaN],
    ['[NaN, Infinity, -Infinity]', [Number.NaN, Infinity, -Infinity]],
    ['{"a":NaN,"b":[ -Infinity ]}', { a: Number.NaN, b: [-Infinity] }],
    ['[NaN,"NaN","a\\"NaN","\\\\",NaN]', [Number.NaN, 'NaN', 'a"NaN', '\\', Number.NaN]],
    ['["\\\\\\"Infinity",Infinity]', ['\\"Infinity', Infinity]],
    ['[0e00,0e000,0e0000,NaN,Infinity]', [0, 0, 0, Number.NaN, Infinity]], // what stands in for NaN is never in the text
    ['[0e0,0e1,0e2,NaN,Infinity,-Infinity]', [0, 0, 0, Number.NaN, Infinity, -Infinity]],
    ['{"NaN":1,"Infinity":NaN}', { NaN: 1, Infinity: Number.NaN }]
  ])('%s is read', (text, value) => {
    expect(read(text)).toEqual(value)
  })

  it.each(['[NaNs]', '[aNaN]', '[1NaN]', '[NaN1]', '[-NaN]', '[--Infinity]', '[+Infinity]', '[nan]', '[Infinityy]', '[NaN', '[NaN NaN]', '{NaN:1}', '["NaN]', '[NaN"a"]', '[1e Infinity]'])('%s is no JSON', (text) => {
    expect(read(text)).toBe('bad_json')
  })

  it('is left alone when nothing in it is a number of Python', () => {
    expect(replacePythonNumbers('["NaN","Infinity"]')).toBeUndefined()
    expect(replacePythonNumbers('[1]')).toBeUndefined()
  })

  it('stands for no number that is there, however many of its kind are', () => {
    const zeros = Array.from({ length: 5000 }, (_, i) => `0e${i}`)
    const value = read(`[${zeros.join(',')},NaN,-Infinity]`) as unknown[]
    expect([value.length, value.slice(0, 5000).every((one) => one === 0), value.slice(5000)]).toEqual([5002, true, [Number.NaN, -Infinity]])
  })

  it('takes a time in proportion to its length, and no more room than it has', () => {
    // what stood for NaN was found one zero at a time, and was as long as the longest of zeros, for each NaN
    const zeros = `0e${'0'.repeat(2_000_000)}`
    const value = read(`[${zeros},${Array.from({ length: 10_000 }, () => 'NaN').join(',')}]`) as unknown[]
    expect([value.length, value[0], value[1]]).toEqual([10_001, 0, Number.NaN])
  })
})
