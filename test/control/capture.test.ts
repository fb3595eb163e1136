import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readCapturedTrial } from '../../src/compare/captured-trial.ts'
import { trialOf } from '../../src/compare/selfcheck/answers.ts'
import { Captures } from '../../src/control/capture.ts'
import { createRng } from '../../src/core/rng.ts'
import type { Trial } from '../../src/core/trial.ts'
import { ThreadMeter } from '../../src/telemetry/thread-meter.ts'
import { configOf } from '../support/data-plane.ts'
import { POLL } from '../support/poll.ts'
import { testFolder } from '../support/sidecar.ts'

const trial = (number: number): Trial => ({ ...trialOf(number, createRng(number), undefined), route: 'all', mirror: 'next' })

function start(capture: string, compare = ''): { captures: Captures, results: () => Record<string, number>, failures: string[], take: (capture: string) => void } {
  const series: { labels: Record<string, string>, memory: SharedArrayBuffer }[] = []
  const failures: string[] = []
  const captures = new Captures(new ThreadMeter(({ labels, memory }) => void series.push({ labels: { ...labels }, memory })), (file) => void failures.push(file))
  const take = (how: string): void => captures.take(configOf(`version: 1
backends: { live: { url: "http://127.0.0.1:1" }, next: { url: "http://127.0.0.1:2" } }
routes: [{ name: all, backend: live, mirrors: [{ backend: next, percent: 100${how === '' ? '' : `, capture: ${how}`}${compare} }] }]
`).config)
  take(capture)
  return { captures, failures, take, results: () => Object.fromEntries(series.map(({ labels, memory }) => [labels['result']!, new Float64Array(memory)[0]!])) }
}

const fileIn = (folder: string): string => join(folder, 'trials.jsonl')
const linesOf = (file: string): string[] => existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter((line) => line !== '') : []

describe('captures', () => {
  it('are lines that can be read back, one for each trial, for the owner\'s eyes alone', async () => {
    const file = fileIn(testFolder(onTestFinished))
    const { captures, results } = start(`{ file: ${JSON.stringify(file)}, percent: 100 }`)
    for (let i = 0; i < 20; i++) captures.offer(trial(i))
    await expect.poll(() => linesOf(file).length, POLL).toBe(20)
    expect(linesOf(file).map((line) => readCapturedTrial(line))).toEqual(Array.from({ length: 20 }, (_, i) => trial(i)))
    expect(results()).toEqual({ written: 20 })
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('are a sample by the request\'s id, the same each time', async () => {
    const [one, two] = [fileIn(testFolder(onTestFinished)), fileIn(testFolder(onTestFinished))]
    for (const file of [one, two]) {
      const { captures } = start(`{ file: ${JSON.stringify(file)}, percent: 30 }`)
      for (let i = 0; i < 200; i++) captures.offer(trial(i))
    }
    await expect.poll(() => linesOf(one).length > 30 && linesOf(one).length === linesOf(two).length, POLL).toBe(true)
    expect(linesOf(one)).toEqual(linesOf(two))
    expect(linesOf(one).length).toBeLessThan(90)
  })

  it('stop at the size they may have, counting what was there before', async () => {
    const file = fileIn(testFolder(onTestFinished))
    writeFileSync(file, `${'x'.repeat(3000)}\n`)
    const { captures, results } = start(`{ file: ${JSON.stringify(file)}, percent: 100, maxBytes: 8KiB }`)
    for (let i = 0; i < 20; i++) captures.offer(trial(i))
    await expect.poll(() => linesOf(file).length, POLL).toBe(1 + results()['written']!)
    expect(statSync(file).size).toBeLessThanOrEqual(8192)
    expect(results()['over_size']).toBe(20 - results()['written']!)
    expect(results()['written']).toBeGreaterThan(0)
  })

  it('begin a line of their own where whoever wrote before was cut off', async () => {
    const file = fileIn(testFolder(onTestFinished))
    writeFileSync(file, '{"version":1,"rou')
    start(`{ file: ${JSON.stringify(file)}, percent: 100 }`).captures.offer(trial(1))
    await expect.poll(() => linesOf(file).length, POLL).toBe(2)
    expect(readCapturedTrial(linesOf(file)[1]!)).toEqual(trial(1))
  })

  it('that cannot be written are told of once and counted, and cost nothing else', async () => {
    const file = join(testFolder(onTestFinished), 'no-such-folder', 'trials.jsonl')
    const { captures, results, failures } = start(`{ file: ${JSON.stringify(file)}, percent: 100 }`)
    captures.offer(trial(1))
    await expect.poll(() => failures, POLL).toEqual([file])
    for (let i = 2; i < 5; i++) captures.offer(trial(i))
    expect(results()).toEqual({ written: 1, failed: 3 })
    expect(failures).toHaveLength(1)
  })

  it('are tried again by the next config', async () => {
    const folder = testFolder(onTestFinished)
    const file = join(folder, 'later', 'trials.jsonl')
    const { captures, failures, take } = start(`{ file: ${JSON.stringify(file)}, percent: 100 }`)
    captures.offer(trial(1))
    await expect.poll(() => failures, POLL).toEqual([file])
    mkdirSync(join(folder, 'later'))
    take(`{ file: ${JSON.stringify(file)}, percent: 100 }`)
    captures.offer(trial(2))
    await expect.poll(() => linesOf(file).length, POLL).toBe(1)
  })

  it('leave out what cannot be redacted', async () => {
    const file = fileIn(testFolder(onTestFinished))
    const { captures, results } = start(`{ file: ${JSON.stringify(file)}, percent: 100 }`, ', compare: { redact: [/label] }')
    captures.offer({ ...trial(1), primary: { ...trial(1).primary, body: Buffer.from('no JSON') } })
    captures.offer(trial(2))
    await expect.poll(() => linesOf(file).length, POLL).toBe(1)
    expect(results()).toEqual({ unredactable: 1, written: 1 })
    expect(JSON.parse(String(readCapturedTrial(linesOf(file)[0]!).primary.body))).toMatchObject({ label: '[redacted]' })
  })

  it('end when a config names them no more', () => {
    const file = fileIn(testFolder(onTestFinished))
    const { captures, results, take } = start(`{ file: ${JSON.stringify(file)}, percent: 100 }`)
    captures.offer(trial(1))
    take('')
    captures.offer(trial(2))
    expect(results()).toEqual({ written: 1 })
  })
})
