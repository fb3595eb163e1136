import { type AdminOptions, callAdmin, withAdmin } from './admin-client.ts'
import { examples, type Verb } from './verb.ts'

export const reload: Verb = (program, io) => {
  withAdmin(program.command('reload').summary('have a running Windtunnel load its config again').option('--json', 'print JSON'))
    .addHelpText('before', examples('reload'))
    .action(async (options: AdminOptions & { readonly json?: boolean }) => {
      const result = await callAdmin<{ readonly hash: string, readonly changes: readonly string[] }>(options, 'POST', '/api/v1/config/reload')
      if (options.json === true) return io.out(`${JSON.stringify(result, undefined, 2)}\n`)
      io.out(result.changes.length === 0 ? `nothing changed (${result.hash})\n` : `${result.changes.join('\n')}\nin force: ${result.hash}\n`)
    })
}
