import type { Lab } from '../lab.ts'
import { CONNECTIONS, lightestLoad } from '../load/load.ts'
import { describeThreads, type Measured, measure } from '../load/measure.ts'
import { ANSWERS, QUESTION } from '../model.ts'
import { alternate, fixed, median, MIB, times, withRounds } from '../numbers.ts'
import { nginx } from '../proxies/nginx.ts'
import type { RunningProxy } from '../proxies/proxy.ts'
import { startWindtunnel, type Windtunnel } from '../proxies/windtunnel.ts'
import { judge } from '../report.ts'
import { type Models, startModels } from '../servers/models.ts'
import type { Scenario } from './scenario.ts'

interface Row extends Measured {
  readonly variant: string
  readonly round: number
  /** Copies the shadow was sent in the round, for each request of the clients. */
  readonly copiesPerRequest: number
  /** Connections they came on. */
  readonly shadowConnections: number
  /** What became of Windtunnel's samples, by outcome. */
  readonly sampled: number
  readonly outcomes: Readonly<Record<string, number>>
}

/** The comparison of a prediction as someone would set it up: the id is new each time, and scores may be off by a little. */
const MIRROR: readonly string[] = [
  '- backend: next',
  '  percent: 100',
  '  compare:',
  '    ignore: [/id]',
  '    fields:',
  '      - { at: /predictions/*/label, as: label }',
  '      - { at: /predictions/*/score, as: number, rel: 1e-6 }'
]

const COMPARED = ['match', 'differ']

/** What mirroring and comparing everything costs, beside nginx's mirror module, which compares nothing. */
export const mirror: Scenario = async (lab) => {
  const rows: Row[] = []
  const rival = nginx(0, 0)
  for (const round of times(lab.options.rounds)) {
    lab.say(`round ${round + 1} of ${lab.options.rounds}`)
    rows.push(...await runRound(lab, round))
  }
  const windtunnels = rows.filter(({ variant }) => variant === 'windtunnel')
  const rivals = rows.filter(({ variant }) => variant !== 'windtunnel')
  const ratios = windtunnels.flatMap(({ round, cpuUs }) => rivals.filter((row) => row.round === round).map((row) => cpuUs / row.cpuUs))
  const sampled = sum(windtunnels.map((row) => row.sampled))
  const outcomes = addUp(windtunnels.map((row) => row.outcomes))
  const compared = sum(COMPARED.map((outcome) => outcomes[outcome] ?? 0))
  const ended = sum(Object.values(outcomes))
  return {
    title: 'mirror: what mirroring everything costs',
    method: [
      `The traffic of the first table (POST of ${QUESTION.length} octets, answer of ${ANSWERS.stable.length}, ${CONNECTIONS} connections in a closed loop, ${lightestLoad().name}), all of it mirrored to a shadow whose JSON answers differ in one field.`,
      'Windtunnel compares every pair, field by field; nginx throws the shadow\'s answers away. CPU is of all processes and threads (main, data plane and analyst of Windtunnel) until the last pair is compared, for each request of a client.'
    ],
    tables: [
      {
        title: '',
        columns: ['variant', 'CPU us/request', 'requests/s', 'p50 ms', 'p99 ms', 'RSS MiB', 'copies/request', 'connections to shadow', 'others %'],
        rows: [windtunnels, rivals].filter((of) => of.length > 0).map((of) => [
          of[0]?.variant ?? '',
          withRounds(of.map((row) => row.cpuUs)),
          withRounds(of.map((row) => row.requestsPerS), 0),
          withRounds(of.map((row) => row.p50Ms), 2),
          withRounds(of.map((row) => row.p99Ms), 2),
          withRounds(of.map((row) => row.rssBytes / MIB), 0),
          withRounds(of.map((row) => row.copiesPerRequest), 3),
          withRounds(of.map((row) => row.shadowConnections), 0),
          withRounds(of.map((row) => row.others * 100), 0)
        ])
      },
      {
        title: 'what became of Windtunnel\'s mirrored requests',
        columns: ['outcome', 'requests', 'percent'],
        rows: [
          ...Object.entries(outcomes).map(([outcome, count]) => [outcome, String(count), fixed(count / sampled * 100, 3)]),
          ['all that were sampled', String(sampled), '']
        ]
      }
    ],
    verdicts: [
      ...ratios.length === 0 ? [] : [judge('whole-process CPU per request', median(ratios), '<=', 0.8, 'times nginx mirror', 0.6)],
      judge('sampled requests without an outcome', sampled - ended, '=', 0, 'of all'),
      judge('sampled requests not compared', (sampled - compared) / sampled * 100, '<', 1, 'percent')
    ],
    notes: [
      ...rival.missing === undefined ? [] : [`the rival was left out: ${rival.missing}`],
      `Windtunnel's CPU per request by thread: ${describeThreads(windtunnels)}`
    ],
    rounds: rows
  }
}

interface Contender {
  readonly proxy: RunningProxy
  readonly windtunnel: Windtunnel | undefined
  /** Its own, so that what each sends its shadow can be told apart. */
  readonly shadow: Models
}

async function runRound(lab: Lab, round: number): Promise<readonly Row[]> {
  const primaries = await startModels(lab, [ANSWERS.stable, ANSWERS.stable])
  const [stable = 0, canary = 0] = primaries.ports
  const starts: readonly ((shadow: Models) => Promise<Contender>)[] = [
    async (shadow) => {
      const windtunnel = await startWindtunnel(lab, { backends: { stable, canary, next: portOf(shadow) }, mirror: MIRROR })
      return { proxy: windtunnel, windtunnel, shadow }
    },
    ...nginx(0, 0).missing !== undefined ? [] : [async (shadow: Models): Promise<Contender> =>
      ({ proxy: await nginx(stable, portOf(shadow)).start(lab), windtunnel: undefined, shadow })]
  ]
  const contenders: Contender[] = []
  for (const start of alternate(starts, round)) contenders.push(await start(await startModels(lab, [ANSWERS.next])))
  const measured = await measure(lab, lightestLoad(), contenders.map(({ proxy }) => proxy))
  const rows: Row[] = []
  for (const { proxy, windtunnel, shadow } of contenders) {
    const result = measured.get(proxy)
    if (result === undefined) continue
    const { requests, connections } = await shadow.seen()
    rows.push({
      variant: proxy.name,
      round,
      ...result,
      copiesPerRequest: requests / result.requestsInAll,
      shadowConnections: connections,
      sampled: await windtunnel?.metric('mirror_sampled_total') ?? 0,
      outcomes: Object.fromEntries(await windtunnel?.outcomes() ?? [])
    })
    await proxy.stop()
    await shadow.stop()
  }
  await primaries.stop()
  return rows
}

const portOf = ({ ports }: Models): number => ports[0] ?? 0

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

function addUp(records: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const keys = new Set(records.flatMap((record) => Object.keys(record)))
  return Object.fromEntries([...keys].map((key) => [key, sum(records.map((record) => record[key] ?? 0))]))
}
