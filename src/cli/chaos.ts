import type { Command } from 'commander'
import type { ExperimentState } from '../control/chaos-control.ts'
import { type AdminOptions, callAdmin, withAdmin } from './admin-client.ts'
import { describeFaults } from './chaos/describe-faults.ts'
import { explainRequest } from './chaos/explain-request.ts'
import { addForecast } from './chaos/forecast.ts'
import { holdExperiment } from './chaos/hold.ts'
import { addRuns, awaitVerdict } from './chaos/runs.ts'
import { CliError, type Io, USAGE } from './io.ts'
import { createStyle, table } from './style.ts'
import { examples, type Verb } from './verb.ts'

type Options = AdminOptions & { readonly json?: boolean, readonly all?: boolean }
type StartOptions = Options & { readonly dryRun?: boolean, readonly lease?: string, readonly hold?: boolean, readonly wait?: boolean }
interface Listing { readonly experiments: readonly ExperimentState[] }

export const chaos: Verb = (program, io) => {
  const group = program.command('chaos').summary('start, stop, list and explain chaos experiments')
    .addHelpText('before', examples('chaos list', 'chaos start slow-canary', 'chaos start slow-canary --hold', 'chaos stop slow-canary', 'chaos stop --all', 'chaos explain 3f2a-17'))
  asked(group, 'list', 'experiments, and which are running').action(async (options: Options) => show(await callAdmin<Listing>(options, 'GET', '/api/v1/chaos'), options, io))
  asked(group, 'start', 'start an experiment for its duration').argument('<name>')
    .option('--dry-run', 'only say what it would do: in the ledger, in `chaos explain` and in metrics')
    .option('--lease <duration>', 'end it unless it is renewed this often')
    .option('--hold', 'stay, renew its lease, and stop it when interrupted')
    .option('--wait', 'stay until it has ended: exit code 0 when its verdict is PASS, 1 for FAIL, 3 for INCONCLUSIVE')
    .action(async (name: string, options: StartOptions) => {
      const lease = options.lease ?? (options.hold === true ? '10s' : undefined)
      const listing = await callAdmin<Listing>(options, 'POST', pathOf(name, 'start'), { ...options.dryRun === true && { dryRun: true }, ...lease !== undefined && { lease } })
      show(listing, options, io)
      if (options.hold === true) await holdExperiment(name, options, io)
      if (options.wait === true) await awaitVerdict(name, options, io)
    })
  asked(group, 'stop', 'stop an experiment, or all at once').argument('[name]').option('--all', 'stop everything')
    .action(async (name: string | undefined, options: Options) => {
      if ((name === undefined) === (options.all !== true)) throw new CliError('give the name of an experiment, or --all', USAGE)
      if (name !== undefined) return show(await callAdmin<Listing>(options, 'POST', pathOf(name, 'stop')), options, io)
      const { stopped } = await callAdmin<{ readonly stopped: number }>(options, 'POST', '/api/v1/chaos/stop')
      io.out(options.json === true ? `${JSON.stringify({ stopped })}\n` : `stopped ${stopped}\n`)
    })
  addRuns(group, io)
  addForecast(group, io)
  group.command('faults').argument('[kind]').summary('list the kinds of faults, or say all about one').action((kind: string | undefined) => describeFaults(kind, io))
  asked(group, 'explain', 'say what chaos has done to a request, and what it would do').argument('<request-id>')
    .option('--ledger <file>', 'look for it in a ledger in place of asking')
    .action(async (requestId: string, options: Options & { readonly ledger?: string }) => explainRequest(requestId, options, io))
}

const asked = (group: Command, name: string, summary: string): Command => withAdmin(group.command(name).summary(summary).option('--json', 'print JSON'))

const pathOf = (name: string, action: string): string => `/api/v1/chaos/${encodeURIComponent(name)}/${action}`

function show({ experiments }: Listing, { json }: Options, io: Io): void {
  if (json === true) return io.out(`${JSON.stringify({ experiments }, undefined, 2)}\n`)
  if (experiments.length === 0) return io.out('the config has no chaos experiments\n')
  const style = createStyle(io.colour)
  const rows = experiments.map(({ name, route, arm, percent, faults, state, phase, dryRun, endsAt, leaseUntil, nextStart, lastVerdict }) =>
    [name, dryRun ? 'dry run' : phase === undefined || phase === 'running' ? state : phase, `${percent} %`, arm === 'primary' ? route : `${route} (${arm})`, faults.join('+'), [...endsAt === undefined ? [] : [`until ${endsAt}`], ...leaseUntil === undefined ? [] : [`renewed until ${leaseUntil}`], ...nextStart === undefined ? [] : [`next at ${nextStart}`], ...lastVerdict === undefined ? [] : [`last: ${lastVerdict}`]].join(', ')])
  const [head = '', ...lines] = table([['experiment', 'state', 'share', 'route', 'faults', ''], ...rows]).split('\n')
  io.out(`${style.dim(head)}\n${lines.join('\n')}\n`)
}
