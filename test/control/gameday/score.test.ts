import { describe, expect, it } from 'vitest'
import { loadPlan } from '../../../src/control/gameday/load-plan.ts'
import type { Plan } from '../../../src/control/gameday/plan.ts'
import type { GamedayRecord, RoundRecord, Spell } from '../../../src/control/gameday/record.ts'
import { type GamedayReport, reportOf } from '../../../src/control/gameday/report.ts'

// a game day on paper, in seconds: control to 100, `slow` to 200, control to 250, nothing to 300, `broken` to 400, control to 500
function planOf(watch = ''): Plan {
  const loaded = loadPlan(`version: 1
prometheus: http://p:9090
${watch}
rounds:
  - { experiment: slow, for: 80s, expect: [{ alert: Slow, within: 30s }], allow: [Side] }
  - { name: nothing, experiment: null, for: 50s, expect: [] }
  - { experiment: broken, for: 80s, expect: [{ alert: Broken, within: 30s }] }
`, { file: '', env: {}, readFile: () => '' })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings))
  return loaded.plan
}

const s = (seconds: number): number => seconds * 1000
const roundAt = (index: number, start: number, end: number, count = 50): RoundRecord => ({
  index, startMs: s(start), stopMs: s(end - 10), endMs: s(end), busy: [], skipped: false, notes: [],
  dose: { count, firstMs: count === 0 ? undefined : s(start + 2), notBeforeMs: s(start + 1), lastMs: count === 0 ? undefined : s(end - 10) }
})
/** [alert, active, fires, ends, series], in seconds. */
type Drawn = readonly [alert: string, active: number, fires: number | undefined, ends: number | undefined, series?: string]
const spell = ([alert, active, fires, ends, series]: Drawn): Spell => ({
  labels: { alertname: alert, ...series !== undefined && { series } }, activeAtMs: s(active), firstSeenMs: s(Math.max(0, active)), firingSeenMs: fires === undefined ? undefined : s(fires), endedMs: ends === undefined ? undefined : s(ends)
})

function report(spells: readonly Drawn[], more: Partial<GamedayRecord> = {}, plan: Plan = planOf()): GamedayReport {
  const record: GamedayRecord = {
    startMs: 0, endMs: s(500), spells: spells.map(spell), handlings: [], deliveries: [], gaps: [], ruleReadings: [], clockErrorMs: 1, brokenOff: undefined,
    controls: [{ name: 'before', startMs: 0, endMs: s(100) }, { name: 'between', startMs: s(200), endMs: s(250) }, { name: 'after', startMs: s(400), endMs: s(500) }],
    rounds: [roundAt(0, 100, 200), roundAt(1, 250, 300, 0), roundAt(2, 300, 400)],
    ...more
  }
  return reportOf(record, plan, { scrape: undefined, rules: [], routing: undefined })
}

const both: readonly Drawn[] = [['Slow', 110, 120, 210], ['Broken', 304, 314, 390]]

describe('the score of a game day', () => {
  it('is perfect when everything was noticed and nothing else fired', () => {
    const { score, result, matrix } = report(both)
    expect(result).toBe('passed')
    expect(score).toMatchObject({
      expectations: 2, conclusive: 2, detected: 2, recall: 1, precision: 1, f1: 1, timeToDetectMs: { count: 2, median: s(15), p90: s(18) },
      falseAlarms: { quiet: 0, duringFaults: 0, quietMs: s(300), perHour: 0 }
    })
    expect(score.falseAlarms.interval![1]).toBeCloseTo(3.6888794541139354 * 12, 6)
    expect(matrix).toEqual({ rows: [
      { alert: 'Slow', cells: [['detected'], ['silent'], ['silent']], quietAlarms: 0 }, { alert: 'Broken', cells: [['silent'], ['silent'], ['detected']], quietAlarms: 0 }
    ], unseen: [], neverFired: [] })
  })

  it('counts the late among the times to detect and not among the detected', () => {
    const { score, result } = report([both[0]!, ['Broken', 330, 350, 390]])
    expect(result).toBe('failed')
    expect(score).toMatchObject({ recall: 0.5, precision: 1, f1: 2 / 3, verdicts: { detected: 1, late: 1 }, timeToDetectMs: { count: 2, median: s(33), p90: s(48) } })
  })

  it('names faults nobody sees and alerts that never fire', () => {
    const { score, matrix } = report([both[0]!])
    expect(score).toMatchObject({ recall: 0.5, precision: 1 })
    expect(matrix).toMatchObject({ unseen: [2], neverFired: ['Broken'] })
  })

  it('leaves out what cannot be told', () => {
    const { score, result } = report([both[0]!], { rounds: [roundAt(0, 100, 200), roundAt(2, 300, 400, 0)] })
    expect(result).toBe('inconclusive')
    expect(score).toMatchObject({ expectations: 2, conclusive: 1, recall: 1, verdicts: { detected: 1, under_dosed: 1 } })
  })

  it('is nothing where nothing is known', () => {
    const { score, result } = report([], { rounds: [roundAt(0, 100, 200, 0)], controls: [] })
    expect(result).toBe('inconclusive')
    expect(score).toMatchObject({ recall: undefined, precision: undefined, f1: undefined, timeToDetectMs: { count: 0, median: undefined, p90: undefined }, falseAlarms: { perHour: undefined, interval: undefined } })
  })

  it('does not count time as quiet in which Prometheus did not answer', () => {
    const gap = { source: 'Prometheus', fromMs: s(90), toMs: s(110), reason: '' } as const
    expect(report(both, { gaps: [gap] }).score.falseAlarms.quietMs).toBe(s(290))
  })

  it('fails when it was broken off, whatever was seen', () => {
    expect(report(both, { brokenOff: 'it was interrupted' }).result).toBe('failed')
  })
})

describe('a false alarm', () => {
  it.each<[string, Drawn, [string, number | undefined, string][]]>([
    ['before the first round', ['Slow', 50, 60, 80], [['Slow', undefined, 'no fault']]],
    ['pending before the game day, firing in it', ['Other', -5, 10, 80], [['Other', undefined, 'no fault']]],
    ['firing before the game day is none', ['Other', -5, 0, 80], []],
    ['pending only is none', ['Other', 50, undefined, 80], []],
    ['in a round without a fault', ['Slow', 260, 270, 290], [['Slow', 1, 'no fault']]],
    ['in the round of another fault', ['Slow', 320, 330, 350], [['Slow', 2, 'not expected']]],
    ['in a round before its first injection', ['Slow', 100.5, 100.6, 100.9], [['Slow', 0, 'before the first injection']]],
    ['expected, and gone on into the control window, is none', ['Slow', 150, 160, 240], []],
    ['pending in its round and firing after it is none', ['Slow', 199, 205, 240], []],
    ['allowed is none', ['Side', 150, 160, 240], []],
    ['allowed, but in another round', ['Side', 320, 330, 350], [['Side', 2, 'not expected']]]
  ])('%s', (_, drawn, expected) => {
    expect(report([...both, drawn]).alarms.map(({ alert, round, why }) => [alert, round, why])).toEqual(expected)
  })

  it('is one for all series of an alert that fire together, and another when it fires again', () => {
    const { alarms } = report([['Other', 10, 20, 40, 'a'], ['Other', 15, 25, 45, 'b'], ['Other', 38, 44, 60, 'c'], ['Other', 70, 80, 90, 'a']])
    expect(alarms.map(({ series, atMs }) => [series, atMs])).toEqual([[3, s(20)], [1, s(80)]])
  })

  it('is of watched alerts only where some are named, and of those that are expected', () => {
    const drawn: readonly Drawn[] = [['Other', 10, 20, 40], ['Slow', 10, 20, 40], ['Named', 10, 20, 40]]
    expect(report(drawn, {}, planOf('watch: [Named]')).alarms.map(({ alert }) => alert)).toEqual(['Slow', 'Named'])
    expect(report(drawn, {}, planOf('watch: [\'series=""\']')).alarms).toHaveLength(3)
  })

  it('lowers precision, and its rate has an interval', () => {
    const { score } = report([...both, ['Other', 10, 20, 40], ['Other', 320, 330, 340]])
    expect(score).toMatchObject({ recall: 1, precision: 0.5, falseAlarms: { quiet: 1, duringFaults: 1, perHour: 12 } })
    expect(score.falseAlarms.interval![0]).toBeCloseTo(0.025317807984289876 * 12, 6)
  })
})
