import type { ExperimentState } from '../control/chaos-control.ts'
import { type AdminOptions, callAdmin, withAdmin } from './admin-client.ts'
import { CliError, type Io, USAGE } from './io.ts'
import { createStyle, table } from './style.ts'
import { examples, type Verb } from './verb.ts'

type Options = AdminOptions & { readonly json?: boolean, readonly all?: boolean }
interface Listing { readonly experiments: readonly ExperimentState[] }

export const chaos: Verb = (program, io) => {
  const group = program.command('chaos').summary('start, stop and list chaos experiments')
    .addHelpText('before', examples('chaos list', 'chaos start slow-canary', 'chaos stop slow-canary', 'chaos stop --all'))
  withAdmin(group.command('list').summary('experiments, and which are running').option('--json', 'print JSON'))
    .action(async (options: Options) => show(await callAdmin<Listing>(options, 'GET', '/api/v1/chaos'), options, io))
  withAdmin(group.command('start').argument('<name>').summary('start an experiment for its duration').option('--json', 'print JSON'))
    .action(async (name: string, options: Options) => show(await callAdmin<Listing>(options, 'POST', `/api/v1/chaos/${encodeURIComponent(name)}/start`), options, io))
  withAdmin(group.command('stop').argument('[name]').summary('stop an experiment, or all at once').option('--all', 'stop everything').option('--json', 'print JSON'))
    .action(async (name: string | undefined, options: Options) => {
      if ((name === undefined) === (options.all !== true)) throw new CliError('give the name of an experiment, or --all', USAGE)
      if (name !== undefined) return show(await callAdmin<Listing>(options, 'POST', `/api/v1/chaos/${encodeURIComponent(name)}/stop`), options, io)
      const { stopped } = await callAdmin<{ readonly stopped: number }>(options, 'POST', '/api/v1/chaos/stop')
      io.out(options.json === true ? `${JSON.stringify({ stopped })}\n` : `stopped ${stopped}\n`)
    })
}

function show({ experiments }: Listing, { json }: Options, io: Io): void {
  if (json === true) return io.out(`${JSON.stringify({ experiments }, undefined, 2)}\n`)
  if (experiments.length === 0) return io.out('the config has no chaos experiments\n')
  const style = createStyle(io.colour)
  const rows = experiments.map(({ name, route, percent, faults, state, endsAt }) =>
    [name, state, `${percent} %`, route, faults.join('+'), endsAt === undefined ? '' : `until ${endsAt}`])
  io.out(`${style.dim(table([['experiment', 'state', 'share', 'route', 'faults', ''], ...rows]).split('\n')[0] ?? '')}\n`)
  io.out(`${table([['experiment', 'state', 'share', 'route', 'faults', ''], ...rows]).split('\n').slice(1).join('\n')}\n`)
}
