import type { Status } from '../control/sidecar.ts'
import { type AdminOptions, callAdmin, withAdmin } from './admin-client.ts'
import { createStyle } from './style.ts'
import { examples, type Verb } from './verb.ts'

export const status: Verb = (program, io) => {
  withAdmin(program.command('status').summary('how a running Windtunnel is').option('--json', 'print JSON'))
    .addHelpText('before', examples('status', 'status --admin 127.0.0.1:9901 --json'))
    .action(async (options: AdminOptions & { readonly json?: boolean }) => {
      const state = await callAdmin<Status>(options, 'GET', '/api/v1/status')
      if (options.json === true) return io.out(`${JSON.stringify(state, undefined, 2)}\n`)
      const style = createStyle(io.colour)
      const { lastReload } = state
      io.out(`${style.bold(`Windtunnel ${state.version}`)} ${state.state === 'ready' ? style.green('ready') : style.yellow(state.state)}, on ${state.listen} since ${state.startedAt}, ${state.threads} data-plane thread${state.threads === 1 ? '' : 's'}\n`)
      io.out(`config  ${state.config.source} (${state.config.hash}), loaded ${state.config.loadedAt}\n`)
      if (!lastReload.ok) io.out(`${style.red('reload')}  refused at ${lastReload.at}:\n${lastReload.message}\n`)
      for (const { name, url, checked, healthy, ejectedIn } of state.backends) {
        io.out(`backend ${name} ${url} ${!checked ? style.dim('no health check') : healthy ? style.green('healthy') : style.red('unhealthy')}${ejectedIn > 0 ? style.yellow(' ejected') : ''}\n`)
      }
      io.out(`chaos   ${state.chaosRunning.length === 0 ? 'none running' : style.yellow(state.chaosRunning.join(', '))}\n`)
    })
}
