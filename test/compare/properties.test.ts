import { describe, expect, it } from 'vitest'
import { document, leaves, pointerTo, reportedPath, rewritten, type Value, valueAt, type Way, withValue } from './generate.ts'
import { compareJson, pick, seeded } from './support.ts'

const SEED = 20_260_114
const ROUNDS = 3000

/** Runs a property over many documents; a failure names the seed and the round. */
function forAll(property: (random: () => number, value: Value) => void): void {
  for (let round = 0; round < ROUNDS; round++) {
    const random = seeded(SEED + round)
    try {
      property(random, document(random))
    } catch (error) {
      throw new Error(`seed ${SEED}, round ${round}: ${String(error)}`, { cause: error })
    }
  }
}

/** A scalar that is another one than `value`. */
function another(random: () => number, value: Value): Value {
  for (;;) {
    const put = pick<Value>(random, [null, true, false, 7, 0.5, 'other', '7', ''])
    if (JSON.stringify(put) !== JSON.stringify(value)) return put
  }
}

const swapped = (difference: string): string =>
  difference.endsWith(' missing') ? difference.replace(/missing$/, 'extra') : difference.replace(/ extra$/, ' missing')
const typeOf = (value: Value): string => value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value

describe(`documents made from seed ${SEED}`, () => {
  it('equal themselves, however they are written', () => {
    forAll((random, value) => {
      const found = compareJson(rewritten(random, value), rewritten(random, value))
      expect(found.differs).toEqual([])
      expect(found.result).toEqual({ kind: 'match' })
    })
  })

  it('are visited alike by the short cut for equal octets', () => {
    forAll((random, value) => {
      const text = rewritten(random, value)
      expect(compareJson(text, text).same).toEqual(compareJson(text, `${text} `).same)
    })
  })

  it('that differ in one leaf differ at its path and nowhere else, and not at all once it is ignored', () => {
    forAll((random, value) => {
      const way = pick(random, leaves(value))
      const before = valueAt(value, way)
      const put = another(random, before)
      const changed = withValue(value, way, put)
      const texts = [rewritten(random, value), rewritten(random, changed)] as const
      const kind = typeOf(before) === typeOf(put) ? 'value' : 'type'
      expect(compareJson(...texts).differs).toEqual([`${reportedPath(value, way)} ${kind}`])
      expect(compareJson(...texts, { ignore: [pointerTo(way)] }).result.kind).toBe('match')
      if (way.length > 0) expect(compareJson(...texts, { ignore: [pointerTo(way.slice(0, -1))] }).result.kind).toBe('match')
      const stars = way.map(() => '/*').join('')
      expect(compareJson(...texts, { ignore: [stars] }).result.kind).toBe('match')
    })
  })

  it('are found different in the same places from both sides', () => {
    let differing = 0
    forAll((random, value) => {
      // half of them another document altogether, half of them the same with a part replaced
      const other = random() < 0.5 ? document(random) : withValue(value, pick(random, leaves(value)), document(random, 2))
      const [text, otherText] = [JSON.stringify(value), JSON.stringify(other)]
      const ahead = compareJson(text, otherText)
      const back = compareJson(otherText, text)
      expect(back.result).toEqual(ahead.result)
      expect(back.differs.map(swapped).toSorted()).toEqual([...ahead.differs].toSorted())
      expect(back.same.toSorted()).toEqual([...ahead.same].toSorted())
      if (ahead.result.kind === 'differ') differing++
    })
    expect(differing).toBeGreaterThan(ROUNDS / 4)
  })

  it('are matched by rules as by a naive reading of the rules', () => {
    forAll((random, value) => {
      const all = leaves(value)
      const way = pick(random, all)
      const tokens = way.map((key) => random() < 0.4 ? '*' : String(key))
      const ignore = [tokens.map((token) => pointerTo([token])).join('')]
      // every scalar is changed; what the pointer covers must not be reported
      const changed = all.reduce<Value>((made, one) => {
        const before = valueAt(value, one)
        return typeof before === 'object' && before !== null ? made : withValue(made, one, `${JSON.stringify(before)}!`)
      }, value)
      const covered = (one: Way): boolean => tokens.length <= one.length && tokens.every((token, i) => token === '*' || token === String(one[i]))
      const expected = all.filter((one) => !covered(one)).filter((one) => {
        const before = valueAt(value, one)
        return typeof before !== 'object' || before === null
      }).map((one) => reportedPath(value, one))
      const found = compareJson(JSON.stringify(value), JSON.stringify(changed), { ignore })
      expect(found.differs.map((difference) => difference.replace(/ (?:value|type)$/, '')).toSorted()).toEqual(expected.toSorted())
    })
  })
})
