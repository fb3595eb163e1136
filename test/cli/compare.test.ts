import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { captureTrial } from '../../src/compare/captured-trial.ts'
import { trialOf, MISTAKES, RULES } from '../../src/compare/selfcheck/answers.ts'
import { createRng } from '../../src/core/rng.ts'
import { cli } from '../support/cli.ts'
import { testFolder } from '../support/sidecar.ts'

const [, scoreMistake] = MISTAKES

/** A file of captured trials, with a mistake in the shadow's score or none. */
function captured(count: number, mistake = scoreMistake): string {
  const folder = testFolder(onTestFinished)
  const rng = createRng(3)
  const lines = Array.from({ length: count }, (_, i) => captureTrial(trialOf(i, rng, mistake), []))
  const file = join(folder, 'trials.jsonl')
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}

/** A config whose mirror has the rules of the made-up answers. */
function configFile(extra = ''): string {
  const file = join(testFolder(onTestFinished), 'windtunnel.yaml')
  writeFileSync(file, `version: 1
backends: { primary: { url: "http://127.0.0.1:1" }, shadow: { url: "http://127.0.0.1:2" } }
routes: [{ name: selfcheck, backend: primary, mirrors: [{ backend: shadow, percent: 100, compare: ${JSON.stringify({ ...RULES })} }] }]
${extra}`)
  return file
}

describe('compare', () => {
  it('judges captured answers by the rules of a config, and ends with 3 when something is different', async () => {
    const { code, out, err } = await cli(['compare', captured(1500), '--config', configFile()])
    expect([code, err]).toEqual([3, ''])
    expect(out).toMatch(/^\nselfcheck -> shadow\n/)
    expect(out).toMatch(/^\/score +different /m)
    expect(out.match(/^\S+ +different /gm)).toHaveLength(1)
  })

  it('ends well where nothing is different, unless it is to be sure of that', async () => {
    const file = captured(300, undefined)
    const config = configFile()
    expect((await cli(['compare', file, '--config', config])).code).toBe(0)
    expect((await cli(['compare', file, '--config', config, '--fail-on', 'inconclusive'])).code).toBe(3)
    expect((await cli(['compare', captured(1500), '--config', config, '--fail-on', 'never'])).code).toBe(0)
  })

  it('gives the same report each time, as JSON too', async () => {
    const file = captured(400)
    const [one, two] = [await cli(['compare', file, '--config', configFile(), '--json']), await cli(['compare', file, '--config', configFile(), '--json'])]
    expect(one.out).toBe(two.out)
    const { mirrors: [mirror] } = JSON.parse(one.out) as { mirrors: { route: string, judgement: { shadow: { compared: number } } }[] }
    expect([mirror!.route, mirror!.judgement.shadow.compared]).toEqual(['selfcheck', 400])
  })

  it('writes a page that needs nothing else', async () => {
    const page = join(testFolder(onTestFinished), 'report.html')
    const { out } = await cli(['compare', captured(400), '--config', configFile(), '--html', page])
    const html = readFileSync(page, 'utf8')
    expect(out).toContain(page)
    expect(html).toMatch(/^<!doctype html>/i)
    expect(html).toContain('/score')
    expect(html).not.toMatch(/<script|src=|https?:\/\/(?!www\.w3\.org)/)
  })

  it('shows Diffy\'s rule beside the verdicts where it is asked to', async () => {
    const { out } = await cli(['compare', captured(400), '--config', configFile(), '--diffy'])
    expect(out).toMatch(/^field .* diffy /m)
  })

  it('joins outcomes', async () => {
    const file = captured(200, undefined)
    const outcomes = join(testFolder(onTestFinished), 'outcomes.jsonl')
    writeFileSync(outcomes, `${Array.from({ length: 200 }, (_, i) => JSON.stringify({ requestId: `selfcheck-${i}`, value: 'cat' })).join('\n')}\nnot JSON\n`)
    const config = configFile()
    writeFileSync(config, readFileSync(config, 'utf8').replace('"ignore"', '"truth":{"at":"/label","as":"label"},"ignore"'))
    const { out, err } = await cli(['compare', file, '--config', config, '--outcomes', outcomes])
    expect(out).toMatch(/^outcomes: joined 200, /m)
    expect(out).toMatch(/^right +primary \d+\.\d+ % /m)
    expect(err).toMatch(/outcomes\.jsonl:201: the body is no JSON\n/)
  })

  it('says which lines it cannot read and goes on, and says so when there is nothing', async () => {
    const file = captured(50)
    writeFileSync(file, `nonsense\n${readFileSync(file, 'utf8')}{"version":1}\n`)
    const { out, err } = await cli(['compare', file, '--config', configFile(), '--fail-on', 'never'])
    expect(err).toMatch(/trials\.jsonl:1: not a captured request: /)
    expect(err).toMatch(/trials\.jsonl:52: not a captured request: /)
    expect(err).toMatch(/2 of 52 lines could not be read/)
    expect(out).toContain('selfcheck -> shadow')
    writeFileSync(file, '\n')
    expect(await cli(['compare', file])).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/nothing to compare/) })
    expect(existsSync(`${file}.not-there`)).toBe(false)
    expect(await cli(['compare', `${file}.not-there`])).toMatchObject({ code: 1, err: expect.stringMatching(/cannot be read \(ENOENT\)/) })
    expect(await cli(['compare', file, '--fail-on', 'sometimes'])).toMatchObject({ code: 2 })
  })

  it('says that a mirror is not in the config, and compares by default rules', async () => {
    const config = configFile()
    writeFileSync(config, readFileSync(config, 'utf8').replace('name: selfcheck', 'name: other'))
    const { err, out } = await cli(['compare', captured(50), '--config', config, '--fail-on', 'never'])
    expect(err).toMatch(/the config has no mirror selfcheck -> shadow; its answers are compared by default rules\n$/)
    expect(out).toMatch(/^\/id +inconclusive +100\.0 % of 50 /m)
  })
})

describe('selfcheck', () => {
  it('says how often it was wrong and how soon it was right, and passes', async () => {
    const { code, out, err } = await cli(['selfcheck', '--runs', '20', '--fields', '10', '--requests', '2500'])
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^false alarms +\d of 20 runs, /m)
    expect(out).toMatch(/^Diffy's rule +reports a field in 1\d of 20 runs at some time/m)
    expect(out).toMatch(/^60\.0 % +89\.0 % +20 of 20 /m)
    expect(out).toMatch(/^a label flipped in 5 of 100 answers +\/label +\d+ requests +none$/m)
    expect(out).toMatch(/passed\n$/)
  })

  it('prints JSON, the same each time', async () => {
    const run = (): Promise<{ out: string }> => cli(['selfcheck', '--runs', '2', '--fields', '4', '--requests', '200', '--json'])
    const [one, two] = [await run(), await run()]
    expect(one.out).toBe(two.out)
    expect(Object.keys(JSON.parse(one.out) as object)).toEqual(['options', 'silence', 'power', 'mistakes', 'failures'])
  })

  it.each([['--runs', '0'], ['--fields', '1'], ['--requests', 'many']])('refuses %s %s', async (...args) => {
    const { code, err } = await cli(['selfcheck', ...args])
    expect(code).not.toBe(0)
    expect(err).toContain('--')
  })
})
