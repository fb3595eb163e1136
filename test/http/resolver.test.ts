import { describe, expect, it } from 'vitest'
import { Resolver, systemLookup } from '../../src/http/resolver.ts'

interface LookUps {
  readonly resolver: Resolver
  readonly time: { ms: number }
  readonly changes: (readonly string[])[]
  /** Ends the look-up that is under way. */
  readonly answer: (found: readonly string[] | Error) => Promise<void>
  readonly count: () => number
}

function setUp(hostname = 'model'): LookUps {
  const time = { ms: 1000 }
  const changes: (readonly string[])[] = []
  const pending: { resolve: (found: readonly string[]) => void, reject: (error: Error) => void }[] = []
  let count = 0
  const resolver = new Resolver(hostname, 5000, () => time.ms, () => {
    count++
    return new Promise((resolve, reject) => { pending.push({ resolve, reject }) })
  }, (addresses) => { changes.push(addresses) })
  return {
    resolver, time, changes, count: () => count,
    answer: async (found) => {
      const one = pending.shift()!
      if (found instanceof Error) one.reject(found)
      else one.resolve(found)
      await new Promise((resolve) => { setImmediate(resolve) })
    }
  }
}

describe('a resolver', () => {
  it('waits for the first addresses, once for all who ask', async () => {
    const { resolver, answer, count } = setUp()
    expect(resolver.current()).toEqual([])
    const asked = [resolver.wait(), resolver.wait()]
    resolver.current()
    expect(count()).toBe(1)
    await answer(['10.0.0.1'])
    expect(await Promise.all(asked)).toEqual([['10.0.0.1'], ['10.0.0.1']])
    expect(resolver.current()).toEqual(['10.0.0.1'])
  })

  it('asks again when the addresses are old and somebody wants them, and uses the old ones meanwhile', async () => {
    const { resolver, time, answer, count, changes } = setUp()
    void resolver.wait()
    await answer(['10.0.0.1'])
    time.ms += 5000
    resolver.current()
    expect(count()).toBe(1)
    time.ms += 1
    expect([resolver.current(), resolver.current(), count()]).toEqual([['10.0.0.1'], ['10.0.0.1'], 2])
    expect(await resolver.wait()).toEqual(['10.0.0.1'])
    await answer(['10.0.0.2', '10.0.0.3'])
    expect(resolver.current()).toEqual(['10.0.0.2', '10.0.0.3'])
    expect(changes).toEqual([['10.0.0.1'], ['10.0.0.2', '10.0.0.3']])
  })

  it.each([
    [['a', 'b'], ['b', 'a'], false], [['a', 'b'], ['a'], true], [['a'], ['a', 'b'], true], [['a'], ['b'], true], [['a'], ['a'], false]
  ])('tells of %j after %j only as a change: %#', async (before, after, changed) => {
    const { resolver, time, answer, changes } = setUp()
    void resolver.wait()
    await answer(before)
    time.ms += 5001
    resolver.current()
    await answer(after)
    expect(changes.length).toBe(changed ? 2 : 1)
  })

  it('keeps the old addresses while the name server fails, and goes on asking', async () => {
    const { resolver, time, answer, count } = setUp()
    void resolver.wait()
    await answer(['10.0.0.1'])
    for (let i = 2; i < 5; i++) {
      time.ms += 5001
      resolver.current()
      // oxlint-disable-next-line no-await-in-loop -- one after another is the point
      await answer(new Error('SERVFAIL'))
      expect([resolver.current(), count()]).toEqual([['10.0.0.1'], i])
    }
  })

  it('fails those who wait when the first look-up fails, and asks again for the next', async () => {
    const { resolver, answer, count } = setUp()
    const first = resolver.wait()
    const failed = expect(first).rejects.toThrow('NXDOMAIN')
    await answer(new Error('NXDOMAIN'))
    await failed
    expect(resolver.current()).toEqual([])
    const second = resolver.wait()
    expect(count()).toBe(2)
    await answer(['10.0.0.1'])
    expect(await second).toEqual(['10.0.0.1'])
  })

  it.each([['127.0.0.1', '127.0.0.1'], ['[::1]', '::1'], ['::1', '::1']])('asks nobody about %s', async (hostname, address) => {
    const { resolver, time, count } = setUp(hostname)
    time.ms += 1e9
    expect([resolver.current(), await resolver.wait(), count()]).toEqual([[address], [address], 0])
  })
})

describe('systemLookup', () => {
  it('knows this machine', async () => {
    const found = await systemLookup('localhost')
    expect(found.length).toBeGreaterThan(0)
    for (const address of found) expect(['127.0.0.1', '::1']).toContain(address)
  })
})
