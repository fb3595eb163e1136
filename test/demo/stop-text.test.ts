import { describe, expect, it } from 'vitest'
import { createRng } from '../../src/core/rng.ts'
import { untilStop } from '../../src/demo/stop-text.ts'

describe('a stop text', () => {
  it.each([
    [['ab', 'c', 'de'], ['d'], 'abc'],
    [['ab', 'c', 'de'], ['bcd'], 'a'],
    [['ab', 'c', 'de'], ['x'], 'abcde'],
    [['ab', 'c', 'de'], ['def'], 'abcde'],
    [['ab', 'c', 'de'], ['e', 'b'], 'a'],
    [['ab', 'c', 'de'], ['ab'], ''],
    [['ab'], [], 'ab'],
    [[], ['a'], '']
  ])('of %j at %j leaves %j', (pieces, stops, text) => {
    expect([...untilStop(pieces, stops)].join('')).toBe(text)
  })

  it('cuts where a search through the whole text finds it, however the text is split', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const rng = createRng(seed)
      const text = (longest: number): string => Array.from({ length: rng.whole(1, longest) }, () => rng.pick(['a', 'b', 'c'])).join('')
      const pieces = Array.from({ length: rng.whole(1, 12) }, () => text(3))
      const stops = Array.from({ length: rng.whole(0, 3) }, () => text(5))
      const whole = pieces.join('')
      // one that has ended first is found first, as a reader of pieces has to
      const ends = pieces.map((_, i) => pieces.slice(0, i + 1).join('')).map((start) => Math.min(...stops.map((stop) => start.indexOf(stop)).filter((at) => at >= 0)))
      const cut = ends.find((at) => at < Infinity) ?? whole.length
      const passed = [...untilStop(pieces, stops)]
      expect(passed.join(''), `seed ${seed}`).toBe(whole.slice(0, cut))
      expect(passed).not.toContain('')
    }
  })

  it('holds back no more than could be its beginning', () => {
    const passed = untilStop(['one ', 'two ', 'thr', 'ead '], ['three'])
    expect([...passed]).toEqual(['one ', 'two ', 'thread '])
  })

  it('draws nothing after it was found', () => {
    const drawn: string[] = []
    const pieces = function* (): Generator<string> {
      for (const piece of ['a', 'b', 'c']) {
        drawn.push(piece)
        yield piece
      }
    }
    expect([...untilStop(pieces(), ['b'])]).toEqual(['a'])
    expect(drawn).toEqual(['a', 'b'])
  })
})
