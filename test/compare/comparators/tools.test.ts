import { describe, expect, it } from 'vitest'
import { tools } from '../../../src/compare/comparators/tools.ts'
import { compareWith } from './measured.ts'

const call = (name: unknown, args: unknown, id: string = 'call_1'): unknown => ({ id, type: 'function', function: { name, arguments: args } })

const custom = (name: string, input: string, id: string = 'call_1'): unknown => ({ id, type: 'custom', custom: { name, input } })

const paris = call('weather', '{"city":"Paris","days":2}')
const rome = call('weather', '{"city":"Rome","days":2}')
const time = call('time', '{}')

describe('tools', () => {
  it.each([
    ['other ids, spacing and order of keys', {}, [paris], [call('weather', '{ "days": 2.0, "city": "Paris" }', 'call_2')], 'same', 0, 0],
    ['arguments as a value', {}, [paris], [call('weather', { days: 2, city: 'Paris' })], 'same', 0, 0],
    ['names and arguments in the open', {}, [paris], [{ name: 'weather', arguments: { city: 'Paris', days: 2 } }], 'same', 0, 0],
    ['other arguments', {}, [paris], [rome], 'different', 1, 0],
    ['another name', {}, [call('time', '{}')], [call('date', '{}')], 'different', 1, 1],
    ['one call more', {}, [paris], [paris, time], 'different', 1 / 2, 1 / 2],
    ['a call twice', {}, [paris, paris], [paris], 'different', 1 / 2, 1 / 2],
    ['another order', {}, [paris, time], [time, paris], 'same', 0, 0],
    ['another order that matters', { ordered: true }, [paris, time], [time, paris], 'different', 0, 0],
    ['the order that matters', { ordered: true }, [paris, time], [paris, time], 'same', 0, 0],
    ['no calls', {}, [], [], 'same', 0, 0],
    ['no calls and one', {}, [], [time], 'different', 1, 1],
    ['arguments that break off', {}, [paris], [call('weather', '{"city":"Paris","da')], 'different', 1, 0],
    ['arguments that are null, as a text', {}, [call('time', 'null')], [call('time', null)], 'same', 0, 0],
    ['no arguments, however that is written', {}, [call('time', ''), call('time', undefined), call('time', null)], [time, time, { name: 'time' }], 'same', 0, 0],
    ['a custom tool', {}, [custom('run', 'ls')], [custom('run', 'ls', 'call_2')], 'same', 0, 0],
    ['a custom tool with another input', {}, [custom('run', 'ls')], [custom('run', 'ls -l')], 'different', 1, 0],
    ['a custom tool whose input is text, be it JSON or not', {}, [custom('run', '{"a":1}')], [custom('run', '{"a": 1}')], 'different', 1, 0],
    ['an input in the open', {}, [{ type: 'tool_use', id: 'a', name: 'weather', input: { city: 'Paris' } }], [{ type: 'tool_use', id: 'b', name: 'weather', input: { city: 'Paris' } }], 'same', 0, 0],
    ['large numbers that are one double', {}, [call('get', '{"id":9007199254740993}')], [call('get', '{"id":9007199254740992}')], 'different', 1, 0],
    ['a name that is a word of another', {}, [call('a', '"b c"')], [call('a "b', '"c"')], 'different', 1, 1]
  ])('finds of %s', (_what, options, a, b, found, distance, nameDistance) => {
    const measured = { jaccard_distance: distance, name_distance: nameDistance }
    expect(compareWith(tools, options, a, b)).toEqual({ found, measured })
    expect(compareWith(tools, options, b, a)).toEqual({ found, measured })
  })

  it.each([
    ['a call in no list', paris, paris, 'same'],
    ['a call without a name', [{ id: '1' }], [{ id: '2' }], 'different'],
    ['calls and none', [time], null, 'different'],
    ['a list of others', ['time'], ['time'], 'same']
  ])('measures nothing of %s', (_what, a, b, found) => {
    const measured = { jaccard_distance: Number.NaN, name_distance: Number.NaN }
    expect(compareWith(tools, {}, a, b)).toEqual({ found, measured })
    expect(compareWith(tools, {}, b, a)).toEqual({ found, measured })
  })
})
