import { readFileSync, writeFileSync } from 'node:fs'
import { whyUnreadable } from '../config/interpolate.ts'
import { AlertmanagerClient } from '../control/gameday/alertmanager-client.ts'
import { AskError } from '../control/gameday/ask.ts'
import { loadPlan, type LoadedPlan } from '../control/gameday/load-plan.ts'
import type { Plan } from '../control/gameday/plan.ts'
import { preflight } from '../control/gameday/preflight.ts'
import { PrometheusClient } from '../control/gameday/prometheus-client.ts'
import { type GamedayReport, reportOf } from '../control/gameday/report.ts'
import { runGameday } from '../control/gameday/runner.ts'
import type { Sources } from '../control/gameday/watchers.ts'
import { WindtunnelClient } from '../control/gameday/windtunnel-client.ts'
import { type AdminOptions, withAdmin } from './admin-client.ts'
import { forecastText } from './gameday/forecast-text.ts'
import { gamedayJson } from './gameday/json.ts'
import { gamedayJunit } from './gameday/junit.ts'
import { gamedayText } from './gameday/text.ts'
import { CliError, FAILED, type Io } from './io.ts'
import { formatAll } from './load-config.ts'
import { createStyle } from './style.ts'
import { examples, type Verb } from './verb.ts'

type Options = AdminOptions & { readonly json?: boolean, readonly junit?: string, readonly dryRun?: boolean }

/** Exit code of a game day that found nothing wrong and cannot tell of everything. */
const INCONCLUSIVE = 3
const TIMEOUT_MS = 5000

export const gameday: Verb = (program, io) => {
  withAdmin(program.command('gameday').summary('inject faults and see whether the alerts notice: in time, at the right receiver, and only then')
    .argument('<file>', 'rounds of faults and the alerts they should raise, or - for standard input')
    .option('--json', 'print JSON')
    .option('--junit <file>', 'write JUnit XML as well')
    .option('--dry-run', 'ask everyone, say what can be foreseen, and start nothing'))
    .addHelpText('before', examples('gameday gameday.yaml --dry-run', 'gameday gameday.yaml', 'gameday gameday.yaml --json --junit gameday.xml'))
    .addHelpText('after', '\nExit code: 0 everything was detected and nothing else fired, 1 something was not or did, 3 it cannot be told, 2 wrong usage.')
    .action(async (file: string, options: Options) => {
      const loaded = load(file, io)
      const stopping = new AbortController()
      const { signal } = stopping
      if (options.dryRun !== true) stopOnSignals(stopping, io)
      try {
        const report = await hold(loaded, options, signal, io)
        if (report === undefined) return
        if (options.junit !== undefined) write(options.junit, gamedayJunit(report))
        io.out(options.json === true ? gamedayJson(report) : gamedayText(report, createStyle(io.colour)))
        if (report.result !== 'passed') throw new CliError('', report.result === 'failed' ? FAILED : INCONCLUSIVE)
      } catch (error) {
        if (signal.aborted && !(error instanceof CliError)) throw new CliError('interrupted before anything was started')
        if (error instanceof AskError) throw new CliError(error.message)
        throw error
      }
    })
}

function load(file: string, io: Io): Extract<LoadedPlan, { ok: true }> {
  let text: string
  try {
    text = file === '-' ? io.readInput() : readFileSync(file, 'utf8')
  } catch (error) {
    throw new CliError(`${file}: ${whyUnreadable(error)}`)
  }
  const loaded = loadPlan(text, { file: file === '-' ? 'stdin' : file, env: io.env, readFile: (path) => readFileSync(path, 'utf8') })
  if (!loaded.ok) throw new CliError(formatAll(loaded.findings))
  if (loaded.warnings.length > 0) io.err(`${formatAll(loaded.warnings)}\n`)
  return loaded
}

// the first signal ends the fault and reports what was seen; who cannot wait for that sends another
function stopOnSignals(stopping: AbortController, io: Io): void {
  for (const [name, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
    io.onSignal(name, () => {
      if (stopping.signal.aborted) io.exit(code)
      io.err(`${name}: the fault is stopped; once more to leave at once\n`)
      stopping.abort()
    })
  }
}

/** Holds a game day; undefined for a dry run, which has nothing to report. */
async function hold({ plan, locate }: Extract<LoadedPlan, { ok: true }>, options: Options, signal: AbortSignal, io: Io): Promise<GamedayReport | undefined> {
  const admin = /^https?:\/\//.test(options.admin) ? options.admin : `http://${options.admin}`
  if (URL.parse(admin) === null) throw new CliError(`--admin: not a URL: ${options.admin}`)
  const sources = sourcesOf(plan, admin, options.tokenFile)
  const known = await preflight({ plan, sources, target: new URL(admin).host, now: io.wallClock, signal })
  const findings = locate(known.problems)
  if (known.problems.some(({ severity }) => severity === 'error')) throw new CliError(formatAll(findings))
  if (findings.length > 0) io.err(`${formatAll(findings)}\n`)
  if (options.dryRun === true) {
    io.out(forecastText(plan, known, createStyle(io.colour)))
    return undefined
  }
  const say = (line: string): void => io.err(`${new Date(io.wallClock()).toISOString().slice(11, 19)}  ${line}\n`)
  const record = await runGameday({ plan, sources, clock: known.clock, settleMs: known.settleMs, now: io.wallClock, say, signal })
  return reportOf(record, plan, known.pipeline)
}

function sourcesOf({ prometheus, alertmanager }: Plan, admin: string, tokenFile: string | undefined): Sources {
  const headers = tokenFile === undefined ? {} : { authorization: `Bearer ${readToken(tokenFile)}` }
  return {
    prometheus: new PrometheusClient({ name: 'Prometheus', url: prometheus, timeoutMs: TIMEOUT_MS }),
    alertmanager: alertmanager === undefined ? undefined : new AlertmanagerClient({ name: 'Alertmanager', url: alertmanager, timeoutMs: TIMEOUT_MS }),
    windtunnel: new WindtunnelClient({ name: 'Windtunnel', url: admin, headers, timeoutMs: TIMEOUT_MS })
  }
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    throw new CliError(`--token-file: ${file} cannot be read`)
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new CliError(`--junit: ${file} cannot be written: ${whyUnreadable(error)}`)
  }
}
