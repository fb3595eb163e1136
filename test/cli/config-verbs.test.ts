import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, cliProcess } from '../support/cli.ts'
import { ROOT, temporaryFolder } from '../support/windtunnel.ts'

const GOOD = `version: 1
backends: { stable: { url: "http://127.0.0.1:1" }, canary: { url: "http://127.0.0.1:2" }, next: { url: "http://127.0.0.1:3" } }
routes:
  - name: house
    match: { path: { prefix: /v1/ }, headers: { x-tenant: "acme-*" } }
    unit: { header: x-user-id }
    split: [{ backend: stable, weight: 95 }, { backend: canary, weight: 5 }]
    fallback: stable
    mirrors: [{ backend: next, percent: 100 }]
  - { name: rest, match: { path: { prefix: / } }, backend: stable }
chaos:
  limits: { percent: 100, active: 1 }
  experiments: [{ name: slow, route: house, percent: 100, duration: 1m, faults: [{ kind: delay, fixed: 1s }] }]
`
const BAD = GOOD.replace('weight: 5', 'wieght: 5').replace('fallback: stable', 'fallback: stabel')
const DOUBTFUL = GOOD.replace('  - name: house', '  - { name: all, backend: stable }\n  - name: house')

let files: Readonly<Record<'good' | 'bad' | 'doubtful', string>>

beforeAll(() => {
  const folder = temporaryFolder()
  const write = (name: string, text: string): string => {
    const file = join(folder, `${name}.yaml`)
    writeFileSync(file, text)
    return file
  }
  files = { good: write('good', GOOD), bad: write('bad', BAD), doubtful: write('doubtful', DOUBTFUL) }
})

describe('validate', () => {
  it('of a good config says what is in it, and ends with 0', async () => {
    const { code, out, err } = await cliProcess(['validate', files.good])
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^route house: stable 95 %, canary 5 %\nroute rest: stable 100 %\nok .*good\.yaml: 2 routes, 3 backends, hash [0-9a-f]{12}\n$/)
  })

  it('of a bad config lists everything that is wrong with its place, and ends with 1', async () => {
    const { code, out, err } = await cliProcess(['validate', files.bad])
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(`${files.bad}:7:65: routes[0].split[1].wieght: unknown key - did you mean "weight"?\n`)
    expect(err).toMatch(/\n {6,}.*split: .*\n +\^\n/)
    expect(err).toContain('did you mean "stable"?')
    expect(err).toMatch(/bad\.yaml: [2-9] problems\n$/)
  })

  it('tells warnings from what is wrong where it counts them', async () => {
    const validate = async (input: string, ...more: readonly string[]): Promise<string | undefined> => (await cli(['validate', ...more, '-'], { input })).err.split('\n').at(-2)
    const doubtful = 'version: 1\nbackends: { a: { url: "http://127.0.0.1:1" }, b: { url: "http://127.0.0.1:2" } }\nroutes: [{ name: r, backend: a }]\n'
    expect(await validate(doubtful, '--strict')).toBe('-: 1 warning')
    expect(await validate(`${doubtful}chaos: { limits: { percent: 1, active: 1 }, experiments: [{ name: x, route: s, percent: 1, duration: 1s, faults: [{ kind: abort, status: 503 }] }] }\n`)).toBe('-: 1 problem, 1 warning')
  })

  it('lists findings as JSON, good or bad', async () => {
    const good = await cli(['validate', '--json', files.good])
    expect([good.code, good.err, JSON.parse(good.out)]).toEqual([0, '', { ok: true, hash: expect.stringMatching(/^[0-9a-f]{12}$/), findings: [] }])
    const bad = await cli(['validate', '--json', files.bad])
    expect([bad.code, bad.err]).toEqual([1, ''])
    const { ok, findings } = JSON.parse(bad.out) as { ok: boolean, findings: unknown[] }
    expect(ok).toBe(false)
    expect(findings).toContainEqual(expect.objectContaining({ severity: 'error', file: files.bad, line: 7, column: 65, path: 'routes[0].split[1].wieght', suggestion: 'weight' }))
  })

  it('cuts a line that is very long in what it lists as JSON', async () => {
    const { out } = await cli(['validate', '--json', '-'], { input: `version: 1\nx-note: ${'y'.repeat(10_000)}\nnonsense: ${'z'.repeat(10_000)}\n` })
    expect(out.length).toBeLessThan(5000)
  })

  it('with --strict takes doubts for errors', async () => {
    const loose = await cli(['validate', files.doubtful])
    expect(loose.code).toBe(0)
    expect(loose.err).toContain('warning: routes[1]: never reached')
    const strict = await cli(['validate', '--strict', files.doubtful])
    expect([strict.code, strict.out]).toEqual([1, ''])
    expect((await cli(['validate', '--strict', '--json', files.doubtful])).code).toBe(1)
    expect((await cli(['validate', '--strict', files.good])).code).toBe(0)
  })

  it('reads standard input', async () => {
    const good = await cliProcess(['validate', '-'], { input: GOOD })
    expect([good.code, good.err]).toEqual([0, ''])
    const bad = await cli(['validate', '-'], { input: 'version: 2\n' })
    expect(bad.code).toBe(1)
    expect(bad.err).toContain('stdin:1:10: version: ')
    expect((await cli(['validate', '-'])).code).toBe(1)
  })

  it('takes placeholders from the environment', async () => {
    const input = GOOD.replace('weight: 95', 'weight: "${WEIGHT}"')
    expect((await cli(['validate', '-'], { input, env: { WEIGHT: '15' } })).out).toContain('stable 75 %, canary 25 %')
    expect((await cli(['validate', '-'], { input })).err).toContain('environment variable WEIGHT is not set')
  })

  it.each([['/not/there.yaml', '/not/there.yaml: no such file\n'], [ROOT, `${ROOT}: it is a directory\n`]])('of %s says that it cannot be read, and ends with 1', async (file, expected) => {
    expect(await cli(['validate', file])).toEqual({ code: 1, out: '', err: expected })
  })
})

describe('doctor', () => {
  it('says what is unbounded or unsafe, the worst first', async () => {
    const { code, out, err } = await cliProcess(['doctor', files.good])
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^high {3}chaos\.limits\.percent: experiments may hit 100 % of all requests/)
    expect(out).toMatch(/^medium backends\.stable\.health: there is no health check/m)
    const { advice } = JSON.parse((await cli(['doctor', '--json', files.good])).out) as { advice: { severity: string, path: string }[] }
    expect(advice.length).toBe(out.trimEnd().split('\n').length)
    expect(advice[0]).toMatchObject({ severity: 'high', path: 'chaos.limits.percent' })
  })

  it('of a config that does not hold says what is wrong, and ends with 1', async () => {
    const { code, out, err } = await cli(['doctor', files.bad])
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('unknown key')
  })
})

describe('schema', () => {
  it('is the one that lies in the repository', async () => {
    const { code, out, err } = await cliProcess(['schema'])
    expect([code, err]).toEqual([0, ''])
    expect(out).toBe(readFileSync(join(ROOT, 'windtunnel.schema.json'), 'utf8'))
  })
})

describe('explain', () => {
  const explain = (...args: readonly string[]): ReturnType<typeof cli> => cli(['explain', files.good, ...args])

  it('says which route matches and why others do not, the unit, the arm, mirrors and faults', async () => {
    const { code, out, err } = await cliProcess(['explain', files.good, 'post', '/v1/models', '-H', 'x-tenant: acme-1', '-H', 'x-user-id: u1', '--request-id', 'r1'])
    expect([code, err]).toEqual([0, ''])
    expect(out).toBe([
      'route house matches', '  + path starts with /v1/', '  + header x-tenant is like "acme-*"',
      'unit    header x-user-id = u1', 'split   [stable 95 %]  canary 5 %', 'fails?  stable is asked once',
      expect.stringMatching(/^mirror {2}next: yes, drawn \(\d+(\.\d+)? of 100 %\)$/), expect.stringMatching(/^chaos {3}slow \(delay\): yes, while it runs, in scope and drawn \(\d+(\.\d+)? of 100 %\)$/), ''
    ].reduce<string>((text, line, i) => `${text}${i === 0 ? '' : '\n'}${typeof line === 'string' ? line : out.split('\n')[i] ?? ''}`, ''))
    expect(out.split('\n')[6]).toMatch(/^mirror {2}next: yes, drawn \(\d+(\.\d+)? of 100 %\)$/)
    expect(out.split('\n')[7]).toMatch(/^chaos {3}slow \(delay\): yes, while it runs, in scope and drawn \(\d+(\.\d+)? of 100 %\)$/)
  })

  it('names the condition that does not hold, and the request id it made up', async () => {
    const { code, out } = await explain('GET', '/v1/models')
    expect(code).toBe(0)
    expect(out).toContain('route house does not match\n  + path starts with /v1/\n  - header x-tenant is like "acme-*"\nroute rest matches\n')
    expect(out).toContain('unit    the request\n')
    expect(out).toContain('drawn for request id "example"; give --request-id for another\n')
  })

  it('says that a unit is absent', async () => {
    expect((await explain('GET', '/v1/x', '-H', 'x-tenant: acme-1')).out).toContain('unit    header x-user-id is absent, so the request itself\n')
  })

  it('says when no route matches', async () => {
    const input = join(temporaryFolder(), 'one.yaml')
    writeFileSync(input, GOOD.replace(/ {2}- \{ name: rest.*\n/, ''))
    const { code, out } = await cli(['explain', input, 'GET', '/other'])
    expect(code).toBe(0)
    expect(out).toContain('no route matches: it would be answered 404')
  })

  it('reads the body from the command line or a file', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'body.json'), '{"model":"house-7b"}')
    writeFileSync(join(folder, 'c.yaml'), 'version: 1\nbackends: { a: { url: "http://127.0.0.1:1" } }\nroutes: [{ name: r, backend: a, match: { body: { /model: "house-*" } } }]\n')
    for (const data of ['{"model":"house-1"}', `@${join(folder, 'body.json')}`]) {
      // oxlint-disable-next-line no-await-in-loop -- two
      expect((await cli(['explain', join(folder, 'c.yaml'), 'POST', '/', '-d', data])).out).toContain('route r matches')
    }
    expect((await cli(['explain', join(folder, 'c.yaml'), 'POST', '/', '-d', '{"model":"car"}'])).out).toContain('route r does not match')
    const note = 'the body is not JSON: no condition on it holds, and no unit is read from it\n'
    expect((await cli(['explain', join(folder, 'c.yaml'), 'POST', '/', '-d', '{"model":'])).out).toContain(note)
    expect((await cli(['explain', join(folder, 'c.yaml'), 'POST', '/', '-d', '{"model":"car"}'])).out).not.toContain(note)
    expect(await cli(['explain', join(folder, 'c.yaml'), 'POST', '/', '-d', '@/not/there'])).toEqual({ code: 1, out: '', err: '--data: /not/there cannot be read\n' })
  })

  it('prints JSON', async () => {
    const { code, out } = await explain('GET', '/v1/x', '-H', 'x-tenant: acme-1', '--json', '--request-id', 'r7')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ requestId: 'r7', routes: [{ name: 'house', matches: true }], route: { name: 'house', mirrors: [{ backend: 'next', sampled: true }], chaos: [{ experiment: 'slow', hit: true }] } })
  })

  it.each([
    [['GE T', '/'], 'this request would be refused with 400: the first line is not a valid request or status line'],
    [['BREW', '/'], 'this request would be refused with 501: the method is not known'],
    [['GET', 'no-slash'], 'this request would be refused with 400: the request target is not valid for this method'],
    [['GET', 'http://'], 'this request would be refused with 400: the request target is not valid for this method'],
    [['GET', '/a b'], 'this request would be refused with 400: the first line is not a valid request or status line'],
    [['GET', '/', '-H', 'no colon'], 'this request would be refused with 400: a header name is not a token, or whitespace stands before its colon'],
    [['GET', '/', '-H', 'x: a\r\ny: b'], 'this request would be refused with 400: a header value holds a control character'],
    [['GET', '/', '-H', 'transfer-encoding: chunked', '-H', 'content-length: 3'], 'this request would be refused with 400: Content-Length and Transfer-Encoding stand together'],
    [['GET', '/', '-H', 'host: a', '-H', 'host: b'], 'this request would be refused with 400: exactly one valid Host header is required']
  ])('of %j says why it would be refused', async (args, expected) => {
    expect(await explain(...args)).toEqual({ code: 1, out: '', err: `${expected}\n` })
  })

  it('of a config that does not hold says what is wrong', async () => {
    const { code, err } = await cli(['explain', files.bad, 'GET', '/'])
    expect(code).toBe(1)
    expect(err).toContain('unknown key')
  })
})
