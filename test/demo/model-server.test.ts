import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type House, rowOf } from '../../src/demo/house.ts'
import type { HouseModel } from '../../src/demo/house-models.ts'
import { readInstances } from '../../src/demo/instances.ts'
import type { RunningServer } from '../../src/demo/json-server.ts'
import { scoreLabels } from '../../src/demo/labels.ts'
import { drawHouse } from '../../src/demo/market.ts'
import { delayOf, startModelServer } from '../../src/demo/model-server.ts'
import { createRng } from '../../src/core/rng.ts'

interface Prediction { readonly label: string, readonly price: number, readonly scores: unknown, readonly note: string, readonly days_to_sell: number }

interface Answer {
  readonly predictions: readonly Prediction[]
  readonly model: string
  readonly version: string
  readonly id: string
  readonly latency_ms: number
}

const house: House = { rooms: 3, area_m2: 97, age_years: 16, distance_km: 3.7, garden: true, neighbourhood: 'riverside', energy: 'A' }
const model: HouseModel = {
  text: 'area alone',
  predict: ({ area_m2: area }) => ({ label: 'mid', price: 4000 * area, scores: scoreLabels(4000 * area, 0.1) })
}

let server: RunningServer
beforeAll(async () => {
  server = await startModelServer({ model, version: 'v1', host: '127.0.0.1', port: 0, delay: { fixedMs: 1, tailMs: 1 }, now: () => performance.now() })
})
afterAll(() => server.close())

// what is the same every time
const known = ({ label, price, scores }: Prediction): unknown => ({ label, price, scores })
const predict = (body: string): Promise<Response> => fetch(`${server.url}/v1/models/house:predict`, { method: 'POST', body })
const predicted = async (...instances: readonly unknown[]): Promise<Answer> => await (await predict(JSON.stringify({ instances }))).json() as Answer

describe('the model server', () => {
  it('answers each instance in order, with label, price and scores', async () => {
    const answer = await predicted(house, { ...house, area_m2: 50 })
    expect(answer.predictions.map(known)).toEqual([model.predict(house), model.predict({ ...house, area_m2: 50 })])
    for (const { note } of answer.predictions) expect(note).toMatch(/^A .+ house.*, .+\.$/)
    expect(answer.predictions.map(({ days_to_sell: days }) => days)).toEqual([51, 41])
    expect([answer.model, answer.version]).toEqual(['house', 'v1'])
  })

  it('takes a house as a row of numbers too', async () => {
    expect((await predicted(rowOf(house))).predictions.map(known)).toEqual((await predicted(house)).predictions.map(known))
  })

  it('gives a new id each time and says how long it took', async () => {
    const answers = await Promise.all([predicted(house), predicted(house)])
    expect(answers[0].id).not.toBe(answers[1].id)
    for (const { latency_ms: latencyMs } of answers) expect(latencyMs).toBeGreaterThan(0)
  })

  it('is healthy, and says that its model is ready', async () => {
    expect(await (await fetch(`${server.url}/healthz`)).json()).toEqual({ status: 'ok' })
    expect(await (await fetch(`${server.url}/v1/models/house`)).json()).toMatchObject({ name: 'house', ready: true, model_version_status: [{ version: 'v1', state: 'AVAILABLE' }] })
  })

  it.each([
    ['{"instances": [', 'the body is not JSON'],
    ['[]', 'the body: expected an object'],
    ['{}', 'instances: expected a list'],
    ['{"instances": []}', 'instances: expected a list of 1 to 256'],
    [JSON.stringify({ instances: Array.from({ length: 257 }, () => house) }), 'instances: expected a list of 1 to 256'],
    ['{"instances": [7]}', 'instances[0]: expected an object; got 7'],
    ['{"instances": [null]}', 'instances[0]: expected an object; got null'],
    [JSON.stringify({ instances: [house, { ...house, area_m2: 'big' }] }), 'instances[1].area_m2: expected a number from 10 to 2000; got "big"'],
    [JSON.stringify({ instances: [{ ...house, area_m2: -5 }] }), 'instances[0].area_m2: expected a number from 10 to 2000; got -5'],
    [JSON.stringify({ instances: [{ ...house, rooms: undefined }] }), 'instances[0].rooms: expected a number from 1 to 30; got nothing'],
    [JSON.stringify({ instances: [{ ...house, garden: 'yes' }] }), 'instances[0].garden: expected true or false; got "yes"'],
    [JSON.stringify({ instances: [{ ...house, neighbourhood: 'constructor' }] }), 'instances[0].neighbourhood: expected one of old-town'],
    ['{"instances": [[3, 97, 16, 3.7, 1, 1]]}', 'instances[0]: expected 7 numbers; got 6'],
    ['{"instances": [[3, 97, 16, 3.7, 1, 6, 0]]}', 'instances[0][5]: expected a whole number from 0 to 5; got 6'],
    ['{"instances": [[3, 97, 16, 3.7, 0.5, 1, 0]]}', 'instances[0][4]: expected a whole number from 0 to 1; got 0.5'],
    ['{"instances": [[3, null, 16, 3.7, 1, 1, 0]]}', 'instances[0][1]: expected a number from 10 to 2000; got null']
  ])('refuses %s', async (body, message) => {
    const answer = await predict(body)
    expect(answer.status).toBe(400)
    const { error } = await answer.json() as { error: string }
    expect(error.slice(0, message.length)).toBe(message)
  })

  it.each([
    ['GET', '/v1/models/house:predict', 405],
    ['POST', '/v1/models/house', 405],
    ['POST', '/v1/models/castle:predict', 404]
  ])('answers %s %s with an error', async (method, path, status) => {
    const answer = await fetch(server.url + path, { method, ...(method === 'POST' ? { body: '{}' } : {}) })
    expect(answer.status).toBe(status)
    expect(typeof (await answer.json() as { error: string }).error).toBe('string')
  })

  it('refuses a body that is too large', async () => {
    expect((await predict(' '.repeat(256 * 1024 + 1))).status).toBe(413)
  })
})

describe('an instance', () => {
  it('of any house that the market has is read as it was, also from a row', () => {
    const rng = createRng(8)
    for (let i = 0; i < 1000; i++) {
      const drawn = drawHouse(rng)
      const body: unknown = JSON.parse(JSON.stringify({ instances: [drawn, rowOf(drawn)] }))
      expect(readInstances(body)).toEqual([drawn, drawn])
    }
  })
})

describe('the delay', () => {
  it.each([
    [{ fixedMs: 4, tailMs: 3 }, Math.exp(-1), 7],
    [{ fixedMs: 4, tailMs: 3 }, 1, 4],
    [{ fixedMs: 4, tailMs: 3 }, 1e-12, 19],
    [{ fixedMs: 0, tailMs: 0 }, 0.5, 0]
  ])('of %o at %f is %f ms', (plan, point, ms) => {
    expect(delayOf(plan, point)).toBeCloseTo(ms, 9)
  })
})
