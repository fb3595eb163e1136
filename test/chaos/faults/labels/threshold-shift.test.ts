import { describe, expect, it } from 'vitest'
import { degraded, type Fields, skipOf } from '../../support/fault.ts'
import { upTo } from './rows.ts'

const KIND = 'threshold-shift'
const LABELS = { labelAt: 'label', labels: ['no', 'yes'] }

interface Row { readonly score: number, readonly label: string }

const rowsBy = (fields: Fields, rows: readonly Row[], strength = 1): readonly Row[] =>
  (JSON.parse(degraded(KIND, fields, { predictions: rows }, { strength }) ?? 'null') as { readonly predictions: readonly Row[] }).predictions

describe('a shifted score', () => {
  it.each([[Math.log(4), 0.5, 0.8, 1], [Math.log(16), 0.5, 0.8, 0.5], [-Math.log(4), 0.8, 0.5, 1], [3, 0, 0, 1], [-3, 1, 1, 1]])('by %d from %d is %d at strength %d', (shift, from, to, strength) => {
    const text = degraded(KIND, { shift, at: '/p' }, { p: from }, { strength }) ?? JSON.stringify({ p: from })
    expect(Math.abs((JSON.parse(text) as { readonly p: number }).p - to)).toBeLessThan(1e-12)
  })

  it.each([[1, 0.5], [-2, 0.5], [0.7, 0.9]])('by %d passes the threshold %d where the formula says, and the ranks stay', (shift, threshold) => {
    const rows = upTo(999).map((i) => ({ score: (i + 1) / 1000, label: (i + 1) / 1000 >= threshold ? 'yes' : 'no' }))
    const after = rowsBy({ shift, threshold, ...LABELS }, rows)
    const from = threshold / (threshold + (1 - threshold) * Math.exp(shift))
    expect(after.map(({ label }) => label)).toEqual(rows.map(({ score }) => score >= from ? 'yes' : 'no'))
    expect(after.map(({ score }) => score)).toEqual(after.map(({ score }) => score).toSorted((one, other) => one - other))
  })

  it('and its label are all that changes', () => {
    expect(degraded(KIND, { shift: 50, ...LABELS }, '{"id":12345678901234567890,"predictions":[{"label" : "no", "score":0.50, "n":0.1000},{"score":0.0,"label":"no"},{"score":1.0, "label":"maybe"}]}'))
      .toBe('{"id":12345678901234567890,"predictions":[{"label" : "yes", "score":1, "n":0.1000},{"score":0.0,"label":"no"},{"score":1.0, "label":"maybe"}]}')
  })

  it('may have a label that is a number or a truth value, as it was spelled where it stays', () => {
    const fields = { at: '/p/*', labelAt: '/l/*', shift: 50 }
    expect(degraded(KIND, { ...fields, labels: [0, 1] }, '{"l":[0.0,1.0,0],"p":[0.50,0.50,0.0]}')).toBe('{"l":[1,1.0,0],"p":[1,1,0.0]}')
    expect(degraded(KIND, { ...fields, labels: [false, true] }, '{"l":[false,true],"p":[0.50,0.0]}')).toBe('{"l":[true,false],"p":[1,0.0]}')
  })

  it('keeps its label where none is asked for', () => {
    expect(degraded(KIND, { shift: 50 }, '{"score":0.5,"label":"no"}')).toBe('{"score":1,"label":"no"}')
  })

  it('stays, and its label, at no strength', () => {
    expect(degraded(KIND, { shift: 5, ...LABELS }, '{"score":0.50,"label":"yes"}', { strength: 0 })).toBeUndefined()
    expect(degraded(KIND, { shift: 5, ...LABELS }, '{"score":0.90,"label":"no"}', { strength: 0 })).toBeUndefined()
  })

  it.each<[Fields, string, string]>([
    [{}, '{}', 'target_absent'], [{}, '{', 'not_json'], [{}, '{"score":"1"}', 'wrong_type'], [{}, '{"score":[0.5]}', 'wrong_type'], [{}, '{"score":12}', 'not_probabilities'], [{}, '{"score":1}', 'unchanged'],
    [LABELS, '{"score":0.5}', 'rows_differ'], [LABELS, '{"score":0.5,"label":"no","class":"no"}', 'rows_differ'], [{ at: '/a', labelAt: '/a', labels: [0.5, 1] }, '{"a":0.5}', 'targets_overlap']
  ])('with %j of %s is skipped: %s', (fields, body, reason) => {
    expect(skipOf(KIND, { shift: 1, ...fields }, body)).toBe(reason)
  })

  it.each<Fields>([{}, { shift: 0 }, { shift: 51 }, { shift: 1, labelAt: 'label' }, { shift: 1, labels: ['a', 'b'] }, { shift: 1, threshold: 0.4 }, { shift: 1, labelAt: 'label', labels: ['a', 'a'] }, { shift: 1, labelAt: 'label', labels: ['a'] }, { shift: 1, ...LABELS, threshold: 1 }])('is refused as %j', (fields) => {
    expect(() => degraded(KIND, fields, '{}')).toThrow()
  })
})
