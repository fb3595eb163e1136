import type { Lab } from '../lab.ts'
import { autocannon, CONNECTIONS, lightestLoad, type LoadResult } from '../load/load.ts'
import { describeThreads, type Measured, measure } from '../load/measure.ts'
import { ANSWERS, QUESTION } from '../model.ts'
import { alternate, median, MIB, times, withRounds } from '../numbers.ts'
import { haproxy } from '../proxies/haproxy.ts'
import { nginx } from '../proxies/nginx.ts'
import { direct, type Variant } from '../proxies/proxy.ts'
import { rival } from '../proxies/rival.ts'
import { startWindtunnel } from '../proxies/windtunnel.ts'
import { judge, type Verdict } from '../report.ts'
import { startModels } from '../servers/models.ts'
import type { Scenario } from './scenario.ts'

interface Row extends Measured {
  readonly variant: string
  readonly round: number
  /** In a turn of its own, where it is not the load anyway. */
  readonly autocannon: LoadResult | undefined
}

const TARGETS: readonly { readonly rival: string, readonly rule: '<=' | '<', readonly times: number, readonly aim?: number }[] = [
  { rival: 'nginx', rule: '<=', times: 1.6, aim: 1.2 },
  { rival: 'undici', rule: '<', times: 0.45 },
  { rival: 'http-proxy', rule: '<', times: 0.25 }
]

/** What a proxied request costs, beside other proxies. */
export const proxy: Scenario = async (lab) => {
  const models = await startModels(lab, [ANSWERS.stable, ANSWERS.stable])
  const [stable = 0, canary = 0] = models.ports
  const all: readonly Variant[] = [
    direct(stable),
    { name: 'windtunnel', missing: undefined, start: () => startWindtunnel(lab, { backends: { stable, canary } }) },
    nginx(stable),
    haproxy(stable),
    rival('undici', stable),
    rival('http-proxy', stable)
  ]
  const variants = all.filter(({ missing }) => missing === undefined)
  const load = lightestLoad()
  const rows: Row[] = []
  for (const round of times(lab.options.rounds)) {
    lab.say(`round ${round + 1} of ${lab.options.rounds}: ${variants.map(({ name }) => name).join(', ')}`)
    rows.push(...await runRound(lab, alternate(variants, round), round))
  }
  await models.stop()
  const of = (variant: string): readonly Row[] => rows.filter((row) => row.variant === variant)
  return {
    title: 'proxy: what a proxied request costs',
    method: [
      `POST of ${QUESTION.length} octets, answer of ${ANSWERS.stable.length}, ${CONNECTIONS} kept-alive connections in a closed loop, one data-plane thread (or worker) for each proxy.`,
      'Windtunnel routes by path and method, sticks each of 1000 users to one of two backends (95 to 5), counts, and sends forwarding headers; the others forward to one backend and send forwarding headers.',
      `Load is ${load.name}, in turns of one second over all variants. CPU is user and system time of all of a proxy's processes and threads for each finished request. "others" is how much of the machine's CPU other processes than the bench's took; a turn in which that was over 10 % is repeated, twice at most and while there is time. In brackets: every round.`
    ],
    tables: [
      {
        title: `${load.name}, and CPU and memory under it`,
        columns: ['variant', 'CPU us/request', 'requests/s', 'p50 ms', 'p99 ms', 'RSS MiB', 'errors', 'others %'],
        rows: variants.map(({ name }) => [
          name,
          withRounds(of(name).map((row) => row.cpuUs)),
          withRounds(of(name).map((row) => row.requestsPerS), 0),
          withRounds(of(name).map((row) => row.p50Ms), 2),
          withRounds(of(name).map((row) => row.p99Ms), 2),
          withRounds(of(name).map((row) => row.rssBytes / MIB), 0),
          String(of(name).reduce((sum, { errors }) => sum + errors, 0)),
          withRounds(of(name).map((row) => row.others * 100), 0)
        ])
      },
      ...!hasOwnTurn(lab) ? [] : [{
        title: 'autocannon, just started and itself a Node program',
        columns: ['variant', 'requests/s', 'p50 ms', 'p99 ms', 'errors'],
        rows: variants.map(({ name }) => {
          const results = of(name).flatMap((row) => row.autocannon ?? [])
          return [
            name,
            withRounds(results.map(({ requests, seconds }) => requests / seconds), 0),
            withRounds(results.map(({ p50Ms }) => p50Ms), 0),
            withRounds(results.map(({ p99Ms }) => p99Ms), 0),
            String(results.reduce((sum, { errors }) => sum + errors, 0))
          ]
        })
      }],
      {
        title: 'CPU per request of Windtunnel, as a multiple of',
        columns: ['variant', 'times'],
        rows: variants.filter(({ name }) => name !== 'direct' && name !== 'windtunnel').map(({ name }) => [name, withRounds(ratiosTo(of, name), 2)])
      }
    ],
    verdicts: TARGETS.flatMap(({ rival: name, rule, times: target, aim }): readonly Verdict[] =>
      of(name).length === 0 ? [] : [judge('CPU per request', median(ratiosTo(of, name)), rule, target, `times ${name}`, aim)]),
    notes: [
      `Windtunnel's CPU per request by thread: ${describeThreads(of('windtunnel'))}`,
      ...all.flatMap(({ name, missing }) => missing === undefined ? [] : [`${name} was left out: ${missing}`]),
      ...load === autocannon ? ['wrk is not installed: autocannon takes much of the machine from what is measured'] : []
    ],
    rounds: rows
  }
}

// a quick run leaves it out
const hasOwnTurn = (lab: Lab): boolean => lightestLoad() !== autocannon && !lab.options.quick

// within each round, so that a slow minute of the machine is in both
const ratiosTo = (of: (variant: string) => readonly Row[], name: string): readonly number[] =>
  of(name).map(({ cpuUs, round }) => (of('windtunnel').find((row) => row.round === round)?.cpuUs ?? NaN) / cpuUs)

async function runRound(lab: Lab, variants: readonly Variant[], round: number): Promise<readonly Row[]> {
  const running = await Promise.all(variants.map((variant) => variant.start(lab)))
  const measured = await measure(lab, lightestLoad(), running)
  const rows: Row[] = []
  for (const [one, result] of measured) {
    rows.push({ variant: one.name, round, ...result, autocannon: hasOwnTurn(lab) ? await autocannon.run(lab, one.port, 1) : undefined })
  }
  for (const one of running) await one.stop()
  return rows
}
