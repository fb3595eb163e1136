import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Decision } from '../../src/core/exchange.ts'
import { Ledger, type LedgerRow } from '../../src/control/ledger.ts'
import { ThreadMeter } from '../../src/telemetry/thread-meter.ts'
import type { ChaosRecord } from '../../src/telemetry/chaos-record.ts'
import { configOf } from '../support/data-plane.ts'
import { POLL } from '../support/poll.ts'
import { testFolder } from '../support/sidecar.ts'

const config = (ledger: string): ReturnType<typeof configOf>['config'] => configOf(`version: 1
backends: { a: { url: "http://127.0.0.1:1" } }
routes: [{ name: all, backend: a }]
chaos: { limits: { percent: 1, active: 1 }, ledger: { ${ledger} }, experiments: [{ name: one, route: all, percent: 1, duration: 1s, faults: [{ kind: reset }] }] }
`).config

const BEFORE = '{"user": "ada", "label": "a"}'
const AFTER = '{"user": "ada", "label": "b"}'
const decision: Decision = {
  experiment: 'one', side: 'primary', group: 'experiment', drawn: 0.001, share: 0.01, skip: '',
  faults: [{ kind: 'label-flip', result: 'injected', reason: '', detail: '', change: { before: BEFORE, after: AFTER } }, { kind: 'noise', result: 'skipped', reason: 'target_absent', detail: '', change: undefined }]
}
const record = (requestId: string, one: Decision = decision): ChaosRecord => ({ requestId, atMs: 1_700_000_000_000, route: 'all', backend: 'a', decisions: [one] })

async function rowsOf(settings: string, records: readonly ChaosRecord[], count: number): Promise<readonly LedgerRow[]> {
  const file = join(testFolder(), 'ledger.ndjson')
  const ledger = new Ledger(new ThreadMeter(() => undefined), (_file, error) => { throw error })
  ledger.take(config(`file: ${file}${settings}`))
  for (const one of records) ledger.add(one)
  const read = (): LedgerRow[] => readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as LedgerRow)
  await expect.poll(() => read().length, POLL).toBe(count)
  return read()
}

describe('a ledger', () => {
  const sha = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`

  it('has a line for each fault of a request, with the draw, the share and hashes of what was changed', async () => {
    const common = { at: '2023-11-14T22:13:20.000Z', experiment: 'one', requestId: 'r', route: 'all', backend: 'a', arm: 'primary', group: 'experiment', drawn: 0.001, share: 0.01 }
    expect(await rowsOf('', [record('r')], 2)).toEqual([
      { ...common, fault: 'label-flip', injected: true, before: sha(BEFORE), after: sha(AFTER) },
      { ...common, fault: 'noise', injected: false, skipped: 'target_absent' }
    ])
  })

  it('keeps the texts where it is told to, without what must not be kept, and none where it is told not to', async () => {
    expect((await rowsOf(', changes: values, redact: [/user]', [record('r')], 2))[0]).toMatchObject({ before: '{"user": "(redacted)", "label": "a"}', after: '{"user": "(redacted)", "label": "b"}' })
    expect((await rowsOf(', changes: none', [record('r')], 2))[0]).not.toHaveProperty('before')
    // what cannot be looked into for what must not be kept is not kept
    const odd = { ...decision, faults: [{ ...decision.faults[0]!, change: { before: '<a>', after: '<b>' } }] }
    expect((await rowsOf(', changes: values, redact: [/user]', [record('r', odd)], 1))[0]).toMatchObject({ before: sha('<a>') })
  })

  it('remembers the last of it, what was decided for a copy beside what was for its request, and forgets the oldest', () => {
    const ledger = new Ledger(new ThreadMeter(() => undefined), () => undefined)
    ledger.add(record('r'))
    ledger.add(record('r', { ...decision, side: 'shadow', faults: [] }))
    expect(ledger.find('r').map(({ arm, fault }) => [arm, fault])).toEqual([['primary', 'label-flip'], ['primary', 'noise'], ['shadow', undefined]])
    for (let i = 0; i < 20_000; i++) ledger.add(record(`other-${i}`))
    expect([ledger.find('r'), ledger.find('other-19999').length]).toEqual([[], 2])
  })

  it.each(['hashes', 'values'])('remembers no texts where the file has %s of them: they may be many and large', async (changes) => {
    let reads = 0
    const change = { get before() { reads++; return BEFORE }, after: AFTER }
    const file = join(testFolder(), 'ledger.ndjson')
    const ledger = new Ledger(new ThreadMeter(() => undefined), (_file, error) => { throw error })
    ledger.take(config(`file: ${file}, changes: ${changes}`))
    ledger.add(record('r', { ...decision, faults: [{ ...decision.faults[0]!, change }] }))
    const readOnce = reads
    expect(ledger.find('r')[0]).toMatchObject({ before: sha(BEFORE), after: sha(AFTER) })
    expect([readOnce > 0, reads - readOnce]).toEqual([true, 0])
    await expect.poll(() => readFileSync(file, 'utf8').split('\n').length, POLL).toBe(2)
  })
})
