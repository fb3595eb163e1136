import { describe, expect, it } from 'vitest'
import type { Outbound } from '../../src/http/outbound.ts'
import { ResponseHead } from '../../src/http/response-head.ts'
import { type Guarded, GuardedCopy } from '../../src/shadow/guarded-copy.ts'

/** A copy that notes what it is told, and makes mistakes where it is told to. */
function noting(mistakeIn?: string): { copy: Guarded, told: string[] } {
  const told: string[] = []
  const note = (name: string) => (...args: readonly unknown[]): void => {
    told.push([name, ...args.filter((arg) => typeof arg === 'string')].join(' '))
    if (name === mistakeIn) throw new Error('breaks on purpose')
  }
  return {
    told,
    copy: {
      onConnected: note('onConnected'), onUnconnected: note('onUnconnected'), onResponse: note('onResponse'), onResponseBody: note('onResponseBody'),
      onResponseEnd: note('onResponseEnd'), onOutboundFailed: note('onOutboundFailed'), expire: note('expire'), onHeld: note('onHeld'), broke: note('broke')
    }
  }
}

/** A connection of which only its end matters here. */
function connection(): { outbound: Outbound, ends: () => number } {
  let ended = 0
  const outbound = { destroy: () => { ended++ } } as unknown as Outbound // nothing else of it is used
  return { outbound, ends: () => ended }
}

const { outbound: given } = connection()
const CALLS: readonly (readonly [told: string, call: (guarded: GuardedCopy) => void])[] = [
  ['onConnected', (guarded) => guarded.onConnected(given)],
  ['onUnconnected pool_full', (guarded) => guarded.onUnconnected('pool_full')],
  ['onResponse', (guarded) => guarded.onResponse(given, new ResponseHead())],
  ['onResponseBody', (guarded) => guarded.onResponseBody(Buffer.from('x'))],
  ['onResponseEnd', (guarded) => guarded.onResponseEnd()],
  ['onOutboundFailed closed', (guarded) => guarded.onOutboundFailed('closed')],
  ['expire', (guarded) => guarded.expire()],
  ['onHeld', (guarded) => guarded.onHeld()]
]

describe('a guarded copy', () => {
  it.each(CALLS)('is told of %s once, and has not broken', (told, call) => {
    const { copy, told: all } = noting()
    call(new GuardedCopy(copy))
    expect(all).toEqual([told])
  })

  it.each(CALLS)('that makes a mistake in %s has broken, and who called goes on', (told, call) => {
    const { copy, told: all } = noting(told.split(' ')[0])
    expect(() => call(new GuardedCopy(copy))).not.toThrow()
    expect(all).toEqual([told, 'broke'])
  })

  it('that breaks as it is given a connection leaves none open', () => {
    const [kept, lost] = [connection(), connection()]
    new GuardedCopy(noting().copy).onConnected(kept.outbound)
    new GuardedCopy(noting('onConnected').copy).onConnected(lost.outbound)
    expect([kept.ends(), lost.ends()]).toEqual([0, 1])
  })

  it('has no deadline until it is given one, and hears nothing of what nobody waits for', () => {
    const { copy, told } = noting()
    const guarded = new GuardedCopy(copy)
    guarded.onInterim()
    guarded.onResponseFlush()
    guarded.onOutboundDrain()
    expect([guarded.deadlineMs, told]).toEqual([Infinity, []])
  })
})
