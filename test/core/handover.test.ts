import { MessageChannel, Worker } from 'node:worker_threads'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type Batch, Handover, HANDOVER_MEMORY_BYTES, taken } from '../../src/core/handover.ts'
import type { Counter, Gauge } from '../../src/core/meter.ts'
import { RecordReader } from '../../src/core/records.ts'
import { Random, runSeed } from '../http/support/random.ts'
import { Signal } from '../http/support/signal.ts'
import { Count } from '../support/count.ts'

/** A receiver that has what was posted to it, and does with it what a test says. */
class Receiver {
  readonly memory = new SharedArrayBuffer(HANDOVER_MEMORY_BYTES)
  readonly batches: Batch[] = []
  readonly changed = new Signal()

  readonly post = (batch: Batch): void => {
    this.batches.push(batch)
    this.changed.fire()
  }

  /** The numbers in its oldest batch, which it is then done with. */
  take(): number[] {
    const batch = this.batches.shift()!
    const numbers = numbersOf(batch)
    taken(this.memory, batch.size)
    return numbers
  }
}

function numbersOf({ memory, size }: Batch): number[] {
  const reader = new RecordReader(memory, size)
  const numbers: number[] = []
  while (!reader.done) {
    numbers.push(reader.integer())
    reader.octets()
  }
  return numbers
}

const OVERHEAD = 8 // what `offer` writes besides its padding

/** Offers a record of `size` octets; false when there is no room. */
function offer(handover: Handover, number: number, size: number, lost: Counter, posted?: Gauge): boolean {
  const writer = handover.open(size)
  if (writer === undefined) return false
  writer.integer(number)
  writer.octets([Buffer.alloc(size - OVERHEAD)], size - OVERHEAD)
  handover.close({ lost, ...posted && { posted } })
  return true
}

function connected(maxBytes: number): { handover: Handover, receiver: Receiver } {
  const handover = new Handover(maxBytes)
  const receiver = new Receiver()
  handover.connect(receiver.post, receiver.memory)
  onTestFinished(() => handover.disconnect())
  return { handover, receiver }
}

describe('a handover', () => {
  it('refuses records while nobody is connected', () => {
    const handover = new Handover(1e6)
    expect(handover.open(10)).toBeUndefined()
    const receiver = new Receiver()
    handover.connect(receiver.post, receiver.memory)
    expect(handover.open(10)).toBeDefined()
    handover.disconnect()
    expect(handover.open(10)).toBeUndefined()
  })

  it('posts a batch as soon as it is full, and what is left a moment later', async () => {
    const { handover, receiver } = connected(1e6)
    for (let i = 0; i < 70; i++) offer(handover, i, 1000, new Count())
    expect(receiver.batches).toHaveLength(1)
    await receiver.changed.until(() => receiver.batches.length === 2)
    expect(receiver.batches.flatMap(numbersOf)).toEqual(Array.from({ length: 70 }, (_, i) => i))
    expect(receiver.batches[0]!.size).toBeGreaterThanOrEqual(65_536)
  })

  it('counts what has been posted, less what a receiver has died on', () => {
    const { handover, receiver } = connected(1e6)
    const [lost, posted] = [new Count(), new Count()]
    const state = (): number[] => [lost.value, posted.value]
    for (let i = 0; i < 3; i++) offer(handover, i, 1000, lost, posted)
    expect(state()).toEqual([0, 0])
    handover.flush()
    expect(state()).toEqual([0, 3])
    offer(handover, 3, 1000, lost, posted)
    handover.flush()
    receiver.take()
    offer(handover, 4, 1000, lost, posted)
    handover.disconnect()
    expect(state()).toEqual([2, 3])
  })

  it('posts nothing when there is nothing, and leaves no timer behind', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const { handover, receiver } = connected(1e6)
    handover.flush()
    expect(receiver.batches).toHaveLength(0)
    offer(handover, 1, 100, new Count())
    handover.flush()
    expect(vi.getTimerCount()).toBe(0)
    offer(handover, 2, 100, new Count())
    expect(vi.getTimerCount()).toBe(1)
    handover.disconnect()
    expect(vi.getTimerCount()).toBe(0)
    expect(receiver.batches).toHaveLength(1)
  })

  it('takes a record that is larger than a batch', () => {
    const { handover, receiver } = connected(1e6)
    expect(offer(handover, 7, 500_000, new Count())).toBe(true)
    expect(receiver.take()).toEqual([7])
    expect(handover.bytes).toBe(0)
  })

  it('refuses what goes beyond its bound, gathered and posted alike, and takes more once the receiver is done', () => {
    const { handover, receiver } = connected(100_000)
    let accepted = 0
    while (offer(handover, accepted, 1000, new Count())) accepted++
    expect(accepted).toBe(100)
    expect(handover.bytes).toBe(100_000)
    handover.flush()
    expect(handover.bytes).toBe(100_000)
    expect(offer(handover, 0, 1000, new Count())).toBe(false)
    const { length } = receiver.take()
    expect(handover.bytes).toBe(100_000 - length * 1000)
    expect(offer(handover, 0, 1000, new Count())).toBe(true)
  })

  it.each([
    ['before anything was posted', 0, 0],
    ['with a batch that it never looked at', 1, 0],
    ['between two batches', 2, 1],
    ['after the last batch', 2, 2]
  ])('counts what its receiver was not done with once when that dies %s', (_, posts, takes) => {
    const { handover, receiver } = connected(1e6)
    const lost = [new Count(), new Count(), new Count()]
    for (let i = 0; i < 3; i++) {
      offer(handover, i, 100, lost[i]!)
      if (i < posts) handover.flush()
    }
    for (let i = 0; i < takes; i++) receiver.take()
    handover.disconnect()
    expect(lost.map(({ value }) => value)).toEqual([0, 1, 2].map((i) => i < takes ? 0 : 1))
    handover.disconnect()
    const next = new Receiver()
    handover.connect(next.post, next.memory)
    handover.flush()
    expect(lost.map(({ value }) => value)).toEqual([0, 1, 2].map((i) => i < takes ? 0 : 1))
    expect(next.batches).toHaveLength(0)
    expect(handover.bytes).toBe(0)
  })

  it('is not confused by what a receiver that is gone still does', () => {
    const { handover, receiver } = connected(1e6)
    const lost = new Count()
    offer(handover, 1, 100, lost)
    handover.flush()
    const next = new Receiver()
    handover.connect(next.post, next.memory)
    expect(lost.value).toBe(1)
    receiver.take()
    expect(handover.bytes).toBe(0)
    offer(handover, 2, 100, lost)
    handover.flush()
    expect(handover.bytes).toBe(100)
    expect(next.take()).toEqual([2])
    handover.disconnect()
    expect(lost.value).toBe(1)
  })

  it('refuses large records no more often than small ones while its receiver is behind', () => {
    const seed = runSeed()
    const random = new Random(seed)
    const { handover, receiver } = connected(400_000)
    const offered = { small: 0, large: 0 }
    const refused = { small: 0, large: 0 }
    for (let number = 0; number < 20_000; number++) {
      const size = random.once(2) ? 'small' : 'large'
      offered[size]++
      if (!offer(handover, number, size === 'small' ? 600 : 60_000, new Count())) refused[size]++
      if (random.once(6) && receiver.batches.length > 0) receiver.take()
    }
    const [small, large] = [refused.small / offered.small, refused.large / offered.large]
    expect(small, `seed ${seed}`).toBeGreaterThan(0.3)
    // 99.9 % of two shares of 10,000 that are one
    expect(Math.abs(small - large), `seed ${seed}`).toBeLessThan(3.29 * Math.sqrt(2 * small * (1 - small) / 9000))
  })

  it('ends every record in exactly one of refused, done with and lost, in whatever order things happen', () => {
    const seed = runSeed()
    const random = new Random(seed)
    for (let round = 0; round < 60; round++) {
      const maxBytes = 1000 + random.below(300_000)
      const handover = new Handover(maxBytes)
      let receiver: Receiver | undefined
      const ends: number[] = []
      const counters: Count[] = []
      const done = (number: number): void => { ends[number]!++ }
      for (let step = 0; step < 400; step++) {
        switch (random.below(12)) {
          case 0:
            receiver = new Receiver()
            handover.connect(receiver.post, receiver.memory)
            break
          case 1:
            if (random.once(4)) {
              handover.disconnect()
              receiver = undefined
            }
            break
          case 2:
            handover.flush()
            break
          case 3:
          case 4:
            if (receiver !== undefined && receiver.batches.length > 0) receiver.take().forEach(done)
            break
          default: {
            const number = ends.push(0) - 1
            counters.push(new Count())
            if (!offer(handover, number, OVERHEAD + random.below(random.once(20) ? 90_000 : 900), counters[number]!)) done(number)
          }
        }
        // what is refused is refused by what is under way: the last record may go over it
        expect(handover.bytes, `seed ${seed}, round ${round}, step ${step}`).toBeLessThan(maxBytes + OVERHEAD + 90_000)
      }
      handover.disconnect()
      const total = ends.map((count, i) => count + counters[i]!.value)
      expect(total.every((count) => count === 1), `seed ${seed}, round ${round}: ${String(total)}`).toBe(true)
    }
  })
})

describe('a handover to a thread', () => {
  it.each([1, 3])('loses no count when the thread dies in the middle of batch %i', async (batch) => {
    const worker = new Worker(new URL('support/receiver-thread.ts', import.meta.url), { workerData: { diesIn: batch } })
    onTestFinished(async () => void await worker.terminate())
    worker.on('error', () => undefined) // it dies on purpose
    const died = new Promise((resolve) => { worker.on('exit', resolve) })
    const memory = new SharedArrayBuffer(HANDOVER_MEMORY_BYTES)
    const done = new Int32Array(new SharedArrayBuffer(4))
    const { port1, port2 } = new MessageChannel()
    worker.postMessage({ port: port2, memory, done: done.buffer }, [port2])
    const handover = new Handover(1e7)
    handover.connect((one) => port1.postMessage(one, [one.memory]), memory)
    const lost = new Count()
    const records = 1000
    for (let i = 0; i < records; i++) expect(offer(handover, i, 500, lost)).toBe(true)
    await died
    handover.disconnect()
    expect(done[0]! + lost.value).toBe(records)
    expect(lost.value).toBeGreaterThan(0)
    if (batch > 1) expect(done[0]).toBeGreaterThan(0)
  })
})
