import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FakeStack, type Script } from '../control/gameday/support/fake-stack.ts'
import { isInstalled, start } from '../clients/support/command.ts'
import { Origin, sendJson } from '../clients/support/origin.ts'
import { cli, cliProcess, type CliRun, cliTerminal } from '../support/cli.ts'
import { POLL } from '../support/poll.ts'
import { testFolder } from '../support/sidecar.ts'
import { end, keep, ROOT, until, Windtunnel } from '../support/windtunnel.ts'

const noticing: Script = { alert: 'Slow', experiment: 'slow', spells: [[40, 80]], notifyMs: 30 }
const RECEIVER = 'receiver: { listen: 127.0.0.1:0, name: gameday }\n'
const ROUND = 'rounds: [{ experiment: slow, for: 1s, expect: [{ alert: Slow, within: 900ms }] }]\n'

/** A stack, and a plan for it in a file. */
async function given(yaml: string, scripts: readonly Script[] = [noticing]): Promise<{ readonly stack: FakeStack, readonly file: string, readonly args: readonly string[] }> {
  const stack = await FakeStack.start('slow')
  stack.rules = [{ name: 'Slow' }]
  stack.scripts = scripts
  const file = join(testFolder(), 'gameday.yaml')
  writeFileSync(file, stack.yamlHead + yaml)
  return { stack, file, args: ['gameday', file, '--admin', stack.admin] }
}

describe('windtunnel gameday', () => {
  it('reports in text what was detected, ends with 0 and has told what went on', async () => {
    const { args } = await given(ROUND)
    const { code, out, err } = await cliProcess(args)
    expect(out.replaceAll(/\d+\.\d s/g, '# s').replaceAll(/\S+Z/g, 'TIME').replace(/\d+ injected/, '# injected').replace(/# s without.*per hour \(0\.0 \.\. \S+\)/, '# s without a fault, RATE')).toBe(`game day  TIME, 1 of 1 rounds in # s

slow  # injected, # s
  detected  Slow within # s: noticed after # s
    injection -> pending # s -> firing +# s -> in Alertmanager +# s = # s
    built in: scrape interval # s + evaluation interval # s + for # s = up to # s, # s at least; the largest part is scrape interval; its rate over # s rises as the window fills
    resolved # s after the last injection

false alarms  0 in # s without a fault, RATE; 0 during faults

alert  slow      no fault
Slow   detected  -

passed  1 of 1 detected; recall 100.0 %, precision 100.0 %, F1 1.00; time to detect: median # s, 9 of 10 within # s, of 1
`)
    expect(code).toBe(0)
    expect(err).toMatch(/^\d\d:\d\d:\d\d {2}control before: 0\.06 s without a fault\n/)
    expect(err).toMatch(/ {2}slow: started\n/)
  })

  it('ends with 1 when something was missed, as JSON and as JUnit XML', async () => {
    const { args } = await given(`${RECEIVER}rounds:\n  - { experiment: slow, for: 200ms, expect: [{ alert: Slow, within: 150ms }] }\n  - { name: none, experiment: null, for: 50ms, expect: [] }\n`, [{ alert: 'Lonely', spells: [[0, 60, 150]], labels: { quote: '"<&\u0007' } }])
    const junit = join(testFolder(), 'gameday.xml')
    const { code, out } = await cliProcess([...args, '--json', '--junit', junit])
    expect(code).toBe(1)
    const report = JSON.parse(out) as Record<string, unknown>
    expect(report).toMatchObject({
      version: 1, result: 'failed', brokenOff: null, score: { recall: 0, detected: 0, conclusive: 1, timeToDetectMs: { count: 0, median: null } },
      rounds: [{ name: 'slow', experiment: 'slow', outcomes: [{ verdict: { kind: 'missed' }, noticedBy: 'webhook', pending: null, stages: { toPendingMs: null } }] }, { name: 'none', experiment: null }],
      falseAlarms: [{ alert: 'Lonely', round: null, why: 'no fault' }], matrix: { unseen: ['slow'], neverFired: ['Slow'] }
    })
    for (const key of ['start', 'end']) expect(report[key]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    const xml = readFileSync(junit, 'utf8')
    expect(xml).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="windtunnel gameday">\n {2}<testsuite name="slow" tests="2" failures="1" skipped="0" errors="0" /)
    expect(xml).toContain('<testcase classname="gameday.slow" name="Slow" time="0.000"><failure message="missed: it never became pending, with ')
    expect(xml).toMatch(/<testcase classname="gameday\.control windows" name="nothing fires without a fault" time="0\.000"><failure message="Lonely\{quote=&quot;\\&quot;&lt;&amp;\\u0007&quot;\} fired at /)
  })

  it('ends with 3 when it cannot be told', async () => {
    const { args, stack } = await given('rounds: [{ experiment: slow, for: 100ms, minInjected: 1000000, expect: [{ alert: Slow, within: 50ms }] }]\n', [])
    const junit = join(testFolder(), 'gameday.xml')
    const { code, out } = await cliProcess([...args, '--junit', junit])
    expect(code).toBe(3)
    expect(out).toMatch(/\n {2}under dosed {2}Slow within 0\.1 s: \d+ faults were injected, of 1000000 that would tell\n/)
    expect(out).toMatch(/\ninconclusive {2}0 of 0 detected, 1 inconclusive; recall unknown, precision unknown, F1 unknown\n$/)
    expect(readFileSync(junit, 'utf8')).toContain('<skipped message="under_dosed: ')
    expect(stack.isRunning('slow')).toBe(false)
  })

  it('says when it could not look', async () => {
    const { stack, args } = await given('rounds: [{ experiment: slow, for: 800ms, expect: [{ alert: Slow, within: 700ms }] }]\n', [])
    const running = spawned(args)
    await expect.poll(() => running.err(), POLL).toMatch(/control before/)
    stack.down.add('prometheus')
    const { code, out } = await running.ended
    expect(code).toBe(3)
    expect(out).toMatch(/\nunwatched for \d\.\d s from \S+, Prometheus: Prometheus does not answer at http:\S+ \(UND_ERR_SOCKET\)\n/)
    expect(out).toMatch(/\n {2}unobserved {2}Slow within 0\.7 s: Prometheus did not answer for /)
  })

  it('only says what it would do in a dry run', async () => {
    const { args, stack } = await given(`${RECEIVER}rounds:\n  - { experiment: slow, for: 10s, expect: [{ alert: Slow, within: 80ms }] }\n  - { experiment: null, for: 5s, expect: [] }\n`)
    const { code, out, err } = await cli([...args, '--dry-run'])
    expect([code, stack.calls]).toEqual([0, []])
    expect(out).toBe(`2 rounds, 15.2 s and the time alerts take to resolve; nothing was started

slow  slow, 10s
  Slow within 0.1 s
    built in: scrape interval 0.0 s + evaluation interval 0.0 s + for 0.0 s + group_wait 0.0 s = up to 0.1 s, 0.0 s at least; the largest part is group_wait; its rate over 60.0 s rises as the window fills

no-fault  nothing injected, 5s
  nothing may fire
`)
    expect(err).toMatch(/gameday\.yaml:8:67: warning: rounds\[0\]\.expect\[0\]\.within: may be missed by bad luck alone: by its configuration it takes up to 0\.1 s\n/)
  })

  it('says what is wrong with a plan, where, and what it should be', async () => {
    const { file, args } = await given('rouds: []\n')
    expect(await cli(args)).toEqual({ code: 1, out: '', err: `${file}:6:1: rouds: unknown key - did you mean "rounds"?\n    rouds: []\n    ^\n` })
    expect(await cli(['gameday', '/not/there'])).toEqual({ code: 1, out: '', err: '/not/there: no such file\n' })
  })

  it('starts nothing when an experiment is not there', async () => {
    const { stack, file, args } = await given(ROUND.replace('slow', 'slwo'))
    const { code, out, err } = await cli([...args, '--dry-run'])
    expect([code, out, stack.calls]).toEqual([1, '', []])
    expect(err).toMatch(`${file}:6:24: rounds[0].experiment: the running config has no such experiment - did you mean "slow"?\n`)
  })

  it.each<[string, (stack: FakeStack) => void, readonly string[], RegExp]>([
    ['Prometheus', (stack) => stack.down.add('prometheus'), [], /^Prometheus does not answer at http:\S+ \(UND_ERR_SOCKET\)\n$/],
    ['Alertmanager', (stack) => stack.down.add('alertmanager'), [], /^Alertmanager does not answer at http:\S+ \(UND_ERR_SOCKET\)\n$/],
    ['Windtunnel', () => undefined, ['--admin', '127.0.0.1:1'], /^Windtunnel does not answer at http:\/\/127\.0\.0\.1:1 \(ECONNREFUSED\)\n$/]
  ])('says in a line that %s does not answer', async (_, prepare, more, message) => {
    const { stack, args } = await given(ROUND)
    prepare(stack)
    const { code, out, err } = await cli([...args, ...more, '--dry-run'])
    expect([code, out, stack.calls]).toEqual([1, '', []])
    expect(err).toMatch(message)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('stops the fault on %s, and reports what it saw until then', async (signal) => {
    const { stack, args } = await given('rounds: [{ experiment: slow, for: 1h, expect: [{ alert: Slow, within: 1m }] }]\n')
    const running = spawned(args)
    await expect.poll(() => stack.isRunning('slow'), POLL).toBe(true)
    await expect.poll(() => running.err(), POLL).toMatch(/slow: started/)
    running.child.kill(signal)
    const { code, out, err } = await running.ended
    expect(stack.isRunning('slow')).toBe(false)
    expect(code).toBe(1)
    expect(out).toMatch(/\nbroken off: it was interrupted\n/)
    expect(err).toMatch(`${signal}: the fault is stopped; once more to leave at once\n`)
  })

  it('is in colour on a terminal, and plain elsewhere', async () => {
    const { args } = await given('rounds: [{ experiment: null, for: 50ms, expect: [] }]\n', [])
    expect((await cliProcess(args)).out).not.toContain('\u001b')
    const { code, out } = await cliTerminal(args)
    expect(code).toBe(0)
    expect(out).toContain('\u001b[32mpassed\u001b[39m')
  })

  it('leaves at once on the second signal', async () => {
    const { stack, args } = await given('rounds: [{ experiment: slow, for: 1h, expect: [] }]\n')
    stack.down.add('stop')
    const running = spawned(args)
    await expect.poll(() => running.err(), POLL).toMatch(/slow: started/)
    running.child.kill('SIGINT')
    await expect.poll(() => running.err(), POLL).toMatch(/SIGINT/)
    running.child.kill('SIGINT')
    expect((await running.ended).code).toBe(130)
  })
})

function spawned(args: readonly string[]): { readonly child: ChildProcess, readonly err: () => string, readonly ended: Promise<CliRun> } {
  const child = keep(spawn(process.execPath, [join(ROOT, 'src/main.ts'), ...args], { env: { PATH: process.env['PATH'] }, stdio: ['ignore', 'pipe', 'pipe'] }))
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => { out += text })
  child.stderr.setEncoding('utf8').on('data', (text: string) => { err += text })
  return { child, err: () => err, ended: new Promise((resolve) => { child.once('close', (code) => resolve({ code, out, err })) }) }
}

const hasServers = isInstalled('prometheus') && isInstalled('prometheus-alertmanager')

/** Starts one of them; resolves with its address once it listens. */
async function server(command: string, args: readonly string[]): Promise<string> {
  const { child, ended } = start(command, args)
  onTestFinished(() => end(child))
  let log = ''
  return await new Promise((resolve, reject) => {
    child.stderr?.on('data', (text: string) => {
      log += text
      const found = /msg="Listening on" address=(127\.0\.0\.1:\d+)/.exec(log)?.[1]
      if (found !== undefined) resolve(found)
    })
    void ended.then(() => reject(new Error(`${command} did not start:\n${log}`)))
  })
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => { probe.once('listening', resolve) })
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => { probe.close(resolve) })
  return port
}

describe.skipIf(!hasServers)('with a real Prometheus and a real Alertmanager', () => {
  it('tells the fault that is caught from the one that is not, and from an alert that is silenced', { timeout: 90_000 }, async () => {
    const folder = testFolder()
    const model = await Origin.start((_request, response) => sendJson(response, { label: 'cheap' }))
    const tunnel = await Windtunnel.start(`version: 1
listen: 127.0.0.1:0
admin: { listen: 127.0.0.1:0 }
backends: { model: { url: "${model.url}" } }
routes: [{ name: model, backend: model }]
chaos:
  limits: { percent: 100, active: 100 }
  experiments:
    - { name: slow, route: model, percent: 50, duration: 1m, faults: [{ kind: delay, fixed: 150ms }] }
    - { name: failing, route: model, percent: 20, duration: 1m, faults: [{ kind: abort, status: 503 }] }
`)
    const hook = await freePort()
    writeFileSync(join(folder, 'alertmanager.yml'), `route: { receiver: other, group_wait: 1s, group_interval: 1s, group_by: [alertname], routes: [{ receiver: gameday, matchers: ['severity="page"'] }] }
receivers: [{ name: other }, { name: gameday, webhook_configs: [{ url: "http://127.0.0.1:${hook}/" }] }]
`)
    const alertmanager = await server('prometheus-alertmanager', [`--config.file=${join(folder, 'alertmanager.yml')}`, `--storage.path=${join(folder, 'am')}`, '--web.listen-address=127.0.0.1:0', '--cluster.listen-address='])
    writeFileSync(join(folder, 'alerts.yml'), `groups:
  - name: model
    rules:
      - { alert: Slow, expr: 'histogram_quantile(0.9, sum by (route, le) (rate(windtunnel_request_duration_seconds_bucket[3s]))) > 0.1', for: 1s, labels: { severity: page } }
      - { alert: Failing, expr: 'sum(rate(windtunnel_requests_total{code="503"}[3s])) / sum(rate(windtunnel_requests_total[3s])) > 0.5', for: 1s, labels: { severity: page } }
      - { alert: AnyFailing, expr: 'sum(rate(windtunnel_requests_total{code="503"}[3s])) > 0', for: 1s, labels: { severity: ticket } }
      - { alert: HushedFailing, expr: 'sum(rate(windtunnel_requests_total{code="503"}[3s])) > 0', for: 1s, labels: { severity: page } }
`)
    writeFileSync(join(folder, 'prometheus.yml'), `global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
rule_files: [alerts.yml]
alerting: { alertmanagers: [{ static_configs: [{ targets: ["${alertmanager}"] }] }] }
scrape_configs: [{ job_name: windtunnel, static_configs: [{ targets: ["${new URL(tunnel.admin).host}"] }] }]
`)
    const prometheus = await server('prometheus', [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`, '--web.listen-address=127.0.0.1:0'])
    await until(async () => (await fetch(`http://${prometheus}/-/ready`)).ok)
    const silence = await fetch(`http://${alertmanager}/api/v2/silences`, {
      method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ matchers: [{ name: 'alertname', value: 'HushedFailing', isRegex: false, isEqual: true }], startsAt: new Date(Date.now() - 1000).toISOString(), endsAt: new Date(Date.now() + 600_000).toISOString(), createdBy: 'test', comment: 'hush' })
    })
    const { silenceID } = await silence.json() as { silenceID: string }
    const asking = setInterval(() => void fetch(`${tunnel.url}/v1`).then((response) => response.text()).catch(() => undefined), 20)
    onTestFinished(() => clearInterval(asking))
    // rates need two scrapes, and rules an evaluation
    await until(async () => {
      const { data } = await (await fetch(`http://${prometheus}/api/v1/query?query=${encodeURIComponent('rate(windtunnel_requests_total[3s])')}`)).json() as { data: { result: readonly unknown[] } }
      return data.result.length > 0
    })
    const plan = join(folder, 'gameday.yaml')
    writeFileSync(plan, `version: 1
prometheus: http://${prometheus}
alertmanager: http://${alertmanager}
receiver: { listen: "127.0.0.1:${hook}", name: gameday }
poll: 100ms
control: { before: 1s, between: 1s, after: 1s }
rounds:
  - { experiment: slow, for: 9s, minInjected: 20, recover: 15s, expect: [{ alert: Slow, labels: { route: model }, within: 9s }] }
  - experiment: failing
    for: 8s
    minInjected: 20
    expect: [{ alert: Failing, within: 8s }, { alert: AnyFailing, within: 8s }, { alert: HushedFailing, within: 8s }, { alert: Unwritten, within: 8s }]
`)
    const { code, out, err } = await cliProcess(['gameday', plan, '--admin', tunnel.admin, '--json'])
    expect(err).toContain('rounds[1].expect[3].alert: Prometheus has loaded no rule of this name')
    expect(err).toContain('rounds[1].expect[1]: by the labels of its rule it goes to other and not to gameday')
    const report = JSON.parse(out) as { rounds: { dose: { count: number }, outcomes: { verdict: { kind: string, reason: string }, toDetectMs: number, stages: { toPendingMs: number, toFiringMs: number, toNotifiedMs: number }, floor: { mostMs: number, leastMs: number }, recovered: boolean | null, noticedBy: string }[] }[] } & Record<string, unknown>
    const [slow, failing] = report.rounds
    expect(slow!.outcomes.map(({ verdict: { kind } }) => kind), out).toEqual(['detected'])
    expect(slow!.dose.count).toBeGreaterThan(20)
    const [{ toDetectMs, stages, floor, recovered, noticedBy } = slow!.outcomes[0]!] = slow!.outcomes
    expect([noticedBy, recovered, floor.mostMs, floor.leastMs]).toEqual(['webhook', true, 4000, 2000])
    expect(stages.toPendingMs + stages.toFiringMs + stages.toNotifiedMs).toBeCloseTo(toDetectMs, 5)
    // evaluations are a second apart, give or take what a loaded machine adds
    expect(stages.toFiringMs).toBeGreaterThan(900)
    expect(stages.toNotifiedMs).toBeGreaterThan(900)
    expect(failing!.outcomes.map(({ verdict: { kind } }) => kind), out).toEqual(['missed', 'misrouted', 'suppressed', 'rule_error'])
    expect(failing!.outcomes[0]!.verdict.reason).toMatch(/^it never became pending, with \d+ faults injected$/)
    expect(failing!.outcomes[2]!.verdict.reason).toBe(`it fired, and Alertmanager kept quiet: silence ${silenceID}`)
    expect(report).toMatchObject({ result: 'failed', falseAlarms: [], matrix: { unseen: [], neverFired: ['Failing', 'Unwritten'] }, score: { recall: 1 / 5, conclusive: 5, precision: 1 } })
    expect(code).toBe(1)
    const { experiments } = await tunnel.api('GET', '/api/v1/chaos') as { experiments: readonly { state: string }[] }
    expect(experiments.map(({ state }) => state)).toEqual(['stopped', 'stopped'])
  })
})
