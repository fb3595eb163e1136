import { describe, expect, it } from 'vitest'
import type { Answer } from '../../src/core/answer.ts'
import { countBound } from '../support/chance.ts'
import { answer, judgeOf, pick, seeded, trial } from './support.ts'

const SEED = 20_260_408
const RUNS = 150
const REQUESTS = 320

/** What a model that is not sure of itself says to one question: some questions are harder than others. */
function answers(random: () => number): () => Answer {
  const hard = random()
  const words = pick(random, ['a b c d e f', 'x y z', 'p q r s t u v w'])
  return () => {
    if (random() < 0.02 * hard) return answer('no', { status: 503 })
    if (random() < 0.02 * hard) return answer('{"label":')
    return answer({
      label: random() < 0.4 * hard ? pick(random, ['cat', 'dog']) : 'cat',
      score: 1 + (random() < hard ? 0.01 * random() : 0),
      text: words.split(' ').map((word) => random() < hard ? pick(random, [...'abcdxyz']) : word).join(' '),
      tags: ['a', 'b', 'c'].filter(() => random() > 0.3 * hard),
      group: hard < 0.5 ? 'easy' : 'hard'
    })
  }
}

describe(`a judge of three answers of one model (seed ${SEED})`, () => {
  it('calls nothing different, in more runs than it promises, looking all the while', () => {
    let alarms = 0
    for (let run = 0; run < RUNS; run++) {
      const random = seeded(SEED + run)
      const judge = judgeOf({
        fields: [{ at: '/label', as: 'label' }, { at: '/score', as: 'number', rel: 0.004 }, { at: '/text', as: 'text' }, { at: '/tags', as: 'set' }],
        slices: [{ name: 'group', answer: '/group' }, { name: 'tenant', header: 'x-tenant' }]
      })
      for (let i = 0; i < REQUESTS; i++) {
        const said = answers(random)
        judge.add(trial(`r${i}`, said(), said(), said(), { headers: [pick(random, ['acme', 'initech', 'hooli'])] }), 0)
      }
      // a field that was found at any of the looks has that time
      const { fields } = judge.report(false)
      if (fields.some(({ foundAt, verdict, slices }) => foundAt !== null || verdict.kind === 'different' || slices.some((slice) => slice.verdict.kind === 'different'))) alarms++
    }
    expect(alarms - RUNS * 0.05).toBeLessThan(countBound(RUNS, 0.05))
  })
})
