import { describe, expect, it } from 'vitest'
import type { EventStep, OctetScript, Step } from '../../../../src/chaos/streams/script.ts'
import { countBound } from '../../../support/chance.ts'
import { blowOf, type Fields, played, strikerOf } from '../../support/fault.ts'

const chunk = (text: string, finish: string | null = null): string => `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: text }, finish_reason: finish }] })}`
const DONE = 'data: [DONE]'
const STREAM = [': hello', chunk('one '), chunk('two '), chunk('three'), chunk('', 'stop'), 'data: {"object":"chat.completion.chunk","choices":[],"usage":{"total_tokens":3}}', DONE]

/** Steps in short: events as they are, waits as ms, cuts by how. */
const told = (steps: readonly EventStep[]): readonly (string | number)[] => steps.map((step) => step.do === 'pass' ? step.event.octets.toString().replace(/\n\n$/, '') : step.do === 'wait' ? step.ms : step.how)
const play = (kind: string, fields: Fields, events: readonly string[] = STREAM, id = 'r'): readonly (string | number)[] => told(played(kind, fields, events, { id }).steps)
const many = Array.from({ length: 4000 }, (_, i) => `data: {"i":${i}}`)

describe('times', () => {
  it('a first event is held back, and comments before it are not', () => {
    expect(play('first-event-delay', { fixed: '2s' })).toEqual([': hello', 2000, ...STREAM.slice(1)])
  })

  it('gaps are before each event but the first', () => {
    expect(play('event-gaps', { fixed: '10ms' })).toEqual([': hello', STREAM[1], ...STREAM.slice(2).flatMap((event) => [10, event])])
    const waits = play('event-gaps', { fixed: '10ms', share: 0.25 }, many).filter((step) => step === 10).length
    expect(Math.abs(waits - 1000)).toBeLessThan(countBound(3999, 0.25) + 1)
  })

  it('a stall is once, after events or characters', () => {
    expect(play('stall', { events: 2, for: '1s' })).toEqual([...STREAM.slice(0, 3), 1000, ...STREAM.slice(3)])
    expect(play('stall', { events: 0, forever: true })).toEqual([Infinity, ...STREAM])
    expect(play('stall', { characters: STREAM[1]!.length - 6, for: '1s' })).toEqual([...STREAM.slice(0, 2), 1000, ...STREAM.slice(2)])
    expect(played('stall', { events: 100, for: '1s' }, STREAM).fired).toBe(false)
  })

  it('nothing but comments comes for a while', () => {
    expect(play('keep-alive-only', { for: '250ms', every: '100ms' }, STREAM.slice(1))).toEqual([': keep-alive', 100, ': keep-alive', 100, ': keep-alive', 50, ...STREAM.slice(1)])
    expect(told(played('keep-alive-only', { for: '1s' }, ['{}'], { format: 'lines' }).steps)).toEqual(['{}\n'])
  })

  it.each(['first-event-delay', 'event-gaps'])('of no length leave %s as it was', (kind) => {
    const { steps, fired } = played(kind, { fixed: '0s' }, STREAM)
    expect([told(steps), fired]).toEqual([STREAM, false])
  })
})

describe('what is missing', () => {
  it('a stream is cut after events or characters, in one of three ways', () => {
    expect(play('cut-stream', { events: 2 }).slice(0, 4)).toEqual([...STREAM.slice(0, 3), 'fin'])
    expect(play('cut-stream', { events: 0, how: 'rst' })[0]).toBe('rst')
    expect(play('cut-stream', { events: 4, how: 'end' })[5]).toBe('end')
    expect(played('cut-stream', { events: 6 }, STREAM).fired).toBe(false)
  })

  it('the marker is left out, in whatever words', () => {
    expect(play('drop-marker', {})).toEqual(STREAM.slice(0, -1))
    expect(play('drop-marker', {}, ['event: message_stop\ndata: {"type":"message_stop"}', 'data: {"type":"ping"}'])).toEqual(['data: {"type":"ping"}'])
    expect(told(played('drop-marker', {}, ['{"response":"a","done":false}', '{"response":"","done":true}'], { format: 'lines' }).steps)).toEqual(['{"response":"a","done":false}\n'])
  })

  it('events are dropped as often as was asked for, and never the marker', () => {
    const left = play('drop-events', { share: 0.2 }, [...many, DONE])
    expect(Math.abs(left.length - 1 - 3200)).toBeLessThan(countBound(4000, 0.2))
    expect([play('drop-events', { share: 1 }), left.at(-1)]).toEqual([[': hello', DONE], DONE])
  })

  it('the finish reason is nulled, and no octet else', () => {
    expect(play('drop-finish', {})).toEqual(STREAM.map((event) => event.replace('"stop"', 'null')))
    expect(play('drop-finish', {}, ['data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens": 10.0}}'])).toEqual(['data: {"type":"message_delta","delta":{"stop_reason":null},"usage":{"output_tokens": 10.0}}'])
    expect(played('drop-finish', {}, STREAM.slice(0, 4)).fired).toBe(false)
  })

  it('usage is nulled, and a chunk that tells nothing else is left out', () => {
    expect(play('drop-usage', {})).toEqual(STREAM.filter((event) => !event.includes('usage')))
    expect(play('drop-usage', {}, ['data: {"type":"message_start","message":{"id":"a","usage":{"input_tokens":3}}}'])).toEqual(['data: {"type":"message_start","message":{"id":"a","usage":null}}'])
  })

  it('arguments of a tool call stop in their midst', () => {
    const call = (args: string): string => `data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":${JSON.stringify(args)}}}]}}]}`
    expect(play('cut-arguments', {}, [call(''), call('{"a":'), call('1'), call('}'), DONE])).toEqual([call(''), call('{"a":'), DONE])
    const partial = (json: string): string => `data: {"type":"content_block_delta","delta":{"type":"input_json_delta","partial_json":${JSON.stringify(json)}}}`
    expect(play('cut-arguments', { events: 0 }, [partial(''), partial('{"a"'), partial('}')])).toEqual([partial('')])
  })
})

describe('what is too much, or elsewhere', () => {
  it('events are doubled as often as was asked for, and the marker never', () => {
    const all = play('duplicate-events', { share: 0.3 }, [...many, DONE])
    expect(Math.abs(all.length - 4001 - 1200)).toBeLessThan(countBound(4000, 0.3))
    expect(all.filter((event) => event === DONE)).toHaveLength(1)
  })

  it('events are shuffled within windows, none is lost, and the marker is the last', () => {
    const events = [...many.slice(0, 10), DONE]
    const shuffled = play('reorder-events', { window: 4 }, events)
    expect([shuffled.toSorted(), shuffled.at(-1)]).toEqual([events.toSorted(), DONE])
    expect(shuffled).not.toEqual(events)
    for (const from of [0, 4]) expect(shuffled.slice(from, from + 4).toSorted()).toEqual(events.slice(from, from + 4).toSorted())
    // each order of three is as likely as any other
    const counts = new Map<string, number>()
    for (let i = 0; i < 6000; i++) {
      const order = play('reorder-events', { window: 3 }, many.slice(0, 3), `r${i}`).join()
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(countBound(6000, 1 / 6))
  })

  it('events come in bursts of the same octets', () => {
    const { steps } = played('coalesce-events', { events: 3 }, STREAM)
    expect(steps.length).toBe(3)
    expect(steps.map((step) => step.do === 'pass' ? step.event.octets.toString() : '').join('')).toBe(STREAM.map((event) => `${event}\n\n`).join(''))
  })

  it('an event is cut in half within its frame', () => {
    const steps = play('corrupt-event', { at: 1 })
    expect(steps.filter((_, i) => i !== 2)).toEqual(STREAM.filter((_, i) => i !== 2))
    const data = String(steps[2]).slice(6)
    expect(() => { JSON.parse(data) }).toThrow()
    expect(STREAM[2]!.slice(6).startsWith(data)).toBe(true)
  })

  it('an error comes after a good beginning, as that API says it, and the stream ends', () => {
    const steps = play('error-event', { events: 2, status: 429 })
    expect(steps.slice(0, 3)).toEqual(STREAM.slice(0, 3))
    expect([JSON.parse(String(steps[3]).slice(6)).error.code, steps[4]]).toEqual(['rate_limit_exceeded', 'end'])
    expect(play('error-event', { events: 0, dialect: 'anthropic', status: 529, message: 'no' })[0]).toBe('event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"no"}}')
  })
})

describe('octets', () => {
  const scripted = (kind: string, fields: Fields): OctetScript => {
    const effect = strikerOf(kind, fields)(blowOf('r'))
    if (effect.do !== 'octets') throw new Error(effect.do)
    return effect.script
  }
  const text = 'h\u00e9llo \u{1F600}\r\n'.repeat(5)
  const run = (kind: string, fields: Fields, pieces: readonly string[] = [text]): { steps: readonly Step[], sent: string, waits: number, fired: boolean } => {
    const script = scripted(kind, fields)
    const steps = [...pieces.flatMap((piece) => script.data(Buffer.from(piece))), ...script.end()]
    return {
      steps, fired: script.fired,
      sent: Buffer.concat(steps.flatMap((step) => step.do === 'send' ? [step.octets] : [])).toString(),
      waits: steps.reduce((sum, step) => step.do === 'wait' ? sum + step.ms : sum, 0)
    }
  }

  it.each([1, 2, 3, 7, 1000])('cut anew in pieces of %i are the same octets', (octets) => {
    const { sent, steps, waits } = run('resplit', { octets })
    expect([sent, waits]).toEqual([text, 0])
    expect(steps.every((step) => step.do !== 'send' || step.octets.length <= octets)).toBe(true)
  })

  it('take as long as the rate says', () => {
    const body = 'x'.repeat(20_480)
    const { sent, waits, steps } = run('bandwidth', { rate: '10KiB' }, [body])
    expect([sent, waits]).toEqual([body, 2000])
    expect(steps.length).toBe(64)
  })

  it('dribble in pieces', () => {
    const { steps } = run('dribble', { octets: 2, every: '5ms' }, ['abcde'])
    expect(steps.map((step) => step.do === 'send' ? step.octets.toString() : step.do === 'wait' ? step.ms : '')).toEqual(['ab', 5, 'cd', 5, 'e', 5])
  })

  it('break off exactly where they should', () => {
    for (const octets of [0, 1, 5, 6]) {
      const { sent, steps, fired } = run('truncate', { octets, how: 'rst' }, ['abc', 'def', 'ghi'])
      expect([sent, steps.at(-1), fired]).toEqual(['abcdefghi'.slice(0, octets), { do: 'cut', how: 'rst' }, true])
    }
    expect(run('truncate', { octets: 9 }, ['abc', 'def', 'ghi'])).toMatchObject({ sent: 'abcdefghi', fired: false })
  })

  it('hold the last one back', () => {
    const { steps, sent } = run('slow-close', { fixed: '1s' }, ['ab', 'c', '', 'de'])
    expect([sent, steps.slice(-2)]).toEqual(['abcde', [{ do: 'wait', ms: 1000 }, { do: 'send', octets: Buffer.from('e') }]])
  })
})

describe('what makes no sense', () => {
  it.each<[string, Fields]>([
    ['stall', { events: 1 }], ['stall', { events: 1, characters: 1, for: '1s' }], ['stall', { for: '1s' }], ['stall', { events: 1, for: '1s', forever: true }], ['stall', { events: -1, for: '1s' }],
    ['cut-stream', {}], ['cut-stream', { events: 1, how: 'loud' }], ['drop-events', { share: 0 }], ['drop-events', { share: 1.1 }], ['reorder-events', { window: 1 }], ['coalesce-events', { events: 1 }],
    ['corrupt-event', {}], ['corrupt-event', { at: 1, share: 0.5 }], ['error-event', { events: 1, status: 200 }], ['resplit', { octets: 0 }], ['bandwidth', { rate: '1B' }], ['bandwidth', { rate: 100 }],
    ['dribble', { octets: 1 }], ['truncate', { octets: -1 }], ['slow-close', {}], ['keep-alive-only', { for: '0s' }], ['event-gaps', {}], ['first-event-delay', { fixed: '1s', normal: { mean: '1s', sd: '1s' } }]
  ])('%s is refused with %j', (kind, fields) => {
    expect(() => strikerOf(kind, fields)).toThrow()
  })
})
