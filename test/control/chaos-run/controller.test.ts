import { describe, expect, it } from 'vitest'
import { createRun, type Run, type RunOptions } from '../../../src/control/chaos-run/controller.ts'
import type { PrometheusQuery } from '../../../src/control/chaos-run/prometheus-query.ts'
import type { RunRecord } from '../../../src/control/chaos-run/record.ts'
import { Counters } from './support/folds.ts'
import { ERRORS, FAST, hypothesis, policy, stopRule } from './support/policy.ts'
import { STARTED } from './support/records.ts'

interface Bench {
  readonly run: Run
  readonly done: string[]
  readonly records: RunRecord[]
  readonly counters: Counters
  /** Lets seconds pass, each with requests of both groups and the answers of queries. */
  readonly pass: (seconds: number, requests?: { readonly code?: string, readonly count?: number }) => Promise<void>
  readonly isTicking: () => boolean
}

function bench(more: Partial<RunOptions> & { readonly throws?: string } = {}): Bench {
  const { throws, ...options } = more
  const counters = new Counters()
  const done: string[] = []
  const records: RunRecord[] = []
  let nowMs = 5000
  let tick: (() => void) | undefined
  const act = (what: string): void => {
    done.push(what)
    if (throws !== undefined && what.startsWith(throws)) throw new Error(`cannot ${what}`)
  }
  const run = createRun({
    id: 'e-1',
    experiment: 'e',
    policy: policy({ watched: [hypothesis(ERRORS)] }),
    slowerThanMs: 1000,
    startsAtMs: 0,
    hands: {
      start: ({ share }) => act(`start ${share}`) as undefined,
      setStage: ({ share }, stage) => act(`stage ${stage} ${share}`),
      stop: ({ code }) => act(`stop ${code}`),
      log: ({ text }) => act(`log ${text}`),
      ended: (record) => {
        records.push(record)
        act('ended')
      }
    },
    clock: () => nowMs,
    wallClock: () => nowMs - 5000 + STARTED,
    every: (_, call) => {
      tick = call
      return () => { tick = undefined }
    },
    collect: () => counters.collect(),
    query: undefined,
    ...options
  })
  const pass: Bench['pass'] = async (seconds, { code = '200', count = 20 } = {}) => {
    for (let i = 0; i < seconds; i++) {
      counters.requests(code, count)
      for (const group of ['experiment', 'control']) counters.meter().counter('chaos_group_requests_total', { experiment: 'e', group, result: 'ok' }).add(count)
      nowMs += 1000
      tick?.()
      // oxlint-disable-next-line no-await-in-loop -- answers of queries arrive between seconds
      await Promise.resolve()
      await Promise.resolve() // oxlint-disable-line no-await-in-loop -- as above
    }
  }
  return { run, done, records, counters, pass, isTicking: () => tick !== undefined }
}

const acts = ({ done }: Bench): readonly string[] => done.filter((one) => !one.startsWith('log'))

describe('a run under its controller', () => {
  it('does nothing before it is begun, then runs to its end and lets go of everything', async () => {
    const one = bench()
    await one.pass(3)
    expect([one.done, one.isTicking()]).toEqual([[], false])
    one.run.begin()
    await one.pass(60)
    expect(acts(one)).toEqual(['start 0.01', 'stage 1 0.02', 'stop completed', 'ended'])
    expect(one.done).toContain('log completed: PASS: 1 conditions held in 40 checks')
    expect(one.isTicking()).toBe(false)
    const [record] = one.records
    expect(record).toMatchObject({ id: 'e-1', experiment: 'e', how: 'completed', verdict: { kind: 'PASS' }, createdAtMs: STARTED, startedAtMs: STARTED + 3000, endedAtMs: STARTED + 63_000, arms: { experiment: { requests: 800 }, control: { requests: 800 } } })
    expect(record?.log.map(({ atMs }) => (atMs - STARTED) / 1000)).toEqual([3, 13, 33, 53, 63])
    await one.pass(10)
    one.run.dispose()
    one.run.stop('nobody')
    expect(acts(one)).toHaveLength(4)
  })

  it('halts by what it measures', async () => {
    const one = bench({ policy: policy({ watched: [stopRule(ERRORS)] }) })
    one.run.begin()
    await one.pass(15)
    expect(one.run.readings()).toEqual([{ value: 0 }])
    await one.pass(3, { code: '503' })
    expect(acts(one)).toEqual(['start 0.01', 'stop stop_rule', 'ended'])
    expect(one.records[0]?.verdict.kind).toBe('FAIL')
  })

  it.each<[string, (run: Run) => void, string, string]>([
    ['stopped', (run) => run.stop('ann'), 'stopped', 'stop stopped_early'],
    ['halted', (run) => run.halt('the kill file is there'), 'halted', 'stop halted_from_outside'],
    ['not renewed', (run) => run.leaseExpired(), 'expired_lease', 'stop lease_expired'],
    ['disposed of', (run) => run.dispose(), 'stopped', 'stop stopped_early']
  ])('ends at once when it is %s', async (_, what, how, stop) => {
    const one = bench()
    one.run.begin()
    await one.pass(15)
    what(one.run)
    expect(acts(one)).toEqual(['start 0.01', stop, 'ended'])
    expect(one.records[0]?.how).toBe(how)
    expect(one.isTicking()).toBe(false)
  })

  it('can be disposed of before it is begun', () => {
    const one = bench()
    one.run.dispose()
    expect(acts(one)).toEqual(['stop stopped_early', 'ended'])
  })

  it('ends with the reason when its faults are refused, or throw', async () => {
    const refused = bench({ hands: { ...HANDS, start: () => 'killed' } })
    refused.run.begin()
    await refused.pass(12)
    expect(refused.run.state().phase).toMatchObject({ at: 'ended', how: 'stopped', reason: { code: 'start_refused', text: 'killed' } })
    const thrown = bench({ throws: 'start' })
    thrown.run.begin()
    await thrown.pass(12)
    expect(acts(thrown)).toEqual(['start 0.01', 'stop start_refused', 'ended'])
    // nothing is said of a stage that never was
    expect(thrown.done.filter((line) => line.startsWith('log stage'))).toEqual([])
    const staged = bench({ throws: 'stage' })
    staged.run.begin()
    await staged.pass(40)
    expect(acts(staged)).toEqual(['start 0.01', 'stage 1 0.02', 'stop halted_from_outside', 'ended'])
  })

  it('tries to turn faults off until that succeeds', async () => {
    let failures = 3
    const stops: string[] = []
    const one = bench({ hands: { ...HANDS, stop: ({ code }) => {
      stops.push(code)
      if (failures-- > 0) throw new Error('busy')
    } } })
    one.run.begin()
    await one.pass(12)
    one.run.stop('ann')
    expect(one.isTicking()).toBe(true)
    await one.pass(5)
    expect(stops).toEqual(['stopped_early', 'stopped_early', 'stopped_early', 'stopped_early'])
    expect(one.isTicking()).toBe(false)
  })

  it('lets go even where they cannot be turned off', async () => {
    const one = bench({ throws: 'stop' })
    one.run.begin()
    await one.pass(12)
    one.run.dispose()
    expect(one.isTicking()).toBe(false)
    expect(one.records).toHaveLength(1)
  })

  it('throws at nobody, whatever throws', async () => {
    for (const throws of ['start', 'stage', 'stop', 'log', 'ended']) {
      const one = bench({ throws })
      one.run.begin()
      await one.pass(70)
      one.run.dispose()
      expect(one.run.state().phase.at).toBe('ended')
    }
  })

  it('halts when its counters cannot be read', async () => {
    const one = bench({ policy: policy({ watched: [stopRule(ERRORS)], baselineMs: 0 }), collect: () => { throw new Error('no') } })
    one.run.begin()
    await one.pass(30)
    expect(one.run.state().phase).toMatchObject({ how: 'halted', reason: { code: 'unreadable', text: 'few errors: no data for 30 s (the metrics could not be read)' } })
    expect(one.records[0]?.unread).toEqual({ noData: 0, failed: 30 })
  })

  it('looks at nothing while its start is far away', async () => {
    let looks = 0
    const one = bench({ startsAtMs: 65_000, collect: () => {
      looks++
      return new Map()
    } })
    one.run.begin()
    await one.pass(45)
    expect(looks).toBe(0)
    await one.pass(20)
    expect(looks).toBe(17)
    expect(one.run.state().phase.at).toBe('baseline')
  })

  it('may be told to stop by what it does', async () => {
    let run: Run | undefined
    const one = bench({ hands: { ...HANDS, setStage: () => run?.halt('the caller says so') } })
    run = one.run
    run.begin()
    await one.pass(60)
    expect(run.state().phase).toMatchObject({ how: 'halted', reason: { text: 'the caller says so' } })
  })
})

describe('a run that asks Prometheus', () => {
  const asked = policy({ watched: [stopRule(FAST)] })

  it('goes by its answers', async () => {
    let value = 1
    const one = bench({ policy: asked, query: () => Promise.resolve({ value }) })
    one.run.begin()
    await one.pass(20)
    expect(one.run.readings()).toEqual([{ value: 1 }])
    value = 900
    await one.pass(3)
    expect(acts(one)).toEqual(['start 0.01', 'stop stop_rule', 'ended'])
  })

  it('takes an answer that is old for none, asks one question at a time, and lets go of it in the end', async () => {
    let questions = 0
    let isAborted = false
    const query: PrometheusQuery = (_, signal) => {
      questions++
      signal.addEventListener('abort', () => { isAborted = true })
      return questions <= 12 ? Promise.resolve({ value: 1 }) : new Promise(() => undefined)
    }
    const one = bench({ policy: asked, query })
    one.run.begin()
    await one.pass(25)
    expect(questions).toBe(13)
    expect(one.run.readings()).toEqual([{ value: undefined, problem: 'Prometheus has not answered for a while' }])
    await one.pass(30)
    expect(one.run.state().phase).toMatchObject({ how: 'halted', reason: { code: 'unreadable' } })
    expect([questions, isAborted]).toEqual([13, true])
  })

  it('counts what fails, and takes it for no data', async () => {
    const one = bench({ policy: policy({ watched: [hypothesis(FAST)] }), query: () => Promise.reject(new Error('down')) })
    one.run.begin()
    await one.pass(60)
    expect(one.records[0]).toMatchObject({ how: 'completed', verdict: { kind: 'INCONCLUSIVE', reasons: [{ code: 'no_data' }] }, unread: { noData: 0, failed: 60 } })
    const none = bench({ policy: asked })
    none.run.begin()
    await none.pass(12)
    expect(none.run.state().phase).toMatchObject({ how: 'aborted_baseline', reason: { code: 'baseline_unreadable', text: 'fast: no Prometheus is configured' } })
  })
})

const HANDS: RunOptions['hands'] = { start: () => undefined, setStage: () => undefined, stop: () => undefined, log: () => undefined, ended: () => undefined }
