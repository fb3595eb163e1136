import { describe, expect, it } from 'vitest'
import type { Effect } from '../../../src/chaos/fault.ts'
import { faults } from '../../../src/chaos/faults/index.ts'
import { answerOf, blowOf, degradedBy } from '../support/fault.ts'
import { SAMPLES } from './samples/index.ts'

const EFFECTS: Readonly<Record<string, readonly Effect['do'][]>> = {
  wait: ['wait'],
  answer: ['answer', 'break', 'degrade', 'nothing'],
  payload: ['degrade', 'nothing'],
  events: ['events', 'nothing'],
  octets: ['octets', 'nothing']
}

// answers no fault may fall over: it skips or changes them, and never throws
const ODD = ['', 'null', '[]', '{}', '"text"', '12', 'not json', '{"predictions":[]}', '{"predictions":[null]}', '{"predictions":[{"label":null,"scores":[]}]}', '{"a":NaN}', '{"predictions":',
  '{"choices":[{"message":{"content":null,"tool_calls":[]}}],"object":"chat.completion"}', '{"choices":[{}],"object":"chat.completion","usage":null}', '{"data":[{"embedding":[]}],"object":"list"}',
  '{"results":[{}]}', '{"results":[{"index":0,"relevance_score":1}]}', '{"outputs":[{"name":"a","datatype":"FP32","shape":[1],"data":[1.0]}]}', '{"__proto__":1,"label":"a"}', '[[[[1]]]]']

it('the faults are those of the samples, each once', () => {
  expect(faults.map(({ name }) => name).toSorted()).toEqual(Object.keys(SAMPLES).toSorted())
})

describe.each(faults)('the fault $name', ({ name, summary, fields, build, stage, effect: formula }) => {
  const tries = (SAMPLES[name] ?? []).map((given) => ({ given: { kind: name, ...given } }))

  it('has a summary that is one sentence in lower case', () => {
    expect(summary).toMatch(/^[a-z0-9].{10,}[^.]$/)
    expect(summary).not.toContain('\n')
    if (formula !== undefined) expect(formula).not.toMatch(/\n|\.$/)
  })

  it.each(tries)('with $given says what to do, and the same each time for the same draws', ({ given }) => {
    const first = build(fields.parse(given))()
    const again = build(fields.parse(given))()
    for (let i = 0; i < 200; i++) {
      const effect = first(blowOf(`r${i}`))
      expect(EFFECTS[stage]).toContain(effect.do)
      const other = again(blowOf(`r${i}`))
      expect(other.do).toEqual(effect.do)
      if (effect.do === 'wait') expect(effect.ms).toSatisfy((ms: number) => ms >= 0 && Number.isFinite(ms))
      if (effect.do === 'wait' || effect.do === 'answer' || effect.do === 'nothing') expect(other).toEqual(effect)
      if (effect.do === 'answer') expect(effect.status).toSatisfy((status: number) => status >= 200 && status <= 599)
    }
  })

  it.each(stage === 'payload' ? tries : [])('with $given throws at no answer, however odd, and changes it alike each time', ({ given }) => {
    const run = (): readonly (string | undefined)[] => {
      const striker = build(fields.parse(given))()
      return ODD.flatMap((text) => [1, 0].map((strength) => degradedBy(striker(blowOf(text, { strength })), answerOf(text))))
    }
    expect(run()).toEqual(run())
  })

  it.each(tries)('with $given and a key more is refused, as are things that are no mapping', ({ given }) => {
    expect(fields.safeParse({ ...given, percentage: 1 }).success).toBe(false)
    expect(fields.safeParse({ ...given, kind: 'other' }).success).toBe(false)
    for (const none of [undefined, null, [], 'x', 1]) expect(fields.safeParse(none).success).toBe(false)
  })
})
