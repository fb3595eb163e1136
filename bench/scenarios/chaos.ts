import type { Lab } from '../lab.ts'
import { CONNECTIONS, lightestLoad } from '../load/load.ts'
import { measureDelays } from '../load/delays.ts'
import { type Measured, measure } from '../load/measure.ts'
import { ANSWERS, QUESTION } from '../model.ts'
import { alternate, fixed, median, MIB, quantile, times, withRounds } from '../numbers.ts'
import type { Variant } from '../proxies/proxy.ts'
import { startWindtunnel } from '../proxies/windtunnel.ts'
import { judge } from '../report.ts'
import { startModels } from '../servers/models.ts'
import type { Scenario } from './scenario.ts'

interface Row extends Measured {
  readonly variant: string
  readonly round: number
}

const experiment = (name: string, percent: number, start: string, fault: string, where = '{}'): string =>
  `- { name: ${name}, route: house-price, percent: ${percent}, duration: 1h, start: ${start}, where: ${where}, faults: [${fault}] }`

const LIMITS = ['limits: { percent: 100, active: 1000000 }', 'experiments:']
const ABORT = '{ kind: abort, status: 503 }'

/** Without chaos, then ever more of it. */
const VARIANTS: readonly { readonly name: string, readonly chaos: readonly string[] | undefined }[] = [
  { name: 'no chaos section', chaos: undefined },
  { name: 'configured, not running', chaos: [...LIMITS, experiment('a', 20, 'manual', ABORT), experiment('b', 20, 'manual', ABORT)] },
  { name: 'running at 0 %', chaos: [...LIMITS, experiment('a', 0, 'on-load', ABORT)] },
  { name: 'running, nobody in scope', chaos: [...LIMITS, experiment('a', 100, 'on-load', ABORT, '{ headers: { x-nobody: "1" } }')] },
  { name: 'a label nulled in every answer', chaos: [...LIMITS, experiment('a', 100, 'on-load', '{ kind: null-field, at: /predictions/*/label }')] },
  { name: 'noise on every score', chaos: [...LIMITS, experiment('a', 100, 'on-load', '{ kind: noise, at: /predictions/*/score, sd: 0.01 }')] }
]

const QUIET = ['configured, not running', 'running at 0 %', 'running, nobody in scope']
const FIRING = ['a label nulled in every answer', 'noise on every score']

/** What chaos costs: configured and not firing, and degrading every answer. */
export const chaos: Scenario = async (lab) => {
  const models = await startModels(lab, [ANSWERS.stable, ANSWERS.stable])
  const [stable = 0, canary = 0] = models.ports
  const variants = VARIANTS.map(({ name, chaos: lines }): Variant => ({
    name, missing: undefined, start: async () => ({ ...await startWindtunnel(lab, { backends: { stable, canary }, ...lines !== undefined && { chaos: lines } }, name), degrades: FIRING.includes(name) })
  }))
  const rows: Row[] = []
  for (const round of times(lab.options.rounds)) {
    lab.say(`round ${round + 1} of ${lab.options.rounds}`)
    rows.push(...await runRound(lab, alternate(variants, round), round))
  }
  lab.say('delays as clients measure them')
  const delays = await runDelays(lab, stable, canary)
  await models.stop()
  const of = (variant: string): readonly Row[] => rows.filter((row) => row.variant === variant)
  const beside = (variant: string, what: (row: Row, bare: Row) => number): number =>
    median(of(variant).flatMap((row) => of(VARIANTS[0]?.name ?? '').filter(({ round }) => round === row.round).map((bare) => what(row, bare))))
  return {
    title: 'chaos: what it costs',
    method: [
      `POST of ${QUESTION.length} octets, answer of ${ANSWERS.stable.length}, ${CONNECTIONS} kept-alive connections in a closed loop (${lightestLoad().name}), one data-plane thread, all variants in turns of one second.`,
      'CPU is of all threads of the process for each finished request. Ratios and differences are medians over rounds, each beside the run without chaos of the same round.'
    ],
    tables: [{
      title: '',
      columns: ['variant', 'CPU us/request', 'requests/s', 'p99 ms', 'RSS MiB', 'others %'],
      rows: VARIANTS.map(({ name }) => [
        name,
        withRounds(of(name).map((row) => row.cpuUs)),
        withRounds(of(name).map((row) => row.requestsPerS), 0),
        withRounds(of(name).map((row) => row.p99Ms), 2),
        withRounds(of(name).map((row) => row.rssBytes / MIB), 0),
        withRounds(of(name).map((row) => row.others * 100), 0)
      ])
    }, {
      title: `delays of ${DELAYED} requests, as their clients measure them, beyond what a request takes without (median of as many, two at a time)`,
      columns: ['distribution', 'median ms, wanted', 'measured', 'p99 ms, wanted', 'measured'],
      rows: delays.map(({ name, wanted, measured }) => [name, fixed(wanted.median), fixed(measured.median), fixed(wanted.p99), fixed(measured.p99)])
    }],
    verdicts: [
      ...delays.flatMap(({ name, wanted, measured }) => (['median', 'p99'] as const).map((which) =>
        judge(`${which} of ${name}`, Math.abs(measured[which] - wanted[which]), '<=', 5 + 0.02 * wanted[which] + swingOf(which, name, wanted[which]), 'ms off'))),
      ...QUIET.map((name) => judge(`CPU per request, ${name}`, (beside(name, (row, bare) => row.cpuUs / bare.cpuUs) - 1) * 100, '<', 3, 'percent more than without chaos')),
      ...FIRING.map((name) => judge(`CPU per request, ${name}`, beside(name, (row, bare) => row.cpuUs - bare.cpuUs), '<', 60, 'us more than without chaos'))
    ],
    notes: [],
    rounds: rows
  }
}

interface Delays {
  readonly name: string
  readonly wanted: { readonly median: number, readonly p99: number }
  readonly measured: { readonly median: number, readonly p99: number }
}

const DELAYED = 4000
const SIGMA = 0.5
// the standard normal deviate that one in a hundred lies above
const Z99 = 2.3263

const DISTRIBUTIONS = [
  { name: 'fixed 40ms', fields: 'fixed: 40ms', median: 40, p99: 40 },
  { name: 'log-normal, median 40ms, sigma 0.5', fields: `lognormal: { median: 40ms, sigma: ${SIGMA} }`, median: 40, p99: 40 * Math.exp(SIGMA * Z99) }
] as const

// how far a quantile of so many draws lies from its own, in 999 of 1000 samples: 3.29 sqrt(q (1 - q) / n) / density
function swingOf(which: 'median' | 'p99', name: string, ms: number): number {
  if (name.startsWith('fixed')) return 0
  const share = which === 'median' ? 0.5 : 0.01
  const z = which === 'median' ? 0 : Z99
  const density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) / (SIGMA * ms)
  return 3.29 * Math.sqrt(share * (1 - share) / DELAYED) / density
}

async function runDelays(lab: Lab, stable: number, canary: number): Promise<readonly Delays[]> {
  const found: Delays[] = []
  const bare = await startWindtunnel(lab, { backends: { stable, canary } })
  const base = median(await measureDelays(bare.port, DELAYED, 2))
  await bare.stop()
  for (const { name, fields, ...wanted } of DISTRIBUTIONS) {
    const proxy = await startWindtunnel(lab, { backends: { stable, canary }, chaos: [...LIMITS, experiment('a', 100, 'on-load', `{ kind: delay, ${fields} }`)] })
    const took = (await measureDelays(proxy.port, DELAYED, 64)).map((ms) => ms - base)
    found.push({ name, wanted, measured: { median: median(took), p99: quantile(took, 0.99) } })
    await proxy.stop()
  }
  return found
}

async function runRound(lab: Lab, variants: readonly Variant[], round: number): Promise<readonly Row[]> {
  const proxies = []
  for (const { start } of variants) proxies.push(await start(lab))
  const measured = await measure(lab, lightestLoad(), proxies)
  const rows: Row[] = []
  for (const proxy of proxies) {
    const result = measured.get(proxy)
    if (result !== undefined) rows.push({ variant: proxy.name, round, ...result })
    await proxy.stop()
  }
  return rows
}
