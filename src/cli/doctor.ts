import { doctor as examine } from '../config/doctor.ts'
import { loadGood } from './load-config.ts'
import { createStyle } from './style.ts'
import { examples, type Verb } from './verb.ts'

export const doctor: Verb = (program, io) => {
  program.command('doctor')
    .argument('<file>', 'config file, or - for standard input')
    .summary('say what in a config is unbounded or unsafe')
    .addHelpText('before', examples('doctor windtunnel.yaml'))
    .option('--json', 'print advice as JSON')
    .action((file: string, options: { readonly json?: boolean }) => {
      const advice = examine(loadGood(file, io).config)
      if (options.json === true) return io.out(`${JSON.stringify({ advice }, undefined, 2)}\n`)
      const style = createStyle(io.colour)
      const colours = { high: style.red, medium: style.yellow, low: style.dim }
      for (const { severity, path, advice: text } of advice) io.out(`${colours[severity](severity.padEnd(6))} ${style.bold(path)}: ${text}\n`)
      if (advice.length === 0) io.out(`${style.green('ok')} nothing is unbounded or unsafe\n`)
    })
}
