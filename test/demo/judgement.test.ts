import { describe, expect, it } from 'vitest'
import { createJudge } from '../../src/compare/judge.ts'
import { judgeOptions } from '../../src/control/judges.ts'
import type { Answer } from '../../src/core/answer.ts'
import { createRng } from '../../src/core/rng.ts'
import { demoConfig } from '../../src/demo/demo-config.ts'
import { MISLABELLED, type HouseModel, trainHouseModels } from '../../src/demo/house-models.ts'
import { readInstances } from '../../src/demo/instances.ts'
import { daysToSell, noteOn } from '../../src/demo/notes.ts'
import { planRequest } from '../../src/demo/traffic-plan.ts'
import { configOf } from '../support/data-plane.ts'

const REQUESTS = 4000
const { v1, v3 } = trainHouseModels(1)
const url = 'http://127.0.0.1:1'
const { config: { routes: [route] } } = configOf(demoConfig({ v1: url, v2: url, v3: url, llm1: url, llm2: url }, { listen: '127.0.0.1:0', admin: '127.0.0.1:0' }))

/** What the demo's shadow is found to be, on the demo's own traffic, without a network. */
function judged(): ReturnType<ReturnType<typeof createJudge>['report']> {
  const judge = createJudge(judgeOptions(route!.mirrors[0]!.compare, 'secret'))
  const rng = createRng(7)
  const answer = (model: HouseModel, body: string): Answer => ({
    status: 200, contentType: 'application/json', contentEncoding: '', fields: [], firstByteMs: 4, durationMs: 5, marks: [],
    body: Buffer.from(JSON.stringify({ predictions: readInstances(JSON.parse(body)).map((house) => ({ ...model.predict(house), note: noteOn(house, rng), days_to_sell: daysToSell(house) })), model: 'house', id: `made-${rng.uniform()}` }))
  })
  for (let i = 0; i < REQUESTS; i++) {
    const { kind, path, body } = planRequest(1, i, 500)
    if (kind !== 'predict') continue
    judge.add({
      route: route!.name, mirror: 'next', baselineBackend: 'v1', requestId: `demo-${i}`, path, request: Buffer.from(body), headers: [], probability: 1,
      primary: answer(v1, body), shadow: answer(v3, body), baseline: i % 2 === 0 ? answer(v1, body) : undefined
    }, i)
  }
  return judge.report()
}

describe('the shadow of the demo', () => {
  it('is found to be worse for a subgroup, noisy in its words and the same in the rest, and nothing else', () => {
    const { fields } = judged()
    const verdictOf = (path: string): string | undefined => fields.find((field) => field.path === path)?.verdict.kind
    for (const path of ['/predictions/*/label', '/predictions/*/price', '/predictions/*/scores']) {
      expect([path, verdictOf(path)]).toEqual([path, 'different'])
      const slices = fields.find((field) => field.path === path)!.slices
      // rows of numbers do not name their neighbourhood
      const found = slices.filter(({ verdict, value }) => verdict.kind === 'different' && value !== '(missing)').map(({ value }) => value)
      expect([path, found]).toEqual([path, [MISLABELLED]])
      for (const { verdict, value } of slices) if (value !== MISLABELLED && value !== '(missing)') expect([path, value, verdict.kind]).toEqual([path, value, 'equivalent'])
    }
    expect(fields.find(({ path }) => path === '/predictions/*/note')!.rates.share).toBeGreaterThan(0.9)
    expect(['/predictions/*/note', '/predictions/*/days_to_sell', '(status)'].map(verdictOf)).toEqual(['equivalent', 'equivalent', 'equivalent'])
    expect(fields.filter(({ verdict }) => verdict.kind === 'different')).toHaveLength(3)
  })
})
