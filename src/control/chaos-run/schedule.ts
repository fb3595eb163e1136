import { Cron } from 'croner'
import { DAYS, type Day, type ScheduleConfig, type WindowConfig } from '../../config/schema/schedule.ts'

/** When an experiment starts, and when it may. Times are of the wall clock, ms. */
export interface Schedule {
  /** Why it must not start then; undefined when it may. */
  readonly refusal: (atMs: number) => string | undefined
  /** The next time after `atMs` at which it starts by itself within its window; undefined for never. */
  readonly nextStart: (atMs: number) => number | undefined
  /** When it starts if it is to start as soon as a config is loaded: at once, or when its window opens; undefined for never. */
  readonly startOnLoad: (atMs: number) => number | undefined
}

// times a window opens within which a cron meets it, if it ever does: a year and more
const MAX_OPENINGS = 400
const DAY_MINUTES = 24 * 60

/**
 * Reads a schedule. Crons are croner's (MIT, no dependencies): what a day is across changes of the clock, and which of `31` and
 * `mon` in one cron is meant, take more than they look, and it gets them as Vixie's cron does: a time that the clock skips is
 * met right after it, one that it passes twice once. Only its arithmetic is used; it has no timer of ours.
 * @throws Error on a cron that is none, saying why
 */
export function createSchedule({ cron, timezone, window }: ScheduleConfig): Schedule {
  const pattern = cron === undefined ? undefined : parseCron(cron, timezone)
  const isOpen = window === undefined ? (): boolean => true : windowTest(window)
  const opening = window === undefined ? undefined : parseCron(`${window.from % 60} ${Math.floor(window.from / 60)} * * ${window.days.map((day) => DAYS.indexOf(day)).join(',')}`, window.timezone)
  return {
    refusal: (atMs) => isOpen(atMs) || window === undefined ? undefined : `outside its window, ${textOf(window)}`,
    nextStart: (atMs) => pattern && next(pattern, opening, atMs, isOpen),
    startOnLoad: (atMs) => isOpen(atMs) || opening === undefined ? atMs : opening.nextRun(new Date(atMs))?.getTime()
  }
}

function parseCron(text: string, timezone: string): Cron {
  try {
    return new Cron(text.trim(), { timezone, mode: '5-part', paused: true })
  } catch (error) {
    throw new Error(`cron: "${text}": ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

function next(pattern: Cron, opening: Cron | undefined, afterMs: number, isOpen: (atMs: number) => boolean): number | undefined {
  let at = pattern.nextRun(new Date(afterMs))
  for (let openings = 0; at !== null && openings < MAX_OPENINGS; openings++) {
    if (isOpen(at.getTime())) return at.getTime()
    const opens = opening?.nextRun(at)
    if (opens === undefined || opens === null) return undefined
    // from just before, so that the minute it opens in counts
    at = pattern.nextRun(new Date(opens.getTime() - 1000))
  }
  return undefined
}

/** Says of a time whether a window is open, by the clock on the wall there. */
function windowTest({ days, from, to, timezone }: WindowConfig): (atMs: number) => boolean {
  const clock = new Intl.DateTimeFormat('en-US', { timeZone: timezone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const opens = new Set<number>(days.map((day) => DAYS.indexOf(day)))
  const length = to > from ? to - from : to - from + DAY_MINUTES
  return (atMs) => {
    const parts = new Map(clock.formatToParts(atMs).map(({ type, value }) => [type, value]))
    const day = DAYS.indexOf((parts.get('weekday') ?? '').toLowerCase() as Day) // holds: English short names are those of DAYS
    const minute = Number(parts.get('hour')) * 60 + Number(parts.get('minute'))
    // opened today, or yesterday and not yet closed
    return opens.has(day) && minute >= from && minute < from + length || opens.has((day + 6) % 7) && minute + DAY_MINUTES < from + length
  }
}

const clockTime = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

const textOf = ({ days, from, to, timezone }: WindowConfig): string => `${days.join(', ')} ${clockTime(from)} to ${clockTime(to)} ${timezone}`
