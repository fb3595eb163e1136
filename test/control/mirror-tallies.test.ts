import { describe, expect, it } from 'vitest'
import { countLost } from '../../src/control/lost-copies.ts'
import { reportMirrors } from '../../src/control/mirror-report.ts'
import { mirrorsOf, MirrorTallies } from '../../src/control/mirror-tallies.ts'
import type { Pair } from '../../src/shadow/pair.ts'
import { Fold } from '../../src/telemetry/fold.ts'
import { ThreadMeter } from '../../src/telemetry/thread-meter.ts'
import { configOf } from '../support/data-plane.ts'

const config = (mirrors: string): ReturnType<typeof configOf>['config'] => configOf(`version: 1
backends: { a: { url: "http://127.0.0.1:1" }, b: { url: "http://127.0.0.1:2" }, c: { url: "http://127.0.0.1:3" } }
routes: [{ name: r, backend: a, mirrors: [${mirrors}] }]
`).config

const answer = (body: string): Pair['primary'] => ({ status: 200, contentType: 'application/json', contentEncoding: '', body: Buffer.from(body), firstByteMs: 1, durationMs: 2 })
const pair = (primary: string, other: string, names: Partial<Pair> = {}): Pair => ({ route: 'r', backend: 'b', mirror: 'b', leg: 'shadow', requestId: 'id', primary: answer(primary), other: answer(other), ...names })

function tallies(): { readonly tallies: MirrorTallies, readonly fold: Fold } {
  const fold = new Fold()
  return { tallies: new MirrorTallies(new ThreadMeter((series) => fold.add('analyst', series))), fold }
}

describe('tallies of mirrors', () => {
  it('compare each pair by the rules of its mirror, and leave a pair of no mirror alone', () => {
    const { tallies: kept } = tallies()
    kept.take(config('{ backend: b, percent: 1, compare: { ignore: [/id] }, baseline: { backend: a, percent: 1 } }, { backend: c, percent: 1 }'))
    expect(kept.add(pair('{"id":1,"x":1}', '{"id":2,"x":1}'))).toBe('match')
    expect(kept.add(pair('{"id":1}', '{"id":2}', { backend: 'c', mirror: 'c' }))).toBe('differ')
    expect(kept.add(pair('{"x":1}', '{"x":2}', { backend: 'a', leg: 'baseline' }))).toBe('differ')
    expect(kept.add(pair('{', '{}'))).toBe('uncomparable')
    expect(kept.add(pair('{}', '{}', { route: 'gone' }))).toBeUndefined()
    expect(kept.add(pair('{}', '{}', { leg: 'baseline' }))).toBeUndefined()
    expect(kept.snapshot().map(({ mirror, backend, leg, report }) => [mirror, backend, leg, report.compared])).toEqual([['b', 'b', 'shadow', 1], ['b', 'a', 'baseline', 1], ['c', 'c', 'shadow', 1]])
  })

  it('are kept over a reload that compares as before, and begun anew by one that does not', () => {
    const { tallies: kept } = tallies()
    kept.take(config('{ backend: b, percent: 1 }, { backend: c, percent: 1 }'))
    kept.add(pair('{}', '{}'))
    kept.add(pair('{}', '{}', { backend: 'c', mirror: 'c' }))
    kept.take(config('{ backend: b, percent: 50 }, { backend: c, percent: 1, compare: { ignore: [/x] } }'))
    expect(kept.snapshot().map(({ backend, report }) => [backend, report.compared])).toEqual([['b', 1], ['c', 0]])
    kept.take(config(''))
    expect(kept.snapshot()).toEqual([])
    expect(kept.add(pair('{}', '{}'))).toBeUndefined()
  })

  it('tell how often each field was alike, once', () => {
    const { tallies: kept, fold } = tallies()
    kept.take(config('{ backend: b, percent: 1 }'))
    const count = (result: string): number => fold.value('comparisons_total', { route: 'r', mirror: 'b', backend: 'b', leg: 'shadow', field: '/x', result })
    kept.add(pair('{"x":1}', '{"x":1}'))
    kept.add(pair('{"x":1}', '{"x":2}'))
    kept.tell()
    expect([count('match'), count('differ')]).toEqual([1, 1])
    kept.tell()
    kept.add(pair('{"x":1}', '{"x":3}'))
    kept.tell()
    kept.tell()
    expect([count('match'), count('differ')]).toEqual([1, 2])
  })
})

describe('the report of mirrors', () => {
  it('joins outcomes over threads, and says what is still under way', () => {
    const { tallies: kept, fold } = tallies()
    const two = config('{ backend: b, percent: 1 }, { backend: c, percent: 1 }')
    kept.take(two)
    const labels = { route: 'r', mirror: 'b', backend: 'b', leg: 'shadow' }
    for (const thread of ['data-plane-0', 'data-plane-1']) {
      const meter = new ThreadMeter((series) => fold.add(thread, series))
      meter.counter('mirror_sampled_total', labels).add(10)
      meter.counter('mirror_requests_total', { ...labels, outcome: 'shadow_error' }).add(2)
      meter.counter('mirror_requests_total', { ...labels, outcome: 'dropped_bytes' })
    }
    new ThreadMeter((series) => fold.add('analyst', series)).counter('mirror_requests_total', { ...labels, outcome: 'match' }).add(13)
    const [first, second] = reportMirrors(mirrorsOf(two), fold, kept.snapshot())
    expect(first).toMatchObject({ route: 'r', mirror: 'b', backend: 'b', leg: 'shadow', sampled: 20, outcomes: { shadow_error: 4, match: 13 }, underWay: 3 })
    expect(second).toMatchObject({ backend: 'c', sampled: 0, outcomes: {}, underWay: 0, comparison: { compared: 0 } })
    const unanswered = reportMirrors(mirrorsOf(two), fold, undefined)
    expect(unanswered).toMatchObject([{ backend: 'b', sampled: 20, underWay: 3, comparison: null }, { backend: 'c', comparison: null }])
  })

  it('tells mirrors apart that have the same baseline', () => {
    const { tallies: kept, fold } = tallies()
    const baselines = config('{ backend: b, percent: 1, baseline: { backend: a, percent: 1 } }, { backend: c, percent: 1, baseline: { backend: a, percent: 1 } }')
    const meter = new ThreadMeter((series) => fold.add('data-plane-0', series))
    meter.counter('mirror_sampled_total', { route: 'r', mirror: 'b', backend: 'a', leg: 'baseline' }).add(1)
    meter.counter('mirror_sampled_total', { route: 'r', mirror: 'c', backend: 'a', leg: 'baseline' }).add(2)
    const reports = reportMirrors(mirrorsOf(baselines), fold, kept.snapshot())
    expect(reports.map(({ mirror, leg, sampled }) => [mirror, leg, sampled])).toEqual([['b', 'shadow', 0], ['b', 'baseline', 1], ['c', 'shadow', 0], ['c', 'baseline', 2]])
  })

  it('gives an outcome to what a thread had under way when it died', () => {
    const { fold } = tallies()
    const labels = { route: 'r', mirror: 'b', backend: 'b', leg: 'shadow' }
    const dying = new ThreadMeter((series) => fold.add('data-plane-0', series))
    dying.counter('mirror_sampled_total', labels).add(10)
    dying.counter('mirror_requests_total', { ...labels, outcome: 'shadow_error' }).add(2)
    dying.counter('mirror_requests_total', { ...labels, outcome: 'dropped_bytes' }).add(1)
    dying.gauge('mirror_pairs', labels).add(4)
    const idle = { ...labels, route: 'idle' }
    dying.counter('mirror_sampled_total', idle).add(1)
    dying.gauge('mirror_pairs', idle).add(1)
    const main = new ThreadMeter((series) => fold.add('main', series))
    countLost(fold.seriesOf('data-plane-0'), main)
    fold.retire('data-plane-0')
    expect(fold.value('mirror_requests_total', { ...labels, outcome: 'dropped_thread' })).toBe(3)
    expect(fold.value('mirror_requests_total', { ...idle, outcome: 'dropped_thread' })).toBe(0)
  })
})
