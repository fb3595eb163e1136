import { describe, expect, it } from 'vitest'
import { faults } from '../../../../src/chaos/faults/index.ts'
import type { Striker } from '../../../../src/chaos/fault.ts'
import { createMemory, MOST_CHARACTERS } from '../../../../src/chaos/faults/payload/memory.ts'
import { answerOf, blowOf, type Facts, type Fields, strikerOf } from '../../support/fault.ts'

/** What a unit gets in place of an answer: another text, or the reason why not. */
function got(striker: Striker, unit: string, body: unknown, facts: Facts = {}): string {
  const effect = striker(blowOf(unit))
  if (effect.do !== 'degrade') throw new Error(effect.do)
  const made = effect.degrade(answerOf(body, facts))
  return made.do === 'skip' ? made.reason : made.do === 'replace' ? made.text : 'edited'
}

describe('stale', () => {
  it.each([1, 2, 3])('replays the answer of %d answers ago', (age) => {
    const striker = strikerOf('stale', { age })
    for (let i = 0; i < 10; i++) expect(got(striker, 'ann', `{"n":${i}.0}`)).toBe(i < age ? 'nothing_yet' : `{"n":${i - age}.0}`)
  })

  it('hands no unit another\'s answer, unless told to', () => {
    const own = strikerOf('stale', {})
    expect(['ann', 'ben', 'ann', 'ben'].map((unit, i) => got(own, unit, `${unit}${i}`))).toEqual(['nothing_yet', 'nothing_yet', 'ann0', 'ben1'])
    const any = strikerOf('stale', { among: 'any' })
    expect(['ann', 'ben', 'ann', 'ben'].map((unit, i) => got(any, unit, `${unit}${i}`))).toEqual(['nothing_yet', 'ann0', 'ben1', 'ann2'])
  })

  it('replays only what was asked for at the same path and looks the same', () => {
    const striker = strikerOf('stale', { among: 'any' })
    const facts: readonly Facts[] = [{ path: '/a' }, { path: '/b' }, { path: '/a', status: 500 }, { path: '/a', contentType: 'text/plain' }, { path: '/a' }]
    expect(facts.map((fact, i) => got(striker, 'ann', `answer ${i}`, fact))).toEqual(['nothing_yet', 'nothing_yet', 'nothing_yet', 'nothing_yet', 'answer 0'])
  })

  it('forgets those that are oldest beyond what it keeps', () => {
    const striker = strikerOf('stale', { keep: 2 })
    expect(['ann', 'ben', 'cid', 'ann', 'cid'].map((unit, i) => got(striker, unit, `${unit}${i}`))).toEqual(['nothing_yet', 'nothing_yet', 'nothing_yet', 'nothing_yet', 'cid2'])
  })

  it('does not keep what is too large, and says when nothing has changed', () => {
    const striker = strikerOf('stale', {})
    expect(got(striker, 'ann', 'x'.repeat(MOST_CHARACTERS + 1))).toBe('too_large')
    expect(got(striker, 'ann', '1')).toBe('nothing_yet')
    expect(got(striker, 'ann', '1')).toBe('unchanged')
  })

  it('begins anew with each run', () => {
    const { build, fields } = faults.find(({ name }) => name === 'stale')!
    const fault = build(fields.parse({ kind: 'stale' }))
    got(fault(), 'ann', '1')
    expect(got(fault(), 'ann', '2')).toBe('nothing_yet')
  })
})

describe('freeze', () => {
  it('gives a unit its first answer for good', () => {
    const striker = strikerOf('freeze', {})
    expect(['ann', 'ben', 'ann', 'ben', 'ann'].map((unit, i) => got(striker, unit, `${unit}${i}`))).toEqual(['nothing_yet', 'nothing_yet', 'ann0', 'ben1', 'ann0'])
    expect(got(striker, 'ann', 'ann0')).toBe('unchanged')
  })

  it('gives all the first of them, when told to', () => {
    const striker = strikerOf('freeze', { among: 'any' })
    expect(['ann', 'ben', 'ann'].map((unit, i) => got(striker, unit, `${unit}${i}`))).toEqual(['nothing_yet', 'ann0', 'ann0'])
  })

  it('thaws none for want of room', () => {
    const striker = strikerOf('freeze', { keep: 1 })
    expect(['ann', 'ben', 'ben', 'ann'].map((unit, i) => got(striker, unit, `${unit}${i}`))).toEqual(['nothing_yet', 'memory_full', 'memory_full', 'ann0'])
    expect(got(strikerOf('freeze', {}), 'ann', 'x'.repeat(MOST_CHARACTERS + 1))).toBe('too_large')
  })
})

describe('the memory of both', () => {
  it('holds no more characters than it may, whatever comes', () => {
    const memory = createMemory(1000)
    const half = 'x'.repeat(MOST_CHARACTERS / 2)
    for (const group of ['a', 'b', 'c']) memory.remember(group, half)
    expect(['a', 'b', 'c'].map((group) => memory.count(group))).toEqual([0, 1, 1])
    expect(memory.hasRoom('x')).toBe(false)
    memory.forgetOldest('b')
    expect(memory.hasRoom(half)).toBe(true)
    memory.remember('d', 'x'.repeat(MOST_CHARACTERS))
    expect(['a', 'b', 'c', 'd'].map((group) => memory.count(group))).toEqual([0, 0, 0, 1])
  })

  it('holds no more answers than it may', () => {
    const memory = createMemory(5)
    for (let i = 0; i < 1000; i++) memory.remember(`g${i % 3}`, String(i))
    expect(['g0', 'g1', 'g2'].map((group) => memory.count(group))).toEqual([2, 1, 2])
    expect(memory.oldest('g1')).toBe('997')
    expect(memory.oldest('none')).toBeUndefined()
  })
})

it.each<[string, Fields]>([
  ['stale', { age: 0 }], ['stale', { age: 1.5 }], ['stale', { age: 257 }], ['stale', { age: 3, keep: 2 }], ['stale', { keep: 0 }], ['stale', { keep: 10_001 }], ['stale', { among: 'all' }], ['freeze', { age: 1 }], ['freeze', { keep: 0 }]
])('%s is refused with %j', (kind, fields) => {
  expect(faults.find(({ name }) => name === kind)!.fields.safeParse({ kind, ...fields }).success).toBe(false)
})
