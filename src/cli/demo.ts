import { demoConfig } from '../demo/demo-config.ts'
import { startDemo } from '../demo/demo.ts'
import { startTraffic, type TrafficReport } from '../demo/traffic.ts'
import { CliError, USAGE } from './io.ts'
import { serve } from './run.ts'
import { createStyle } from './style.ts'
import { examples, logLevel, type Verb } from './verb.ts'

const USERS = 200
const SEED = 1

interface Options {
  readonly listen: string
  readonly adminListen: string
  readonly rate: string
  readonly seconds: string
  readonly logLevel: string
}

export const demo: Verb = (program, io) => {
  program.command('demo')
    .summary('run in front of embedded model servers, with traffic, to look around')
    .addHelpText('before', examples('demo', 'demo --seconds 60 --rate 50'))
    .option('--listen <host:port>', 'where clients connect', '127.0.0.1:8080')
    .option('--admin-listen <host:port>', 'where the admin API listens', '127.0.0.1:9901')
    .option('--rate <n>', 'requests per second', '25')
    .option('--seconds <n>', 'how long requests are sent; the servers stay', '300')
    .addOption(logLevel('least severity that is logged').default('warn'))
    .action(async (options: Options) => {
      const ratePerS = positive(options.rate, '--rate')
      const durationMs = positive(options.seconds, '--seconds') * 1000
      const style = createStyle(io.colour)
      io.out('training two models of house prices, one that goes wrong, and two of language ...\n')
      const now = (): number => performance.timeOrigin + performance.now()
      const models = await startDemo({ now })
      for (const line of models.describe()) io.out(style.dim(`  ${line}\n`))
      const text = demoConfig(models.urls, { listen: options.listen, admin: options.adminListen })
      // the models' servers would keep the process alive that nobody stands in front of
      const giveUp = async (error: unknown): Promise<never> => {
        await models.close()
        throw error
      }
      await serve({ kind: 'text', name: 'demo', text }, options.logLevel, io, async (sidecar) => {
        const { listen, admin } = sidecar.addresses
        io.out(guide(listen, admin, ratePerS, durationMs, style.bold))
        const traffic = startTraffic({ url: `http://${listen}`, ratePerS, durationMs, seed: SEED, users: USERS, now })
        void traffic.done.then((sent) => io.out(summary(sent, admin)))
      }).catch(giveUp)
    })
}

function positive(text: string, option: string): number {
  const value = Number(text)
  if (value > 0 && Number.isFinite(value)) return value
  throw new CliError(`${option}: expected a number above 0; got ${text}`, USAGE)
}

function guide(listen: string, admin: string, ratePerS: number, durationMs: number, bold: (text: string) => string): string {
  const body = '{"instances":[{"rooms":4,"area_m2":96,"age_years":30,"distance_km":5.5,"garden":true,"neighbourhood":"harbour","energy":"C"}]}'
  // in a checkout the command is not on the path
  const command = import.meta.url.endsWith('.ts') ? 'npm run -s windtunnel --' : 'windtunnel'
  const there = admin === '127.0.0.1:9901' ? '' : ` --admin ${admin}`
  return `
${bold('Windtunnel is running')} in front of them, with ${ratePerS} requests a second for ${durationMs / 1000} s. Ctrl-C ends it.

  clients   http://${listen}
  admin     http://${admin}        metrics  http://${admin}/metrics
  mirrors   http://${admin}/api/v1/mirrors

Try it:

  curl -i http://${listen}/v1/models/house:predict -H 'x-user-id: you' -d '${body}'

  ${command} report${there}                   # what the shadow model answers differently
  ${command} chaos start slow-canary${there}  # make the canary slow, for its duration

`
}

function summary({ sent, statuses, errors, skipped }: TrafficReport, admin: string): string {
  const parts = [...Object.entries(statuses), ...Object.entries(errors)].map(([what, count]) => `${what}: ${count}`)
  return `traffic is over: ${sent} requests sent (${parts.join(', ')})${skipped > 0 ? `, ${skipped} skipped` : ''}. ` +
    `The servers stay until Ctrl-C; the report is at http://${admin}/api/v1/mirrors\n`
}
