import { describe, expect, it } from 'vitest'
import { Pieces } from '../../src/core/pieces.ts'
import { Random, runSeed } from '../http/support/random.ts'

/** Octets as a socket reads them: in memory of their own, with so many more around them. */
const read = (octets: Buffer, around = 0): Buffer => {
  const memory = Buffer.allocUnsafeSlow(octets.length + around)
  octets.copy(memory)
  return memory.subarray(0, octets.length)
}

describe('pieces', () => {
  it('hold nothing at first, and nothing once they are cleared', () => {
    const pieces = new Pieces()
    expect([pieces.list, pieces.joined()]).toEqual([[], undefined])
    for (let i = 0; i < 100; i++) pieces.add(read(Buffer.from('x')))
    pieces.clear()
    expect([pieces.list, pieces.joined()]).toEqual([[], undefined])
  })

  it('are all that was added, in order, also after they were cleared', () => {
    const random = new Random(runSeed())
    const pieces = new Pieces()
    for (let round = 0; round < 200; round++) {
      const added = Array.from({ length: random.below(150) }, () => read(Buffer.alloc(random.pick([0, 1, 7, 300]), random.below(256)), random.pick([0, 5000])))
      for (const chunk of added) pieces.add(chunk)
      const label = `seed ${random.seed} round ${round}`
      expect((pieces.joined() ?? Buffer.alloc(0)).equals(Buffer.concat(added)), label).toBe(true)
      expect(pieces.list.length, label).toBeLessThanOrEqual(Math.floor(added.length / 32) + 31)
      pieces.clear()
    }
  })

  it('that have been put together are not copied again', () => {
    const pieces = new Pieces()
    const seen = new Set<Buffer>()
    for (let i = 0; i < 320; i++) {
      pieces.add(read(Buffer.from([i & 255])))
      for (const piece of pieces.list) if (piece.length > 1) seen.add(piece)
    }
    expect([...seen]).toEqual(pieces.list)
    expect(pieces.list.map(({ length }) => length)).toEqual(Array.from({ length: 10 }, () => 32))
  })

  it('that are one are handed back as they are', () => {
    const pieces = new Pieces()
    const only = read(Buffer.from('only'))
    pieces.add(only)
    expect(pieces.joined()).toBe(only)
  })

  it.each([
    ['fills its read', 1000, 0, false],
    ['leaves as much as is allowed', 1000, 1000 + 4096, false],
    ['leaves an octet more than is allowed', 1000, 1000 + 4096 + 1, true],
    ['is all but nothing of its read', 1, 65_535, true]
  ])('keep a chunk that %s by reference or as a copy', (_name, size, around, copied) => {
    const pieces = new Pieces()
    const chunk = read(Buffer.alloc(size, 'x'), around)
    pieces.add(chunk)
    expect(pieces.list[0] !== chunk).toBe(copied)
    expect(pieces.list[0]).toEqual(chunk)
  })
})
