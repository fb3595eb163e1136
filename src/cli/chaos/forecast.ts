import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Command } from 'commander'
import { drawnBy, type Experiment, inBand, inBlock } from '../../chaos/experiment.ts'
import { faults } from '../../chaos/faults/index.ts'
import { readCapturedTrial } from '../../compare/captured-trial.ts'
import { compileExperiments } from '../../control/compile-chaos.ts'
import { type Expected, type Fate, type Forecast, forecast } from '../../control/chaos-run/forecast.ts'
import { keyOf, octets } from '../../core/hash.ts'
import type { RequestView } from '../../core/request-view.ts'
import type { Trial } from '../../core/trial.ts'
import { CliError, type Io, USAGE } from '../io.ts'
import { loadGood } from '../load-config.ts'
import { closest } from '../../config/suggest.ts'

interface Options {
  readonly requests: string
  readonly perMinute?: string
  readonly from?: string
  readonly to?: string
  readonly json?: boolean
}

/** The verb that says what an experiment would have done with requests that were captured. */
export function addForecast(group: Command, io: Io): void {
  group.command('forecast').summary('whom an experiment would have hit among captured requests, and how long it takes to learn from it')
    .argument('<file>', 'config file').argument('<experiment>')
    .requiredOption('--requests <file>', 'file that `capture` of a mirror has written')
    .option('--per-minute <n>', 'requests of the route in a minute')
    .option('--from <percent>', 'share of errors without faults, for how many requests it takes')
    .option('--to <percent>', 'share of errors under faults that is to be found')
    .option('--json', 'print JSON')
    .action(async (file: string, name: string, options: Options) => {
      if ((options.from === undefined) !== (options.to === undefined)) throw new CliError('give both --from and --to, or neither', USAGE)
      if (Number(options.from) >= Number(options.to)) throw new CliError('--to: expected more than --from', USAGE)
      const { config } = loadGood(file, io)
      const all = [...compileExperiments(config).values()].flat()
      const experiment = all.find((one) => one.name === name)
      if (experiment === undefined) {
        const like = closest(name, all.map((one) => one.name))
        throw new CliError(`${file} has no experiment ${name}${like === undefined ? '' : ` - did you mean "${like}"?`}`)
      }
      const settings = config.chaos?.experiments[experiment.slot]
      const trials = (await read(options.requests)).filter(({ route }) => route === settings?.route)
      if (trials.length === 0) throw new CliError(`${options.requests} has no request of route ${settings?.route ?? ''}`)
      let before = 0
      const found = forecast({
        requests: trials,
        fateOf: (trial) => fateOf(experiment, trial, () => before++),
        probabilityOf: ({ probability }) => probability,
        ...options.perMinute !== undefined && { requestsPerMinute: numberOf('--per-minute', options.perMinute, 1e9) },
        faults: experiment.faults.map(({ kind }) => ({ kind, effect: faults.find((fault) => fault.name === kind)?.effect })),
        ...options.from !== undefined && options.to !== undefined && {
          wanted: { first: numberOf('--to', options.to, 100) / 100, second: numberOf('--from', options.from, 100) / 100, alpha: 0.05, power: 0.8, beyond: 0 }
        }
      })
      if (options.json === true) return io.out(`${JSON.stringify(found, undefined, 2)}\n`)
      io.out(textOf(name, found))
      if ((settings?.where.headers ?? settings?.trigger) !== undefined) io.out('captures have no headers: what is in scope by them is not told apart here\n')
    })
}

async function read(file: string): Promise<readonly Trial[]> {
  const trials: Trial[] = []
  try {
    for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
      if (line === '') continue
      try {
        trials.push(readCapturedTrial(line))
      } catch {
        // a file that was cut off has half a line
      }
    }
  } catch {
    throw new CliError(`--requests: ${file} cannot be read`)
  }
  return trials
}

// a capture keeps no unit, so that each request stands for one
function fateOf(experiment: Experiment, trial: Trial, nextInScope: () => number): Fate {
  const { scope, share, control, block } = experiment
  const key = keyOf(octets(trial.requestId))
  const view = viewOf(trial)
  if ((scope.units !== undefined && !inBand(scope.units, key)) || !scope.tests.every((test) => !test.needsBody || test.matches(view))) return 'out'
  if (block > 0) return inBlock(experiment, share, nextInScope()) ? 'hit' : 'rest'
  const drawn = drawnBy(experiment, key)
  return drawn < share ? 'hit' : drawn >= 1 - control ? 'control' : 'rest'
}

function viewOf({ path, request }: Trial): RequestView {
  const nothing = (): undefined => undefined
  return { method: 'POST', path, host: '', header: nothing, query: nothing, cookie: nothing, json: () => parse(request) }
}

function parse(body: Buffer | undefined): unknown {
  try {
    return body === undefined ? undefined : JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

function numberOf(option: string, text: string, most: number): number {
  const number = Number(text)
  if (text.trim() === '' || !(number >= 0 && number <= most)) throw new CliError(`${option}: expected a number from 0 to ${most}; got ${text}`, USAGE)
  return number
}

function textOf(name: string, { requests, inScope, hit, control, faults: effects, needed }: Forecast): string {
  const line = (what: string, { count, share, low, high, perMinute }: Expected): string =>
    `  ${what.padEnd(9)} ${count} of ${requests}, ${percent(share)} % (${percent(low)} to ${percent(high)} %)${perMinute === undefined ? '' : `, ${perMinute.expected.toFixed(1)} a minute`}\n`
  const minutes = (count: number | undefined): string => count === undefined ? '' : `, ${count.toFixed(0)} minutes`
  return [
    `${name} would have\n`, line('in scope', inScope), line('hit', hit), ...control.count === 0 ? [] : [line('control', control)],
    ...effects.map(({ kind, effect }) => `  ${kind}: ${effect ?? 'no formula says what it does'}\n`),
    ...needed === undefined ? [] : [`to find that difference, about ${needed.oneLook} requests under faults looked at once${minutes(needed.oneLookMinutes)}, or ${needed.watched} when watched all along${minutes(needed.watchedMinutes)}\n`]
  ].join('')
}

const percent = (share: number): string => String(Number((share * 100).toPrecision(3)))
