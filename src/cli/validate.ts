import { type Finding, findingToJson } from '../config/finding.ts'
import { CliError, FAILED } from './io.ts'
import { formatAll, loadFile } from './load-config.ts'
import { createStyle } from './style.ts'
import { examples, type Verb } from './verb.ts'

export const validate: Verb = (program, io) => {
  program.command('validate')
    .argument('<file>', 'config file, or - for standard input')
    .summary('check a config; lists everything that is wrong')
    .addHelpText('before', examples('validate windtunnel.yaml', 'validate --strict --json windtunnel.yaml'))
    .option('--strict', 'treat warnings as errors')
    .option('--json', 'print findings as JSON')
    .action((file: string, options: { readonly strict?: boolean, readonly json?: boolean }) => {
      const loaded = loadFile(file, io)
      const findings = loaded.ok ? loaded.warnings : loaded.findings
      const failed = !loaded.ok || (options.strict === true && findings.length > 0)
      if (options.json === true) {
        io.out(`${JSON.stringify({ ok: !failed, hash: loaded.ok ? loaded.hash : undefined, findings: findings.map(findingToJson) }, undefined, 2)}\n`)
        if (failed) throw new CliError('', FAILED)
        return
      }
      if (findings.length > 0) io.err(`${formatAll(findings)}\n`)
      if (failed) throw new CliError(`${file}: ${summary(findings)}`)
      const { routes, backends } = loaded.config
      const style = createStyle(io.colour)
      for (const { name, split } of routes) {
        const total = split.reduce((sum, { weight }) => sum + weight, 0)
        io.out(`${style.dim('route')} ${name}: ${split.map(({ backend, weight }) => `${backend} ${Math.round(weight / total * 1e6) / 1e4} %`).join(', ')}\n`)
      }
      io.out(`${style.green('ok')} ${file}: ${routes.length} route${routes.length === 1 ? '' : 's'}, ${Object.keys(backends).length} backends, hash ${loaded.hash}\n`)
    })
}

// under --strict a warning alone fails, and is then what is counted
function summary(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length
  const parts = [[errors, 'problem'], [findings.length - errors, 'warning']] as const
  return parts.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}${n === 1 ? '' : 's'}`).join(', ')
}
