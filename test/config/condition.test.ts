import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { conditionField, isWithin, textOf } from '../../src/config/schema/condition.ts'

describe('a condition', () => {
  it.each<[object, object]>([
    [{ measure: 'p99', max: '800ms' }, { kind: 'own', name: 'p99 over 30s <= 800ms', measure: 'p99', route: undefined, backend: undefined, window: 30_000, max: 800, min: undefined }],
    [{ measure: 'error-percent', route: 'chat', backend: 'a', window: '2m', max: 1.5, name: 'few errors' }, { kind: 'own', name: 'few errors', measure: 'error-percent', route: 'chat', backend: 'a', window: 120_000, max: 1.5, min: undefined }],
    [{ measure: 'requests-per-second', min: 10, max: 100 }, { kind: 'own', name: 'requests-per-second over 30s >= 10 and <= 100', measure: 'requests-per-second', route: undefined, backend: undefined, window: 30_000, max: 100, min: 10 }],
    [{ promql: 'up', min: 1 }, { kind: 'promql', name: 'up >= 1', promql: 'up', max: undefined, min: 1 }]
  ])('%j is read whole', (said, expected) => {
    expect(conditionField.parse(said)).toEqual(expected)
  })

  it.each<[object, string, string]>([
    [{ max: 1 }, '', 'expected one of measure and promql'],
    [{ measure: 'p99', promql: 'up', max: '1s' }, '', 'expected one of measure and promql'],
    [{ measure: 'p99' }, '', 'expected max, min or both'],
    [{ measure: 'p99', max: 800 }, 'max', 'expected a duration with a unit; got 800 - did you mean "800ms"?'],
    [{ measure: 'error-percent', max: '1s' }, 'max', 'expected a number without a unit'],
    [{ measure: 'error-percent', max: 101 }, 'max', 'expected a percentage from 0 to 100; got 101'],
    [{ promql: 'up', max: '1s' }, 'max', 'expected a number without a unit'],
    [{ promql: 'up', max: 1, route: 'chat' }, 'route', 'expected no such key beside promql: the query says it'],
    [{ measure: 'requests-per-second', min: 2, max: 1 }, 'max', 'expected no less than min'],
    [{ measure: 'p99', max: '1s', windw: '1m' }, '', 'Unrecognized key: "windw"']
  ])('%j is refused', (said, path, message) => {
    const { error } = conditionField.safeParse(said)
    expect(error?.issues.map((issue) => [issue.path.join('.'), issue.message])).toEqual([[path, message]])
  })

  it('has a JSON Schema', () => {
    expect(z.toJSONSchema(conditionField, { io: 'input' })).toMatchObject({ type: 'object', title: 'condition', additionalProperties: false })
  })

  it('is met on its bounds and between', () => {
    const between = conditionField.parse({ measure: 'requests-per-second', min: 1, max: 2 })
    expect([0.9, 1, 1.5, 2, 2.1, Infinity].map((value) => isWithin(between, value))).toEqual([false, true, true, true, false, false])
    expect(textOf(conditionField.parse({ measure: 'first-byte-p99', route: 'r', backend: 'b', max: '1.5s' }))).toBe('first-byte-p99 of route r to backend b over 30s <= 1s500ms')
  })
})
