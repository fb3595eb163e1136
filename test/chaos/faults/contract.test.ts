import { describe, expect, it } from 'vitest'
import { faults } from '../../../src/chaos/faults/index.ts'
import { drawsOf } from '../../../src/chaos/experiment.ts'
import { keyOf } from '../../../src/core/hash.ts'

// fields to try each fault with; one that is registered and not listed here fails
const FIELDS: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  abort: [{ status: 503 }, { status: 429, headers: { 'retry-after': '1' }, body: '{"error":"busy"}' }],
  delay: [{ fixed: '2s' }, { fixed: '0s' }, { fixed: '100ms', jitter: '1s' }]
}

it('the faults are those of the list above, each once', () => {
  expect(faults.map(({ name }) => name).toSorted()).toEqual(Object.keys(FIELDS).toSorted())
})

describe.each(faults)('the fault $name', ({ name, summary, fields, build }) => {
  const tries = (FIELDS[name] ?? []).map((given) => ({ given: { kind: name, ...given } }))

  it('has a summary that is one sentence in lower case', () => {
    expect(summary).toMatch(/^[a-z].{10,}[^.]$/)
    expect(summary).not.toContain('\n')
  })

  it.each(tries)('with $given says what to do, and the same each time for the same draws', ({ given }) => {
    const fault = build(fields.parse(given))
    const again = build(fields.parse(given))
    for (let i = 0; i < 200; i++) {
      const effect = fault(drawsOf(1, keyOf(`r${i}`)))
      expect(['wait', 'answer']).toContain(effect.do)
      expect(fault(drawsOf(1, keyOf(`r${i}`)))).toEqual(effect)
      expect(again(drawsOf(1, keyOf(`r${i}`)))).toEqual(effect)
      if (effect.do === 'wait') expect(effect.ms).toSatisfy((ms: number) => ms >= 0 && Number.isFinite(ms))
      else expect(effect.status).toSatisfy((status: number) => status >= 200 && status <= 599)
    }
  })

  it.each(tries)('with $given and a key more, or one less, is refused', ({ given }) => {
    expect(fields.safeParse({ ...given, percent: 1 }).success).toBe(false)
    expect(fields.safeParse({ ...given, kind: 'other' }).success).toBe(false)
    expect(fields.safeParse({ kind: name }).success).toBe(false)
    for (const none of [undefined, null, [], 'x', 1]) expect(fields.safeParse(none).success).toBe(false)
  })
})
