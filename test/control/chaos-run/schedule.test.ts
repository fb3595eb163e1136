import { describe, expect, it } from 'vitest'
import { createSchedule } from '../../../src/control/chaos-run/schedule.ts'
import { scheduleField } from '../../../src/config/schema/schedule.ts'

const schedule = (said: object): ReturnType<typeof createSchedule> => createSchedule(scheduleField.parse(said))
const at = (text: string): number => Date.parse(text)
const iso = (ms: number | undefined): string | undefined => ms === undefined ? undefined : new Date(ms).toISOString().slice(0, 16)

describe('a schedule', () => {
  it.each<[string, object, string, string | undefined]>([
    ['the next minute', { cron: '* * * * *' }, '2026-03-02T10:00:00Z', '2026-03-02T10:01'],
    ['working days in a time zone', { cron: '0 10 * * 1-5', timezone: 'Europe/Berlin' }, '2026-03-06T12:00:00Z', '2026-03-09T09:00'],
    ['a day of the month or of the week, as Vixie\'s cron does', { cron: '0 0 13 * 5' }, '2026-03-01T00:00:00Z', '2026-03-06T00:00'],
    ['a time the clock skips, right after it', { cron: '30 2 * * *', timezone: 'Europe/Berlin' }, '2026-03-28T12:00:00Z', '2026-03-29T01:00'],
    ['a time the clock passes twice, once', { cron: '30 2 * * *', timezone: 'Europe/Berlin' }, '2026-10-25T00:30:00Z', '2026-10-26T01:30'],
    ['a day that never comes', { cron: '0 0 31 2 *' }, '2026-03-01T00:00:00Z', undefined],
    ['the first time in its window', { cron: '*/20 * * * *', window: { days: ['mon'], from: '09:30', to: '11:00' } }, '2026-03-03T00:00:00Z', '2026-03-09T09:40'],
    ['the minute it opens in', { cron: '*/30 * * * *', window: { days: ['mon'], from: '09:30', to: '11:00' } }, '2026-03-03T00:00:00Z', '2026-03-09T09:30'],
    ['a window it never meets', { cron: '0 8 * * *', window: { from: '09:30', to: '11:00' } }, '2026-03-03T00:00:00Z', undefined],
    ['no cron', {}, '2026-03-03T00:00:00Z', undefined]
  ])('starts at %s', (_, said, after, expected) => {
    expect(iso(schedule(said).nextStart(at(after)))).toBe(expected)
  })

  it.each<[object, string, string | undefined]>([
    [{}, '2026-03-03T00:00:00Z', '2026-03-03T00:00'],
    [{ window: { from: '09:30', to: '11:00' } }, '2026-03-03T10:00:00Z', '2026-03-03T10:00'],
    [{ window: { days: ['fri'], from: '09:30', to: '11:00', timezone: 'America/New_York' } }, '2026-03-03T00:00:00Z', '2026-03-06T14:30']
  ])('%j loaded at %s starts at %s', (said, loaded, expected) => {
    expect(iso(schedule(said).startOnLoad(at(loaded)))).toBe(expected)
  })

  it.each<[object, string, boolean]>([
    [{ from: '09:00', to: '17:00' }, '2026-03-03T08:59:59Z', false],
    [{ from: '09:00', to: '17:00' }, '2026-03-03T09:00:00Z', true],
    [{ from: '09:00', to: '17:00' }, '2026-03-03T16:59:59Z', true],
    [{ from: '09:00', to: '17:00' }, '2026-03-03T17:00:00Z', false],
    [{ days: ['tue'] }, '2026-03-03T23:59:59Z', true],
    [{ days: ['tue'] }, '2026-03-04T00:00:00Z', false],
    [{ days: ['tue'], from: '22:00', to: '06:00' }, '2026-03-03T22:00:00Z', true],
    [{ days: ['tue'], from: '22:00', to: '06:00' }, '2026-03-04T05:59:00Z', true],
    [{ days: ['tue'], from: '22:00', to: '06:00' }, '2026-03-04T06:00:00Z', false],
    [{ days: ['tue'], from: '22:00', to: '06:00' }, '2026-03-03T05:00:00Z', false],
    [{ days: ['sat'], from: '22:00', to: '06:00' }, '2026-03-01T05:00:00Z', true],
    [{ days: ['mon'], from: '09:00', to: '10:00', timezone: 'Asia/Tokyo' }, '2026-03-02T00:30:00Z', true],
    [{ days: ['tue'], from: '09:00', to: '09:00' }, '2026-03-04T08:00:00Z', true]
  ])('with window %j at %s may start: %s', (window, when, expected) => {
    expect(schedule({ window }).refusal(at(when)) === undefined).toBe(expected)
  })

  it('says which window it refuses by', () => {
    expect(schedule({ window: { days: ['mon', 'tue'], from: '09:00', to: '17:30', timezone: 'Europe/Berlin' } }).refusal(at('2026-03-01T00:00:00Z'))).toBe('outside its window, mon, tue 09:00 to 17:30 Europe/Berlin')
    expect(schedule({}).refusal(0)).toBeUndefined()
  })

  it('takes no cron that is none', () => {
    expect(scheduleField.safeParse({ cron: '61 * * * *' }).error?.issues[0]?.message).toBe('not a cron: Invalid value for minute: 61')
    expect(() => createSchedule({ cron: '61 * * * *', timezone: 'UTC', window: undefined })).toThrow(/^cron: "61 \* \* \* \*": /)
    expect(scheduleField.safeParse({ cron: '* * * *' }).success).toBe(false)
    expect(scheduleField.safeParse({ cron: '* * * * *', timezone: 'Mars/Olympus' }).success).toBe(false)
    expect(scheduleField.safeParse({ window: { from: '24:00' } }).success).toBe(false)
  })
})
