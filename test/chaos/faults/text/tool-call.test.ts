import { describe, expect, it } from 'vitest'
import { toolCall } from '../../../../src/chaos/faults/text/tool-call.ts'
import { answerOf, blowOf, degraded, degradedBy, type Fields, skipOf, strikerOf } from '../../support/fault.ts'

interface Call { readonly id: string, readonly name: string, readonly args: string }

/** Each API's answer with these calls; `args` is JSON, and goes in as it is or in a string. */
const DIALECTS: Readonly<Record<string, { readonly write: (calls: readonly (Call | string)[]) => string, readonly encoded: boolean, readonly call: (call: Call) => string }>> = {
  openai: dialect(true, ({ id, name, args }) => `{"id":"${id}","type":"function","function":{"name":"${name}","arguments":${JSON.stringify(args)}}}`,
    (calls) => `{"object":"chat.completion","created":1.0,"choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[${calls}]},"finish_reason":"tool_calls"}]}`),
  responses: dialect(true, ({ id, name, args }) => `{"type":"function_call","id":"fc_1","call_id":"${id}","name":"${name}","arguments":${JSON.stringify(args)}}`,
    (calls) => `{"object":"response","created_at":1.0,"output":[{"type":"reasoning","id":"rs_1","summary":[]},${calls}]}`),
  anthropic: dialect(false, ({ id, name, args }) => `{"type":"tool_use","id":"${id}","name":"${name}","input":${args}}`,
    (calls) => `{"type":"message","role":"assistant","content":[{"type":"text","text":"1.0"},${calls}],"stop_reason":"tool_use"}`),
  ollama: dialect(false, ({ name, args }) => `{"function":{"name":"${name}","arguments":${args}}}`,
    (calls) => `{"model":"m","created_at":"x","message":{"role":"assistant","content":"","tool_calls":[${calls}]},"done":true,"n":1.0}`)
}

function dialect(encoded: boolean, call: (call: Call) => string, around: (calls: string) => string): typeof DIALECTS[string] {
  return { encoded, call, write: (calls) => around(calls.map((one) => typeof one === 'string' ? one : call(one)).join(',')) }
}

const PARIS: Call = { id: 'call_a1', name: 'get_weather', args: '{"city":"Paris","days":1.0}' }
const ROME: Call = { id: 'call_b2', name: 'get_time', args: '{"city":"Rome"}' }

describe.each(Object.entries(DIALECTS))('a tool call of %s', (dialectName, { write, encoded, call }) => {
  const one = (fields: Fields, calls: readonly Call[] = [PARIS]): string | undefined => degraded('tool-call', fields, write(calls))

  it('is renamed', () => {
    expect(one({ fault: 'rename' })).toBe(write([{ ...PARIS, name: 'get_weather_v2' }]))
    expect(one({ fault: 'rename', name: 'other' })).toBe(write([{ ...PARIS, name: 'other' }]))
  })

  it('lacks one argument, each as often', () => {
    const striker = strikerOf('tool-call', { fault: 'missing-argument' })
    const made = Array.from({ length: 1000 }, (_, i) => degradedBy(striker(blowOf(`r${i}`)), answerOf(write([PARIS]))))
    const [city, days] = [write([{ ...PARIS, args: '{"days":1.0}' }]), write([{ ...PARIS, args: '{"city":"Paris"}' }])]
    expect(new Set(made)).toEqual(new Set([city, days]))
    // 99.9 % of a fair coin
    expect(Math.abs(made.filter((text) => text === city).length / 1000 - 0.5)).toBeLessThan(3.29 * Math.sqrt(0.25 / 1000))
  })

  it('has an argument of another type', () => {
    expect(one({ fault: 'wrong-type' }, [ROME])).toBe(write([{ ...ROME, args: '{"city":["Rome"]}' }]))
    for (const [was, is] of [['1.0', '"1.0"'], ['true', '"true"'], ['null', '"null"'], ['[1]', '"[1]"']] as const) {
      expect(one({ fault: 'wrong-type' }, [{ ...ROME, args: `{"x": ${was}}` }])).toBe(write([{ ...ROME, args: `{"x": ${is}}` }]))
    }
  })

  it('has arguments that are cut short, in a string where they were not in one', () => {
    const cut = '{"city":"Rome"'
    expect(one({ fault: 'invalid-json' }, [ROME])).toBe(encoded ? write([{ ...ROME, args: cut }]) : write([call({ ...ROME, args: JSON.stringify(cut) })]))
  })

  it('is made twice', () => {
    expect(one({ fault: 'duplicate' })).toBe(write([PARIS, PARIS]))
  })

  it('changes places with another', () => {
    expect(one({ fault: 'reorder' }, [PARIS, ROME])).toBe(write([ROME, PARIS]))
    expect(skipOf('tool-call', { fault: 'reorder' }, write([PARIS]))).toBe('one_call')
    expect(skipOf('tool-call', { fault: 'reorder' }, write([PARIS, PARIS]))).toBe('unchanged')
  })

  it.skipIf(dialectName === 'ollama')('has an id that is another, and looks like one', () => {
    const made = one({ fault: 'id-mismatch' })!
    const [, id = ''] = /"(call_[a-z]\d)"/.exec(made) ?? []
    expect(id).not.toBe(PARIS.id)
    expect(made).toBe(write([{ ...PARIS, id }]))
  })

  it('is joined by one that nobody made', () => {
    const made = one({ fault: 'hallucinated' }, [PARIS, ROME])!
    const id = [...made.matchAll(/"(call_[a-z]\d)"/g)].at(-1)?.[1] ?? ''
    expect(made).toBe(write([PARIS, ROME, { id, name: 'lookup', args: '{}' }]))
    expect([PARIS.id, ROME.id]).not.toContain(id)
  })

  it('is drawn among those there are', () => {
    const striker = strikerOf('tool-call', { fault: 'rename', name: 'x' })
    const made = Array.from({ length: 100 }, (_, i) => degradedBy(striker(blowOf(`r${i}`)), answerOf(write([PARIS, ROME]))))
    expect(new Set(made)).toEqual(new Set([write([{ ...PARIS, name: 'x' }, ROME]), write([PARIS, { ...ROME, name: 'x' }])]))
  })

  it.each(['{}', '[]', '[1]', '"text"'])('without arguments, as %s, lacks none', (args) => {
    expect(skipOf('tool-call', { fault: 'missing-argument' }, write([{ ...PARIS, args }]))).toBe('no_arguments')
    expect(skipOf('tool-call', { fault: 'wrong-type' }, write([{ ...PARIS, args }]))).toBe('no_arguments')
  })
})

describe('tool-call', () => {
  it.each([
    [{ tool_calls: [] }, 'no_calls'], [{ tool_calls: null }, 'wrong_type'], [{ tool_calls: [{ type: 'other', name: 'a', input: {} }] }, 'no_calls'], [{ tool_calls: [{ name: 'a' }, 1, null] }, 'no_calls'],
    [{ a: 1 }, 'target_absent'], ['not json', 'not_json'], [{ tool_calls: [{ function: { name: 'a' } }] }, 'no_arguments'], [{ tool_calls: [{ name: 1, args: {} }] }, 'no_calls']
  ])('skips %j: %s', (body, reason) => {
    expect(skipOf('tool-call', { fault: 'invalid-json' }, body)).toBe(reason)
  })

  it('skips an id where there is none', () => {
    expect(skipOf('tool-call', { fault: 'id-mismatch' }, DIALECTS['ollama']!.write([PARIS]))).toBe('no_id')
  })

  it('keeps arguments in ASCII that were', () => {
    expect(degraded('tool-call', { fault: 'wrong-type' }, String.raw`{"tool_calls":[{"function":{"name":"a","arguments":"{\"x\":\"\u00e9\"}"}}]}`)).toBe(String.raw`{"tool_calls":[{"function":{"name":"a","arguments":"{\"x\":[\"\u00e9\"]}"}}]}`)
  })

  it.each([{}, { fault: 'other' }, { fault: 'duplicate', name: 'x' }, { fault: 'rename', name: '' }])('is refused with %j', (fields) => {
    expect(toolCall.fields.safeParse({ kind: 'tool-call', ...fields }).success).toBe(false)
  })
})
