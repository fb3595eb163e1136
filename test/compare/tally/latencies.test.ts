import { describe, expect, it } from 'vitest'
import { Latencies, timesOf } from '../../../src/compare/tally/latencies.ts'
import { createDocumentReader } from '../../../src/compare/document.ts'
import { answer } from '../support.ts'

const times = (firstByte: number, duration: number, firstToken = Number.NaN, tokenGap = Number.NaN): ReturnType<typeof timesOf> => ({ firstByte, duration, firstToken, tokenGap })

describe('the times of answers', () => {
  it('are compared name by name: the shadow with the primary, and with the baseline', () => {
    const latencies = new Latencies(0)
    latencies.add(times(10, 20), times(20, 80), times(5, 40))
    latencies.add(times(-1, 20), times(20, 80), undefined)
    const { firstByte, duration, firstToken } = latencies.report(0.95)
    expect(firstByte.shadow).toMatchObject({ count: 1, firstMeanMs: 10, secondMeanMs: 20 })
    expect(firstByte.shadowToBaseline).toMatchObject({ count: 1, firstMeanMs: 5, secondMeanMs: 20 })
    expect([duration.shadow.count, duration.shadow.ratio, duration.shadowToBaseline.count]).toEqual([2, expect.closeTo(4, 12), 1])
    expect(firstToken.shadow.count).toBe(0)
  })

  it('of the first requests with a shadow are left out', () => {
    const latencies = new Latencies(2)
    for (const firstByte of [1, 2, 3]) {
      latencies.add(times(firstByte, 1), undefined, times(1, 1))
      latencies.add(times(firstByte, 1), times(firstByte, 1), undefined)
    }
    expect(latencies.report(0.95).firstByte.shadow).toMatchObject({ count: 1, firstMeanMs: 3 })
  })

  it('of a stream are those of what there is to read in it, as far as its octets tell', () => {
    const events = ['data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant"}}]}\n\n',
      ...['a', 'b', 'c'].map((content) => `data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"${content}"}}]}\n\n`), 'data: [DONE]\n\n']
    const ends = events.map((_, i) => events.slice(0, i + 1).join('').length)
    const marks = ends.flatMap((end, i) => [end, 100 + 10 * i])
    const stream = { contentType: 'text/event-stream', firstByteMs: 100, durationMs: 140 }
    const read = (rest: object): ReturnType<typeof timesOf> => {
      const one = answer(events.join(''), { ...stream, ...rest })
      return timesOf(one, createDocumentReader(undefined).read(one, '/v1/chat/completions'))
    }
    expect(read({ marks })).toEqual({ firstByte: 100, duration: 140, firstToken: 110, tokenGap: 10 })
    // in two reads: what came together has no time between it
    expect(read({ marks: [ends[1]!, 110, ends[4]!, 150] })).toEqual({ firstByte: 100, duration: 140, firstToken: 110, tokenGap: 20 })
    expect(read({ marks: [] })).toEqual({ firstByte: 100, duration: 140, firstToken: Number.NaN, tokenGap: Number.NaN })
    // octets of a coding are others
    expect(read({ marks, contentEncoding: 'identity' }).firstToken).toBe(Number.NaN)
    expect(timesOf(answer('1'), 'bad_json')).toEqual({ firstByte: 1, duration: 2, firstToken: Number.NaN, tokenGap: Number.NaN })
  })
})
