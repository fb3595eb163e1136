import type { MirrorReport } from '../control/mirror-report.ts'
import { type AdminOptions, callAdmin, withAdmin } from './admin-client.ts'
import { CliError, type Io, USAGE } from './io.ts'
import { createStyle, type Style, table } from './style.ts'
import { examples, type Verb } from './verb.ts'

const MAX_FIELDS = 30

export const report: Verb = (program, io) => {
  withAdmin(program.command('report').summary('what shadow models answered differently').option('--json', 'print JSON').option('--examples <n>', 'examples per mirror', '5'))
    .addHelpText('before', examples('report', 'report --examples 20', 'report --json'))
    .action(async (options: AdminOptions & { readonly json?: boolean, readonly examples: string }) => {
      const maxExamples = Number(options.examples)
      if (!Number.isInteger(maxExamples) || maxExamples < 0) throw new CliError(`--examples: expected a whole number; got ${options.examples}`, USAGE)
      const found = await callAdmin<{ readonly mirrors: readonly MirrorReport[] }>(options, 'GET', '/api/v1/mirrors')
      if (options.json === true) return io.out(`${JSON.stringify(found, undefined, 2)}\n`)
      if (found.mirrors.length === 0) return io.out('no route has a mirror\n')
      const style = createStyle(io.colour)
      for (const mirror of found.mirrors) print(mirror, maxExamples, style, io)
    })
}

function print(mirror: MirrorReport, maxExamples: number, style: Style, io: Io): void {
  const { route, backend, leg, sampled, outcomes, underWay, comparison } = mirror
  io.out(`\n${style.bold(`${route} -> ${backend}`)}${leg === 'baseline' ? ` (baseline of mirror ${mirror.mirror}: how much the primary's own model disagrees with itself)` : ''}\n`)
  io.out(`sampled ${sampled}: ${Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${count}`).join(', ')}${underWay > 0 ? `, under way ${underWay}` : ''}\n`)
  if (comparison === null) return io.out('the comparison does not answer: its thread is being started again\n')
  if (comparison.compared === 0) return io.out('nothing compared yet\n')
  const differing = comparison.fields.filter(({ different }) => different > 0)
  const rows = differing.map(({ path, compared, different, share, interval: [low, high], kinds }) => [
    path === '' ? '(document)' : path, String(different), String(compared), percent(share), `${percent(low)} .. ${percent(high)}`,
    Object.entries(kinds).map(([kind, count]) => `${kind} ${count}`).join(', ')
  ])
  if (rows.length > 0) io.out(`${table([['field', 'differ', 'of', 'share', '95 % interval', 'how'], ...rows.slice(0, MAX_FIELDS)], [1, 2, 3])}\n`)
  if (rows.length > MAX_FIELDS) io.out(style.dim(`and ${rows.length - MAX_FIELDS} more fields that differ; --json shows all\n`))
  // nothing seen is not nothing there: say how large a share could have gone unseen
  const unseen = comparison.fields.filter(({ different }) => different === 0)
  const bounds = unseen.map(({ interval: [, high] }) => high)
  const [least, most] = [Math.min(...bounds), Math.max(...bounds)].map(percent)
  const range = least === most ? `${most} of answers` : `${least} (those compared most) to ${most} (least) of answers`
  if (unseen.length > 0) io.out(`no difference seen in ${unseen.length} ${rows.length > 0 ? 'other ' : ''}fields; each could still differ in up to ${range}\n`)
  const { duration } = comparison.latency
  if (duration.count > 0) {
    const ratio = Math.exp(duration.sumLogRatio / duration.count)
    io.out(`time    primary ${duration.primaryMeanMs.toFixed(1)} ms, ${leg} ${duration.otherMeanMs.toFixed(1)} ms on average; ${leg} / primary within a pair ${ratio.toFixed(2)}\n`)
  }
  for (const { requestId, path, kind, primary, other } of comparison.examples.slice(0, maxExamples)) {
    io.out(style.dim(`example ${requestId} ${path} ${kind}: ${primary ?? '(none)'} | ${other ?? '(none)'}\n`))
  }
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`
