import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli, cliProcess, cliTerminal } from '../support/cli.ts'
import { ROOT, temporaryFolder } from '../support/windtunnel.ts'

const VERBS = ['run', 'demo', 'validate', 'doctor', 'explain', 'schema', 'status', 'report', 'reload', 'chaos']
const ESCAPE = '\u001b['
const hasScript = spawnSync('script', ['--version']).status === 0
if (!hasScript) process.stderr.write('notice: script (util-linux) is not installed, what a terminal is shown is not checked\n')

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }

describe('the command line', () => {
  it('shows examples first, then every verb, and ends with 0 when it was asked for help', async () => {
    const { code, out, err } = await cliProcess(['--help'])
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^Examples:\n {2}\$ windtunnel /)
    for (const verb of VERBS) expect(out).toMatch(new RegExp(`^  ${verb} .*\\S{3}`, 'm'))
  })

  it.each(VERBS)('shows examples of %s before its options', async (verb) => {
    const { code, out } = await cli([verb, '--help'])
    expect(code).toBe(0)
    expect(out.startsWith(`Examples:\n  $ windtunnel ${verb}`)).toBe(true)
    expect(out.indexOf('Usage:')).toBeGreaterThan(out.indexOf('Examples:'))
    expect(out).not.toContain(ESCAPE)
  })

  it('says its version', async () => {
    expect(await cli(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
  })

  it.each([
    [['validat', 'x'], 'Did you mean validate?'],
    [['nothing-like-it'], "unknown command 'nothing-like-it'"],
    [['validate', '--strct', 'x'], 'Did you mean --strict?'],
    [['validate'], "missing required argument 'file'"],
    [['explain', 'x'], "missing required argument 'method'"],
    [['validate', 'a', 'b'], 'too many arguments'],
    [['run'], 'give a config file, or --primary URL'],
    [['run', 'x', '--primary', 'http://127.0.0.1:1'], 'not both'],
    [['run', 'x', '--log-level', 'loud'], 'Allowed choices are debug, info, warn, error'],
    [['demo', '--rate', 'fast'], '--rate: expected a number above 0; got fast'],
    [['demo', '--log-level', 'loud'], 'Allowed choices'],
    [['chaos'], 'Usage: windtunnel chaos'],
    [['chaos', 'stop'], 'give the name of an experiment, or --all'],
    [['chaos', 'stop', 'x', '--all'], 'give the name of an experiment, or --all'],
    [['chaos', 'strt', 'x'], 'Did you mean start?'],
    [['report', '--examples', 'many'], '--examples: expected a whole number; got many'],
    [[], 'Usage: windtunnel']
  ])('refuses %j with exit code 2, on standard error', async (args, expected) => {
    const { code, out, err } = await cli(args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(expected)
    expect(err).not.toContain('    at ')
  })

  it('hands its exit codes to whoever called it', async () => {
    expect((await cliProcess(['validat'])).code).toBe(2)
    expect((await cliProcess(['validate', '/not/there'])).code).toBe(1)
  })
})

describe('what a terminal is shown', () => {
  const good = (): string => {
    const file = join(temporaryFolder(), 'good.yaml')
    writeFileSync(file, 'version: 1\nbackends: { a: { url: "http://127.0.0.1:1" } }\nroutes: [{ name: r, backend: a }]\n')
    return file
  }

  it.skipIf(!hasScript)('has colours, but for who has set NO_COLOR', async () => {
    const file = good()
    const [coloured, plain] = await Promise.all([cliTerminal(['validate', file]), cliTerminal(['validate', file], { NO_COLOR: '1' })])
    expect(coloured.code).toBe(0)
    expect(coloured.out).toContain(ESCAPE)
    expect(plain.out).toContain('ok')
    expect(plain.out).not.toContain(ESCAPE)
  })

  it('is plain where it is no terminal', async () => {
    const { code, out, err } = await cliProcess(['validate', good()], { env: { FORCE_COLOR: '1' } })
    expect(code).toBe(0)
    expect(out).toContain('ok')
    expect(out + err).not.toContain(ESCAPE)
  })
})
