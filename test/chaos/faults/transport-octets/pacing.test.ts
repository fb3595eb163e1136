import { describe, expect, it } from 'vitest'
import type { OctetScript, Step } from '../../../../src/chaos/streams/script.ts'
import { createRng } from '../../../../src/core/rng.ts'
import { blowOf, type Fields, strikerOf } from '../../support/fault.ts'

function scripted(kind: string, fields: Fields, strength = 1): OctetScript {
  const effect = strikerOf(kind, fields)(blowOf('r', { strength }))
  if (effect.do !== 'octets') throw new Error(effect.do)
  return effect.script
}

/** Plays an answer that comes in these pieces, and says when each octet has left and the end comes, in ms. */
function timed(script: OctetScript, pieces: readonly Buffer[]): { readonly octets: Buffer, readonly sends: readonly number[], readonly steps: readonly Step[], readonly leftAt: readonly number[], readonly endMs: number } {
  const steps = [...pieces.flatMap((piece) => script.data(piece)), ...script.end()]
  const leftAt: number[] = []
  let ms = 0
  for (const step of steps) {
    if (step.do === 'wait') ms += step.ms
    if (step.do === 'send') for (let i = 0; i < step.octets.length; i++) leftAt.push(ms)
  }
  const sent = steps.flatMap((step) => step.do === 'send' ? [step.octets] : [])
  return { octets: Buffer.concat(sent), sends: sent.map(({ length }) => length), steps, leftAt, endMs: ms }
}

const rng = createRng(3)
const BODY = Buffer.from(Array.from({ length: 3000 }, () => rng.whole(0, 255)))

/** The body in pieces: of one size, or of any. */
function cut(size: number | undefined): readonly Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < BODY.length; at += pieces.at(-1)?.length ?? 1) pieces.push(BODY.subarray(at, at + (size ?? rng.whole(1, 400))))
  return pieces
}
const ARRIVALS = [3000, 1000, 100, 7, 1, undefined, undefined]

describe.each(ARRIVALS)('an answer that comes in pieces of %s', (size) => {
  it.each(['16B', '1KB', '10KiB', '1MiB', '1GiB'])('through a line of %s a second takes its length by the rate, and at no time less', (rate) => {
    const perS = { '16B': 16, '1KB': 1000, '10KiB': 10_240, '1MiB': 1024 ** 2, '1GiB': 1024 ** 3 }[rate] ?? 0
    const { octets, endMs, leftAt, steps, sends } = timed(scripted('bandwidth', { rate }), cut(size))
    expect(octets.equals(BODY)).toBe(true)
    // a whole ms short at most, as timers count those
    expect(Math.abs(endMs - 3_000_000 / perS)).toBeLessThan(1 + 1e-6)
    // waits of less than 5 ms are put together with the next, and a slice is let go at its end
    leftAt.forEach((ms, i) => {
      expect(ms).toBeGreaterThan(1000 * (i + 1) / perS - 5 - 1e-6)
      expect(ms).toBeLessThan(1000 * (i + 1) / perS + 62.5 + 1e-6)
    })
    for (const step of steps) if (step.do === 'wait') expect(Number.isInteger(step.ms) && step.ms >= 1).toBe(true)
    expect(Math.max(...sends)).toBeLessThanOrEqual(Math.max(1, perS / 16))
  })

  it.each([[1, 1], [10, 5], [7, 20], [2999, 10], [5000, 10]])('dribbles %d octets each %d ms', (octets, every) => {
    const { octets: sent, endMs, leftAt } = timed(scripted('dribble', { octets, every: `${every}ms` }), cut(size))
    expect([sent.equals(BODY), endMs]).toEqual([true, Math.ceil(3000 / octets) * every])
    expect(leftAt.every((ms, i) => ms === Math.floor(i / octets) * every)).toBe(true)
  })

  it.each([1, 3, 10, 4096])('is cut anew at each multiple of %d octets, and takes no time', (octets) => {
    const { octets: sent, endMs, steps } = timed(scripted('resplit', { octets }), cut(size))
    expect([sent.equals(BODY), endMs]).toEqual([true, 0])
    // sends between waits are one piece
    const pieces = [0]
    for (const step of steps) if (step.do === 'send') pieces[pieces.length - 1]! += step.octets.length; else pieces.push(0)
    expect(pieces.filter((length) => length > 0)).toEqual([...Array.from({ length: Math.floor(3000 / octets) }, () => octets), ...3000 % octets > 0 ? [3000 % octets] : []])
  })

  it.each([0, 1, 2999])('is broken off after %d octets', (octets) => {
    const script = scripted('truncate', { octets })
    const { octets: sent, steps } = timed(script, cut(size))
    expect([sent.equals(BODY.subarray(0, octets)), script.fired, steps.at(-1)]).toEqual([true, true, { do: 'cut', how: 'fin' }])
  })

  it('ends late by its last octet alone', () => {
    const { octets, leftAt, endMs } = timed(scripted('slow-close', { fixed: '2s' }), cut(size))
    expect([octets.equals(BODY), leftAt.filter((ms) => ms > 0), endMs]).toEqual([true, [2000], 2000])
  })
})

it.each<[string, Fields]>([['dribble', { octets: 1, every: '1s' }], ['slow-close', { fixed: '1s' }]])('%s at strength 0 leaves an answer as it came', (kind, fields) => {
  const script = scripted(kind, fields, 0)
  const pieces = cut(undefined)
  expect(timed(script, pieces).steps).toEqual(pieces.map((octets) => ({ do: 'send', octets })))
  expect(script.fired).toBe(false)
})

it('an answer without octets is held by none', () => {
  for (const [kind, fields] of [['bandwidth', { rate: '16B' }], ['dribble', { octets: 1, every: '1s' }], ['resplit', { octets: 1 }], ['slow-close', { fixed: '1s' }], ['truncate', { octets: 0 }]] as const) {
    const script = scripted(kind, fields)
    expect([timed(script, []).steps, script.fired]).toEqual([[], false])
  }
})
