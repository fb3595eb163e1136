import { describe, expect, it } from 'vitest'
import { NO_ARMS } from '../../../src/control/chaos-run/arms.ts'
import { newRun, step } from '../../../src/control/chaos-run/lifecycle.ts'
import type { RunPolicy } from '../../../src/control/chaos-run/policy.ts'
import type { RunEvent, RunState } from '../../../src/control/chaos-run/state.ts'
import { createRng } from '../../../src/core/rng.ts'
import { allWell, arm, outcome, play, type Script } from './support/play.ts'
import { ERRORS, FAST, hypothesis, policy, stopRule } from './support/policy.ts'

const harm = { of: 'errors', more: 0.01, confidence: 0.95 } as const
// ten seconds of baseline, stages from 10 to 30 and 50, recovery until 60
const between = (from: number, to: number, then: number, otherwise = 1) => (second: number): number => second >= from && second < to ? then : otherwise

describe('a run', () => {
  it('goes through its stages and turns everything off', () => {
    const played = play(policy())
    expect(played.story).toEqual(['10 start', '30 setStage 1', '50 stop completed'])
    expect(outcome(played)).toBe('completed PASS hypothesis_held')
    expect(played.state.stages.map(({ stage, sinceMs, untilMs, arms }) => [stage, sinceMs, untilMs, arms.experiment.requests])).toEqual([[0, 10_000, 30_000, 400], [1, 30_000, 50_000, 400]])
    expect(played.state.phase).toMatchObject({ atMs: 60_000 })
    expect([played.state.before?.atMs, played.state.during.map(({ atMs }) => atMs), played.state.after?.atMs]).toEqual([10_000, [30_000, 50_000], 60_000])
  })

  it('starts at once without a baseline, ends at once without a recovery, and waits for its time', () => {
    expect(play(policy({ baselineMs: 0, recoveryMs: 0 })).story).toEqual(['0 start', '20 setStage 1', '40 stop completed'])
    const state = newRun(policy(), 5000)
    expect(step(state, { kind: 'tick', atMs: 4999, readings: [], arms: NO_ARMS }, policy()).state).toBe(state)
    expect(step(state, { kind: 'tick', atMs: 5000, readings: [], arms: NO_ARMS }, policy()).state.phase).toEqual({ at: 'baseline', sinceMs: 5000 })
  })

  const tables: readonly (readonly [string, RunPolicy, Script, string])[] = [
    ['a hypothesis that does not hold for a second', policy(), { readings: (s) => [between(35, 36, 6)(s), 1] }, 'completed FAIL hypothesis_violated'],
    ['one that may not hold for less than ten', policy({ watched: [hypothesis(ERRORS, { forMs: 10_000 })] }), { readings: (s) => [between(35, 44, 6)(s)] }, 'completed PASS hypothesis_held'],
    ['one that does not hold for ten', policy({ watched: [hypothesis(ERRORS, { forMs: 10_000 })] }), { readings: (s) => [between(35, 46, 6)(s)] }, 'completed FAIL hypothesis_violated'],
    ['no number in the middle of a violation', policy({ watched: [hypothesis(ERRORS, { forMs: 10_000 })] }), { readings: (s) => [s === 40 ? undefined : between(35, 46, 6)(s)] }, 'completed FAIL hypothesis_violated'],
    ['a stop rule that is broken', policy(), { readings: (s) => [1, between(35, 36, 900)(s)] }, 'halted FAIL stop_rule'],
    ['a stop rule that is broken for too short a time', policy({ watched: [stopRule(FAST, { forMs: 5000 })] }), { readings: (s) => [between(35, 40, 900)(s)] }, 'completed PASS hypothesis_held'],
    ['a stop rule that is broken in the last second', policy(), { readings: (s) => [1, between(50, 51, 900)(s)] }, 'halted FAIL stop_rule'],
    ['a baseline that is not healthy', policy(), { readings: (s) => [between(0, 60, 6)(s), 1] }, 'aborted_baseline INCONCLUSIVE baseline_unhealthy'],
    ['a baseline that is healthy in the end', policy(), { readings: (s) => [between(0, 9, 6)(s), 1] }, 'completed PASS hypothesis_held'],
    ['a stop rule that cannot be read before', policy(), { readings: () => [1, undefined] }, 'aborted_baseline INCONCLUSIVE baseline_unreadable'],
    ['a stop rule that cannot be read for 30 s', policy(), { readings: (s) => [1, s > 12 ? undefined : 1] }, 'halted FAIL unreadable'],
    ['a stop rule that cannot be read for less', policy(), { readings: (s) => [1, s > 12 && s < 40 ? undefined : 1] }, 'completed PASS hypothesis_held'],
    ['a stop rule that may go without', policy({ watched: [stopRule(FAST, { onNoData: 'continue' })] }), { readings: () => [undefined] }, 'completed INCONCLUSIVE no_data'],
    ['a hypothesis that cannot be read', policy(), { readings: () => [undefined, 1] }, 'completed INCONCLUSIVE no_data'],
    ['a hypothesis that cannot be read for 30 s', policy(), { readings: (s) => [s > 12 && s < 43 ? undefined : 1, 1] }, 'completed INCONCLUSIVE no_data'],
    ['a hypothesis that cannot be read in the end', policy(), { readings: (s) => [s > 55 ? undefined : 1, 1] }, 'completed INCONCLUSIVE no_data'],
    ['what does not recover', policy({ watched: [hypothesis(ERRORS, { forMs: 60_000 })] }), { readings: (s) => [between(45, 99, 6)(s)] }, 'completed FAIL not_recovered'],
    ['too few requests', policy({ minRequests: 801 }), {}, 'completed INCONCLUSIVE too_few_requests'],
    ['nothing to check', policy({ watched: [] }), {}, 'completed INCONCLUSIVE nothing_checked'],
    ['no stages', policy({ stages: [], watched: [] }), {}, 'completed INCONCLUSIVE nothing_checked'],
    ['a control group that is too small', policy({ harm: [harm] }), { arms: (s) => ({ experiment: arm(20 * s), control: arm(s) }) }, 'completed INCONCLUSIVE too_few_requests'],
    ['no harm', policy({ harm: [harm] }), {}, 'completed PASS hypothesis_held'],
    ['harm', policy({ harm: [harm] }), { arms: (s) => ({ experiment: arm(20 * s, 3 * s), control: arm(20 * s) }) }, 'halted FAIL harm'],
    ['slow requests beside errors that are none', policy({ harm: [harm, { ...harm, of: 'slow' }] }), { arms: (s) => ({ experiment: arm(20 * s, 0, 5 * s), control: arm(20 * s) }) }, 'halted FAIL harm'],
    ['errors on both sides', policy({ harm: [harm] }), { arms: (s) => ({ experiment: arm(20 * s, 3 * s), control: arm(20 * s, 3 * s) }) }, 'completed PASS hypothesis_held'],
    ['harm before any fault', policy({ harm: [harm] }), { arms: (s) => ({ experiment: arm(20 * s, Math.min(s, 10) * 10), control: arm(20 * s) }) }, 'completed PASS hypothesis_held'],
    ['a person who stops it', policy(), { events: (s) => s === 40 ? [{ kind: 'stop', atMs: 40_000, by: 'ann' }] : [] }, 'stopped INCONCLUSIVE stopped_early'],
    ['a person who stops what was violated', policy(), { readings: (s) => [between(35, 99, 6)(s), 1], events: (s) => s === 40 ? [{ kind: 'stop', atMs: 40_000, by: 'ann' }] : [] }, 'stopped FAIL hypothesis_violated stopped_early'],
    ['the kill file', policy(), { events: (s) => s === 40 ? [{ kind: 'halt', atMs: 40_000, why: 'the kill file is there' }] : [] }, 'halted FAIL halted_from_outside'],
    ['a lease that ends', policy(), { events: (s) => s === 40 ? [{ kind: 'lease_expired', atMs: 40_000 }] : [] }, 'expired_lease INCONCLUSIVE lease_expired'],
    ['faults that cannot be started', policy(), { events: (s) => s === 11 ? [{ kind: 'refused', atMs: 11_000, why: 'killed' }] : [] }, 'stopped INCONCLUSIVE start_refused']
  ]

  it.each(tables)('with %s', (_, what, script, expected) => {
    const played = play(what, { ...script })
    expect(outcome(played)).toBe(expected)
    expect(played.story.filter((line) => line.includes(' stop '))).toHaveLength(1)
  })

  it('says why in numbers', () => {
    const { state } = play(policy(), { readings: (s) => [1, between(35, 36, 900)(s)] })
    expect(state.phase).toMatchObject({ atMs: 35_000, reason: { code: 'stop_rule', condition: 'fast', text: 'fast: 900 (max 800)', value: 900, limit: 800 } })
    const harmed = play(policy({ harm: [harm] }), { arms: (s) => ({ experiment: arm(20 * s, 3 * s), control: arm(20 * s) }) }).state
    expect(harmed.phase).toMatchObject({ reason: { code: 'harm', limit: 0.01, text: expect.stringMatching(/^15 % errors under faults, 0 % in the control group: surely more than 1 % apart$/) } })
    expect(harmed.stages[0]?.harm[0]?.low).toBeGreaterThan(0.01)
  })

  it('compares groups in each stage by itself', () => {
    // twice as many errors on both sides in the second stage, where the group under faults is nine times as large
    const arms: Script['arms'] = (s) => s <= 30 ? { experiment: arm(20 * s), control: arm(20 * s) } : { experiment: arm(600 + 180 * (s - 30), 36 * (s - 30)), control: arm(600 + 20 * (s - 30), 4 * (s - 30)) }
    const played = play(policy({ harm: [harm] }), { arms })
    expect(outcome(played)).toBe('completed PASS hypothesis_held')
    expect(played.state.stages[1]?.arms.experiment).toEqual(arm(3600, 720))
  })

  it('catches up with its stages after a sleep, and halts where a rule was blind for it', () => {
    const awake = policy({ watched: [hypothesis(ERRORS)], baselineMs: 0 })
    let state = step(newRun(awake, 0), { kind: 'tick', atMs: 0, readings: [{ value: 1 }], arms: NO_ARMS }, awake).state
    const slept = step(state, { kind: 'tick', atMs: 25_000, readings: [{ value: 1 }], arms: allWell(25) }, awake)
    expect(slept.state.phase).toMatchObject({ at: 'running', stage: 1, stageSinceMs: 20_000 })
    const ruled = policy({ baselineMs: 0, watched: [stopRule(FAST)] })
    state = step(newRun(ruled, 0), { kind: 'tick', atMs: 0, readings: [{ value: 1 }], arms: NO_ARMS }, ruled).state
    expect(step(state, { kind: 'tick', atMs: 30_000, readings: [{ value: 1 }], arms: NO_ARMS }, ruled).state.phase).toMatchObject({ how: 'halted', reason: { code: 'unreadable' } })
  })
})

describe('any run, whatever happens to it', () => {
  const SEED = 11
  const RUNS = 400

  interface Wild {
    readonly states: readonly RunState[]
    readonly done: readonly (readonly string[])[]
  }

  /** What a run does in 200 events drawn by chance. */
  function wild(seed: number): Wild {
    const rng = createRng(SEED + seed)
    const what = policy({
      baselineMs: rng.pick([0, 5000]), recoveryMs: rng.pick([0, 5000]), harm: rng.pick([[], [harm]]),
      stages: Array.from({ length: rng.whole(0, 4) }, () => ({ share: rng.uniform(), strength: undefined, durationMs: rng.whole(1, 20_000) })),
      watched: [hypothesis(ERRORS, { forMs: rng.pick([0, 3000]) }), stopRule(FAST, { forMs: rng.pick([0, 3000]) })].slice(0, rng.whole(0, 2))
    })
    let state = newRun(what, rng.whole(0, 3000))
    const [states, done]: [RunState[], string[][]] = [[state], []]
    let [atMs, requests, errors] = [0, 0, 0]
    const trouble = rng.uniform() / 50
    for (let i = 0; i < 200; i++) {
      atMs += rng.uniform() < 0.02 ? rng.whole(0, 60_000) : 1000
      requests += 20
      errors += rng.uniform() < trouble * 5 ? 10 : 0
      const events: readonly RunEvent[] = [{ kind: 'stop', atMs, by: '' }, { kind: 'halt', atMs, why: '' }, { kind: 'lease_expired', atMs }, { kind: 'refused', atMs, why: '' }]
      const tick: RunEvent = { kind: 'tick', atMs, arms: { experiment: arm(requests, errors), control: arm(requests) }, readings: [rng.pick([1, 1, 1, Number.NaN, trouble > 0.01 ? 9 : 1]), rng.pick([1, 1, Number.NaN, trouble > 0.015 ? 900 : 1])].map((value) => ({ value: Number.isNaN(value) ? undefined : value })) }
      const next = step(state, rng.uniform() < trouble / 4 ? rng.pick(events) : tick, what)
      state = next.state
      states.push(state)
      done.push(next.actions.map((action) => action.do))
    }
    return { states, done }
  }

  const runs = Array.from({ length: RUNS }, (_, seed) => wild(seed))

  it(`with seed ${SEED}: does nothing once it has ended, and stays as it is`, () => {
    for (const { states, done } of runs) {
      const ended = states.findIndex(({ phase }) => phase.at === 'ended')
      if (ended < 0) continue
      expect(done.slice(ended).flat()).toEqual([])
      expect(new Set(states.slice(ended)).size).toBe(1)
    }
  })

  it('starts once at most, sets stages only then, and stops exactly once, with its end at the latest', () => {
    let [started, halted] = [0, 0]
    for (const { states, done } of runs) {
      const all = done.flat().filter((one) => one !== 'log')
      const end = states.at(-1)!
      if (end.phase.at === 'ended') expect(all.filter((one) => one === 'stop')).toHaveLength(1)
      expect(all.filter((one) => one === 'start').length).toBeLessThanOrEqual(1)
      expect(all.join(' ')).toMatch(/^(?:start(?: setStage)*)?(?: ?stop)?$/)
      if (all.includes('start')) started++
      if (end.phase.at !== 'ended' || end.phase.how !== 'halted') continue
      halted++
      expect(end.phase.verdict.kind).toBe('FAIL')
      // with the very step that halted it, unless faults were off already
      const at = states.findIndex(({ phase }) => phase.at === 'ended') - 1
      if (states[at]!.phase.at !== 'recovering') expect(done[at]).toContain('stop')
    }
    expect(started).toBeGreaterThan(RUNS / 3)
    expect(halted).toBeGreaterThan(RUNS / 20)
  })

  it('never passes unless it ran to its end with no hypothesis violated', () => {
    const passed = runs.map(({ states }) => states.at(-1)!).filter(({ phase }) => phase.at === 'ended' && phase.verdict.kind === 'PASS')
    expect(passed.length).toBeGreaterThan(RUNS / 20)
    for (const { phase, watches, stages } of passed) {
      expect(phase).toMatchObject({ how: 'completed' })
      expect(stages.length).toBeGreaterThan(0)
      expect(watches[0]?.broken ?? false).toBe(false)
    }
  })
})
