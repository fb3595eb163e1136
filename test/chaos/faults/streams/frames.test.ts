import { describe, expect, it } from 'vitest'
import { RawEvent } from '../../../../src/chaos/streams/raw-event.ts'
import type { EventStep } from '../../../../src/chaos/streams/script.ts'
import { createRng } from '../../../../src/core/rng.ts'
import { blowOf, type Fields, played, strikerOf } from '../../support/fault.ts'

/** What comes out, and how the stream ends when it is cut. */
const out = (steps: readonly EventStep[]): string => steps.map((step) => step.do === 'pass' ? step.event.octets.toString() : step.do === 'cut' ? `<${step.how}>` : '').join('')
const octetsOf = (kind: string, fields: Fields, events: readonly string[], format: 'sse' | 'lines' = 'sse'): string => out(played(kind, fields, events, { format }).steps)
const parses = (text: string): boolean => { try { JSON.parse(text); return true } catch { return false } }

describe('an edit within an event', () => {
  it.each([
    'data:{"id":12345678901234567890,"choices":[{"finish_reason":"stop","logprob":1.0,"p":0.1000}]}\n\n',
    'id: 7\r\ndata: {"choices":[{"finish_reason":"stop"}]}\n\n',
    '\ndata: {"choices":[{"finish_reason": "stop" }]}\r\n\r'
  ])('changes nothing but the reason in %j', (text) => {
    const effect = strikerOf('drop-finish', {})(blowOf('r'))
    if (effect.do !== 'events') throw new Error(effect.do)
    expect(out(effect.script.event(new RawEvent('sse', Buffer.from(text))))).toBe(text.replace('"stop"', 'null'))
    expect(effect.script.fired).toBe(true)
  })

  it('keeps the end of its line', () => {
    expect(octetsOf('drop-finish', {}, ['{"done":true,"done_reason":"stop"}\r'], 'lines')).toBe('{"done":true,"done_reason":null}\r\n')
  })
})

describe('a corrupt event', () => {
  it('is no JSON, whatever it was', () => {
    const rng = createRng(5)
    const value = (depth: number): unknown => rng.pick<() => unknown>([() => rng.whole(0, 1_000_000), () => 'a"\u00e9', () => true, () => null,
      ...depth > 0 ? [() => [value(depth - 1), value(depth - 1)], () => ({ a: value(depth - 1), b: value(depth - 1) })] : []])()
    for (let round = 0; round < 3000; round++) {
      const data = JSON.stringify(value(3))
      const { steps, fired } = played('corrupt-event', { at: 0 }, [`data: ${data}`])
      const event = steps[0]?.do === 'pass' ? steps[0].event : undefined
      expect([steps.length, fired, parses(event?.data() ?? '1')]).toEqual([1, true, false])
      expect(event?.octets.toString()).toMatch(/^data: .*\n\n$/)
    }
  })

  it('is none at strength 0', () => {
    for (const fields of [{ at: 0 }, { share: 1 }]) expect(played('corrupt-event', fields, ['data: {"a":1}'], { strength: 0 }).fired).toBe(false)
  })
})

describe('an error event', () => {
  it.each(['a\nb', 'a\r\n\r\ndata: [DONE]'])('in plain words is refused when it says %j', (message) => {
    expect(() => strikerOf('error-event', { events: 0, dialect: 'plain', message })).toThrow()
    expect(octetsOf('error-event', { events: 0, dialect: 'openai', message }, ['data: 1']).match(/\n/g)).toHaveLength(2)
  })

  it('is one line among lines', () => {
    expect(octetsOf('error-event', { events: 1, dialect: 'plain', message: 'no' }, ['{"a":1}', '{"a":2}'], 'lines')).toBe('{"a":1}\nno\n<end>')
  })
})

describe('events in bursts', () => {
  it('leave the marker to itself, so that what loses a burst does not lose it', () => {
    const { steps } = played('coalesce-events', { events: 5 }, ['data: 1', 'data: 2', 'data: [DONE]', ': bye'])
    expect(steps.map((step) => step.do === 'pass' && step.event.octets.toString())).toEqual(['data: 1\n\ndata: 2\n\n', 'data: [DONE]\n\n', ': bye\n\n'])
  })

  it('are none where each event comes alone', () => {
    expect(played('coalesce-events', { events: 2 }, ['data: 1', 'data: [DONE]']).fired).toBe(false)
  })
})

describe('arguments of a tool call', () => {
  const call = (name: string | undefined, args: string, finish: string | null = null): string =>
    `data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{${name === undefined ? '' : `"name":"${name}",`}"arguments":${JSON.stringify(args)}}}]},"finish_reason":${JSON.stringify(finish)}}]}`

  it('that come with their call, and whole, are halved', () => {
    for (const events of [0, 1]) expect(octetsOf('cut-arguments', { events }, [call('f', '{"a":1}'), call('g', '{"b":[2]}')])).toBe(`${call('f', '{"a')}\n\n${call('g', '{"b"')}\n\n`)
  })

  it('are taken out of an event that says more', () => {
    expect(octetsOf('cut-arguments', {}, [call('f', ''), call(undefined, '{"a"'), call(undefined, ':1}', 'tool_calls')])).toBe(`${call('f', '')}\n\n${call(undefined, '{"a"')}\n\n${call(undefined, '', 'tool_calls')}\n\n`)
  })

  it('are not told once more when responses repeat them', () => {
    const delta = (text: string): string => `data: {"type":"response.function_call_arguments.delta","delta":${JSON.stringify(text)}}`
    const done = (text: string): string => `data: {"type":"response.function_call_arguments.done","arguments":${JSON.stringify(text)}}`
    const item = (text: string): string => `data: {"type":"response.output_item.done","item":{"type":"function_call","name":"f","arguments":${JSON.stringify(text)}}}`
    const all = (text: string): string => `data: {"type":"response.completed","response":{"output":[{"arguments":${JSON.stringify(text)}}],"n":1.0}}`
    const whole = '{"a":1}'
    expect(octetsOf('cut-arguments', {}, [delta('{"a"'), delta(':1}'), done(whole), item(whole), all(whole)])).toBe([delta('{"a"'), done('{"a'), item('{"a'), all('{"a')].map((event) => `${event}\n\n`).join(''))
    expect(played('cut-arguments', { events: 2 }, [delta('{"a"'), delta(':1}'), done(whole), item(whole), all(whole)]).fired).toBe(false)
  })
})
