import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { type AdminOptions, callAdmin, callAdminText, withAdmin } from '../admin-client.ts'
import { CliError, FOUND, type Io, USAGE } from '../io.ts'
import { createStyle, type Style, table } from '../style.ts'

/** A run as far as it is printed. */
interface Run {
  readonly id: string
  readonly experiment: string
  readonly how: string
  readonly startedAt: string
  readonly endedAt: string
  readonly verdict: { readonly kind: 'PASS' | 'FAIL' | 'INCONCLUSIVE', readonly reasons: readonly { readonly text: string }[] }
  readonly arms: Readonly<Record<'experiment' | 'control', { readonly requests: number, readonly errors: number, readonly slow: number }>>
}

interface Listing { readonly experiments: readonly { readonly name: string, readonly state: string }[] }

const FORMATS = ['chaostoolkit', 'junit', 'json']
const POLL_MS = 1000

/** The verbs that are about runs which have ended. */
export function addRuns(group: Command, io: Io): void {
  withAdmin(group.command('runs').summary('runs that have ended, with their verdicts').option('--json', 'print JSON'))
    .action(async (options: AdminOptions & { readonly json?: boolean }) => {
      const { runs } = await callAdmin<{ readonly runs: readonly Run[] }>(options, 'GET', '/api/v1/chaos/runs')
      if (options.json === true) return io.out(`${JSON.stringify({ runs }, undefined, 2)}\n`)
      if (runs.length === 0) return io.out('no run with something to prove has ended\n')
      const style = createStyle(io.colour)
      io.out(`${table(runs.map((run) => [run.id, run.verdict.kind, run.how, run.startedAt, run.verdict.reasons[0]?.text ?? '']))}\n`)
      io.out(style.dim('windtunnel chaos journal ID says all about one\n'))
    })
  withAdmin(group.command('journal').summary('what a run has seen, as a file others read').argument('<run-id>'))
    .option('--format <format>', FORMATS.join(', '), 'chaostoolkit')
    .option('--out <file>', 'write it there')
    .action(async (id: string, { format, out, ...options }: AdminOptions & { readonly format: string, readonly out?: string }) => {
      if (!FORMATS.includes(format)) throw new CliError(`--format: expected one of ${FORMATS.join(', ')}; got ${format}`, USAGE)
      const path = `/api/v1/chaos/runs/${encodeURIComponent(id)}${format === 'json' ? '' : format === 'junit' ? '/junit' : '/journal'}`
      const text = format === 'junit' ? await callAdminText(options, path) : `${JSON.stringify(await callAdmin(options, 'GET', path), undefined, 2)}\n`
      if (out === undefined) io.out(text)
      else writeFileSync(out, text)
    })
}

/** Waits until the run of an experiment has ended, and says what it has shown. @throws CliError with the exit code of its verdict */
export async function awaitVerdict(name: string, options: AdminOptions, io: Io): Promise<void> {
  for (;;) {
    const { experiments } = await callAdmin<Listing>(options, 'GET', '/api/v1/chaos') // oxlint-disable-line no-await-in-loop -- until it is over
    if (experiments.find((experiment) => experiment.name === name)?.state !== 'running') break
    await new Promise((resolve) => { setTimeout(resolve, POLL_MS) }) // oxlint-disable-line no-await-in-loop -- polling is the point
  }
  const { runs } = await callAdmin<{ readonly runs: readonly Run[] }>(options, 'GET', '/api/v1/chaos/runs')
  const run = runs.find(({ experiment }) => experiment === name)
  if (run === undefined) return io.out(`${name} has ended; it had nothing to prove\n`)
  io.out(verdictText(run, createStyle(io.colour)))
  if (run.verdict.kind === 'PASS') return
  throw new CliError('', run.verdict.kind === 'FAIL' ? 1 : FOUND)
}

function verdictText({ id, how, verdict, arms }: Run, style: Style): string {
  const paint = verdict.kind === 'PASS' ? style.green : verdict.kind === 'FAIL' ? style.red : style.yellow
  const groups = (['experiment', 'control'] as const).filter((group) => arms[group].requests > 0)
    .map((group) => `  ${group}: ${arms[group].requests} requests, ${arms[group].errors} failed, ${arms[group].slow} slow\n`)
  return `${paint(verdict.kind)} ${id} (${how})\n${verdict.reasons.map(({ text }) => `  ${text}\n`).join('')}${groups.join('')}`
}
