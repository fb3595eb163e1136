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
})
