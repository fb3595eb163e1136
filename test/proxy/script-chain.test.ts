import { describe, expect, it } from 'vitest'
import type { Strike } from '../../src/chaos/decide.ts'
import type { Effect } from '../../src/chaos/fault.ts'
import type { Step } from '../../src/chaos/streams/script.ts'
import { ScriptChain } from '../../src/proxy/inject/script-chain.ts'
import { blowOf, type Fields, strikerOf } from '../chaos/support/fault.ts'

const strikeOf = (effect: Effect): Strike => ({ effect, injection: { experiment: 'one', fault: 'x' }, record: { kind: 'x', result: 'planned', reason: '', detail: '', change: undefined }, slot: 0, mark: false })
const fault = (kind: string, fields: Fields = {}): Strike => strikeOf(strikerOf(kind, fields)(blowOf('r')))
const sent = (steps: readonly Step[]): string => Buffer.concat(steps.flatMap((step) => step.do === 'send' ? [step.octets] : [])).toString()

function chain(events: readonly Strike[], octets: readonly Strike[] = [], format: 'sse' | 'lines' = 'sse'): { readonly scripts: ScriptChain, readonly failed: Strike[] } {
  const failed: Strike[] = []
  return { scripts: new ScriptChain(events, octets, format, (strike) => failed.push(strike)), failed }
}

describe('a chain of scripts', () => {
  it('lets an event that is too large go on as it comes, with all behind it, and loses no octet', () => {
    const { scripts } = chain([fault('reorder-events', { window: 5 }), fault('corrupt-event', { share: 1 })])
    const large = Buffer.alloc(300_000, 'x')
    let out = sent(scripts.data(Buffer.from('data: {"a":1}\n\n')))
    let most = 0
    for (let i = 0; i < 20; i++) {
      out += sent(scripts.data(large))
      most = Math.max(most, (i + 1) * large.length - out.length)
    }
    out += sent(scripts.end())
    expect(most).toBeLessThan(2 * 1024 * 1024)
    expect(out.length).toBe('data: {"a\n\n'.length + 20 * large.length)
  })

  it.each<['sse' | 'lines', string]>([['lines', '{"done":true}'], ['sse', 'data: [DONE]\n'], ['sse', 'data: [DONE]']])('takes a last event without its end for one (%s, %j)', (format, last) => {
    const { scripts } = chain([fault('drop-marker')], [], format)
    expect(sent(scripts.data(Buffer.from(last))) + sent(scripts.end())).toBe('')
  })

  it('leaves out a script that throws, and passes the event it threw at', () => {
    const bad = strikeOf({ do: 'events', script: { event: () => { throw new Error('breaks on purpose') }, end: () => [], fired: false } })
    const badOctets = strikeOf({ do: 'octets', script: { data: () => { throw new Error('breaks on purpose') }, end: () => { throw new Error('no one asks') }, fired: false } })
    const { scripts, failed } = chain([bad, fault('duplicate-events', { share: 1 })], [badOctets, fault('resplit', { octets: 1 })])
    expect(sent(scripts.data(Buffer.from('data: 1\n\ndata: 2\n\n'))) + sent(scripts.end())).toBe('data: 1\n\ndata: 1\n\ndata: 2\n\ndata: 2\n\n')
    expect(failed).toEqual([bad, badOctets])
    expect(scripts.settle().map(({ fired }) => fired)).toEqual([true, true])
    expect(scripts.settle()).toEqual([])
  })

  it('released gives up what is held, and passes what comes as it is', () => {
    const { scripts } = chain([fault('coalesce-events', { events: 10 })], [fault('slow-close', { fixed: '1m' })])
    expect(sent(scripts.data(Buffer.from('data: 1\n\nda')))).toBe('')
    expect(scripts.release().every((step) => step.do === 'send')).toBe(true)
    expect(scripts.data(Buffer.from('ta: 2\n\n'))).toEqual([{ do: 'send', octets: Buffer.from('ta: 2\n\n') }])
    expect(scripts.end()).toEqual([])
  })
})
