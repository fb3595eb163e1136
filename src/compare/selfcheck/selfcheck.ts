import { createRng } from '../../core/rng.ts'
import { wilsonInterval } from '../../stats/wilson-interval.ts'
import { createJudge } from '../judge.ts'
import type { Interval } from '../interval.ts'
import { MISTAKES, type Planted, RULES, trialOf } from './answers.ts'
import { alike, type MadeField, planted, type Watched, watchFamily } from './family.ts'

/** How much is made up to check the statistics with. */
export interface SelfcheckOptions {
  /** Repetitions with other numbers each. */
  readonly runs: number
  readonly fields: number
  /** Requests watched in each run, one by one. */
  readonly requests: number
  readonly seed: number
}

/** How often a model beside itself was called different. */
export interface SilenceReport {
  readonly runs: number
  /** Runs in which any field ever was, and what the share may be (Wilson). */
  readonly alarms: number
  readonly interval: Interval
  /** Runs in which Diffy's rule reported a field at some time, and in the end. */
  readonly diffyEver: number
  readonly diffyInTheEnd: number
}

/** How soon a difference of known size was found among fields that are alike. */
export interface PowerReport {
  readonly baseline: number
  readonly shadow: number
  readonly runs: number
  readonly found: number
  /** Runs in which a field that is alike was called different instead, or as well. */
  readonly wrong: number
  /** Requests it took: median, and nine runs of ten; undefined where it was not found in as many. */
  readonly median: number | undefined
  readonly ninth: number | undefined
  /** Runs in which Diffy's rule reported any field in the end. */
  readonly diffyInTheEnd: number
}

/** How soon a mistake in real answers was found, through everything that answers go through. */
export interface MistakeReport {
  readonly what: string
  readonly path: string
  /** Requests at which the field was found different; null where it was not within `requests`. */
  readonly foundAt: number | null
  /** Other fields that were. */
  readonly others: readonly string[]
  readonly requests: number
}

const CONFIDENCE = 0.95

/** Shifts from the noise of the primary's own model that must be found. */
const SHIFTS: readonly MadeField[] = [{ baseline: 0.01, shadow: 0.02 }, { baseline: 0.4, shadow: 0.55 }, { baseline: 0.6, shadow: 0.89 }, { baseline: 0.9, shadow: 0.95 }]

/** A model beside itself: nothing may be found, however often one looks. */
export function checkSilence({ runs, fields, requests, seed }: SelfcheckOptions): SilenceReport {
  let alarms = 0
  let diffyEver = 0
  let diffyInTheEnd = 0
  for (let run = 0; run < runs; run++) {
    const watched = watchFamily(alike(fields), requests, CONFIDENCE, createRng(seed + run))
    if (watched.foundAt !== undefined) alarms++
    if (watched.diffyAt !== undefined) diffyEver++
    if (watched.diffyInTheEnd) diffyInTheEnd++
  }
  return { runs, alarms, interval: wilsonInterval(alarms, runs), diffyEver, diffyInTheEnd }
}

/** Shifts of known size, each in one field among many that are alike. */
export function checkPower({ runs, fields, requests, seed }: SelfcheckOptions): readonly PowerReport[] {
  return SHIFTS.map((shift) => {
    const watched = Array.from({ length: runs }, (_, run) => watchFamily(planted(fields, shift), requests, CONFIDENCE, createRng(seed + run)))
    const times = watched.filter(({ found }) => found.includes(0)).map(({ foundAt = 0 }) => foundAt).toSorted((a, b) => a - b)
    return {
      ...shift,
      runs,
      found: times.length,
      wrong: watched.filter(({ found }) => found.some((field) => field !== 0)).length,
      median: times.length * 2 >= runs ? times[Math.ceil(runs / 2) - 1] : undefined,
      ninth: times.length * 10 >= runs * 9 ? times[Math.ceil(runs * 0.9) - 1] : undefined,
      diffyInTheEnd: watched.filter((one: Watched) => one.diffyInTheEnd).length
    }
  })
}

/** Mistakes in real answers, and none: through reading, comparing and judging. */
export function checkMistakes({ requests, seed }: SelfcheckOptions): readonly MistakeReport[] {
  return [undefined, ...MISTAKES].map((mistake, i) => judgeMade(mistake, Math.min(requests, MOST_ANSWERS), seed + i))
}

// a mistake that takes longer to be found is too small to be one
const MOST_ANSWERS = 6000
const NOTHING = { what: 'nothing', path: '' }

function judgeMade(mistake: Planted | undefined, requests: number, seed: number): MistakeReport {
  const rng = createRng(seed)
  const judge = createJudge({ ...RULES, margin: 0.01, measureMargin: 0.05, confidence: CONFIDENCE })
  for (let number = 0; number < requests; number++) judge.add(trialOf(number, rng, mistake), 0)
  const different = judge.report(false).fields.filter(({ verdict }) => verdict.kind === 'different')
  const { what, path } = mistake ?? NOTHING
  return { what, path, foundAt: different.find((field) => field.path === path)?.foundAt ?? null, others: different.map((field) => field.path).filter((other) => other !== path), requests }
}
