import { resolve } from 'node:path'
import { StartupError } from '../core/errors.ts'
import type { ConfigSource } from '../control/config-store.ts'
import { Sidecar } from '../control/sidecar.ts'
import { standardOutput } from '../control/standard-output.ts'
import { createLogger } from '../telemetry/logger.ts'
import { CliError, type Io, OK, USAGE } from './io.ts'
import { examples, logLevel, type Verb } from './verb.ts'

interface Options {
  readonly primary?: string
  readonly shadow?: string
  readonly listen?: string
  readonly adminListen?: string
  readonly logLevel?: string
}

const LISTEN = '127.0.0.1:8080'
const ADMIN_LISTEN = '127.0.0.1:9901'

export const run: Verb = (program, io) => {
  program.command('run')
    .argument('[file]', 'config file')
    .summary('run in front of model servers')
    .addHelpText('before', examples('run windtunnel.yaml', 'run --primary http://127.0.0.1:8000 --shadow http://127.0.0.1:8001'))
    .option('--primary <url>', 'without a file: the model server to stand in front of')
    .option('--shadow <url>', 'without a file: the model server to mirror everything to and compare')
    .option('--listen <host:port>', `without a file: where clients connect (default: "${LISTEN}")`)
    .option('--admin-listen <host:port>', `without a file: where the admin API listens (default: "${ADMIN_LISTEN}")`)
    .addOption(logLevel('least severity that is logged, in place of the config\'s'))
    .action(async (file: string | undefined, options: Options) => {
      await serve(sourceOf(file, options), options.logLevel, io)
    })
}

function sourceOf(file: string | undefined, options: Options): ConfigSource {
  if (file !== undefined) {
    if (options.primary !== undefined) throw new CliError('give a config file or --primary, not both', USAGE)
    // better refused than passed over: the file says where to listen
    const foreign = ([['--shadow', options.shadow], ['--listen', options.listen], ['--admin-listen', options.adminListen]] as const).find(([, value]) => value !== undefined)
    if (foreign !== undefined) throw new CliError(`${foreign[0]} goes with --primary; with a config file, say it there`, USAGE)
    return { kind: 'file', file: resolve(file) }
  }
  if (options.primary === undefined) throw new CliError('give a config file, or --primary URL to run without one', USAGE)
  return { kind: 'text', name: 'command line', text: inlineConfig(options.primary, options) }
}

/** The config that `--primary` and `--shadow` stand for. */
function inlineConfig(primary: string, { shadow, listen = LISTEN, adminListen = ADMIN_LISTEN }: Options): string {
  const text = (value: string): string => JSON.stringify(value.replaceAll('${', '$${')) // a JSON string is a YAML string
  return [
    'version: 1',
    `listen: ${text(listen)}`,
    `admin: { listen: ${text(adminListen)} }`,
    'backends:',
    `  primary: { url: ${text(primary)} }`,
    ...shadow === undefined ? [] : [`  shadow: { url: ${text(shadow)} }`],
    'routes:',
    '  - name: all',
    '    backend: primary',
    ...shadow === undefined ? [] : ['    mirrors: [{ backend: shadow, percent: 100 }]'],
    ''
  ].join('\n')
}

/** Runs until told to stop: SIGTERM or SIGINT drains, a second one exits now, SIGHUP loads the config again, SIGUSR2 stops all chaos. */
export async function serve(source: ConfigSource, level: string | undefined, io: Io, onReady?: (sidecar: Sidecar) => Promise<void>): Promise<void> {
  const log = createLogger(level ?? 'info', 'windtunnel', standardOutput)
  try {
    const sidecar = new Sidecar({ source, env: io.env, wallClock: io.wallClock, log, logLevel: level })
    const started = sidecar.start()
    obey(sidecar, started, io) // at once: the first process of a container that does not listen to a signal never gets it
    await started
    const { listen, admin } = sidecar.addresses
    log.info({ listen, admin, config: sidecar.config.source, hash: sidecar.config.hash, pid: process.pid }, 'serving')
    await onReady?.(sidecar)
  } catch (error) {
    if (error instanceof StartupError) throw new CliError(error.message)
    throw error
  }
}

function obey(sidecar: Sidecar, started: Promise<void>, io: Io): void {
  let asked = false
  const stop = (): void => {
    if (asked) io.exit(130)
    asked = true
    // a start that fails is reported by whoever waits for it
    void started.then(() => sidecar.drain().then(() => io.exit(OK)), () => undefined)
  }
  io.onSignal('SIGTERM', stop)
  io.onSignal('SIGINT', stop)
  io.onSignal('SIGHUP', () => void sidecar.reload())
  io.onSignal('SIGUSR2', () => void sidecar.chaos.stopAll('a signal said so'))
}
