import type { Lab } from '../lab.ts'
import { lightestLoad } from '../load/load.ts'
import { PacedClients } from '../load/paced.ts'
import { ANSWERS } from '../model.ts'
import { alternate, fixed, median, MIB, quantile, times, withRounds } from '../numbers.ts'
import { freePorts } from '../ports.ts'
import { rssBytes } from '../proc.ts'
import { startWindtunnel, type Windtunnel } from '../proxies/windtunnel.ts'
import type { Turn } from '../quiet.ts'
import { judge, type Verdict } from '../report.ts'
import { startModels, startSlowModels } from '../servers/models.ts'
import type { Scenario } from './scenario.ts'

const VARIANTS = ['off', 'off again', 'healthy', 'hung', 'dead', 'slow'] as const
type Variant = typeof VARIANTS[number]
const UNWELL = ['hung', 'dead', 'slow'] as const

interface Row {
  readonly variant: Variant
  readonly round: number
  readonly answers: number
  readonly failures: number
  readonly p50Ms: number
  readonly p90Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Of each turn. */
  readonly turnsP99Ms: readonly number[]
  /** Share of the machine that others took, 0..1. */
  readonly others: number
  readonly outcomes: Readonly<Record<string, number>>
}

interface MemoryRow {
  readonly variant: Variant
  /** Between the two readings. */
  readonly requests: number
  readonly beforeBytes: number
  readonly afterBytes: number
}

const RATE_PER_S = 1000
const WARM_UP_PER_S = 4000 // enough in a second for the code to be compiled
const CONNECTIONS = 32
const TURN_SECONDS = 0.5
const SLOW_MS = 100
// what Windtunnel waits for a shadow, so short that timeouts happen in every round
const TIMEOUT = '1s'
// tails nearer than this are not told apart
const FLOOR_MS = 0.1
// what the collector may happen to leave; about what 10,000 copies would be, were they all kept
const FLAT_MIB = 16

/** Whether a shadow that is unwell is felt by clients, or piles up. */
export const shadowHung: Scenario = async (lab) => {
  const rows: Row[] = []
  for (const round of times(lab.options.rounds)) {
    lab.say(`round ${round + 1} of ${lab.options.rounds}: mirroring ${VARIANTS.join(', ')}`)
    rows.push(...await withShadows(lab, (start) => runRound(lab, round, start)))
  }
  lab.say(`memory: mirroring off, ${UNWELL.join(', ')}`)
  const memory = await withShadows(lab, (start) => runMemory(lab, start))
  const of = (variant: Variant): readonly Row[] => rows.filter((row) => row.variant === variant)
  // turn by turn, so that a busy moment of the machine is one difference among many
  const added = (variant: Variant): readonly number[] => of(variant).flatMap(({ turnsP99Ms }, round) =>
    turnsP99Ms.map((value, turn) => value - (of('off')[round]?.turnsP99Ms[turn] ?? NaN)))
  const failures = (variant: Variant): number => of(variant).reduce((sum, row) => sum + row.failures, 0)
  const noise = Math.max(FLOOR_MS, median(added('off again').map(Math.abs)))
  const offP50 = median(of('off').map((row) => row.p50Ms))
  const grownMib = ({ beforeBytes, afterBytes }: MemoryRow): number => (afterBytes - beforeBytes) / MIB
  return {
    title: 'shadow-hung: whether clients feel a shadow that is unwell',
    method: [
      `${RATE_PER_S} requests a second on ${CONNECTIONS} connections, at a fixed rate whatever the answers do; everything is mirrored, with a timeout of ${TIMEOUT}.`,
      `The shadow is healthy, hung (takes requests, never answers), dead (nothing listens) or slow (answers after ${SLOW_MS} ms, ${fixed(SLOW_MS / offP50, 0)} times the primary's median through Windtunnel).`,
      `All variants run side by side, each loaded in turns of ${TURN_SECONDS} s in alternating order. "p99 added" is the median over turns of what a turn's p99 exceeds that of "off" in the same turn by, in brackets its quartiles; "off again" is a second Windtunnel without a mirror, and the noise is the median size of its differences.`,
      `Memory is read between and after two bursts of ${lightestLoad().name} as fast as it goes.`
    ],
    tables: [
      {
        title: 'latency of the primary\'s answers',
        columns: ['mirroring', 'p50 ms', 'p90 ms', 'p99 ms', 'max ms', 'p99 added ms', 'failures', 'others %'],
        rows: VARIANTS.map((variant) => [
          variant,
          withRounds(of(variant).map((row) => row.p50Ms), 2),
          withRounds(of(variant).map((row) => row.p90Ms), 2),
          withRounds(of(variant).map((row) => row.p99Ms), 2),
          withRounds(of(variant).map((row) => row.maxMs), 1),
          variant === 'off' ? '' : `${fixed(median(added(variant)), 2)} (${fixed(quantile(added(variant), 0.25), 2)} ${fixed(quantile(added(variant), 0.75), 2)})`,
          String(failures(variant)),
          withRounds(of(variant).map((row) => row.others * 100), 0)
        ])
      },
      {
        title: 'what became of mirrored requests in the last round',
        columns: ['mirroring', 'outcomes'],
        rows: VARIANTS.map((variant) => [variant, Object.entries(of(variant).at(-1)?.outcomes ?? {}).map(([outcome, count]) => `${outcome} ${count}`).join(', ')])
      },
      {
        title: 'memory',
        columns: ['mirroring', 'after the first burst MiB', 'after the second MiB', 'grown MiB', 'requests between'],
        rows: memory.map((row) => [row.variant, fixed(row.beforeBytes / MIB), fixed(row.afterBytes / MIB), fixed(grownMib(row)), String(row.requests)])
      }
    ],
    verdicts: UNWELL.flatMap((variant): readonly Verdict[] => [
      judge(`p99 added by a ${variant} shadow`, median(added(variant)), '<=', noise, `ms (noise, at least ${FLOOR_MS})`),
      ...memory.filter((row) => row.variant === variant).map((row) => judge(`memory grown with a ${variant} shadow`, grownMib(row), '<', FLAT_MIB, 'MiB')),
      judge(`clients failed by a ${variant} shadow`, failures(variant), '=', 0, 'requests')
    ]),
    notes: [],
    rounds: { latency: rows, memory }
  }
}

/** Starts a Windtunnel whose shadow is so. */
type Start = (variant: Variant) => Promise<Windtunnel>

async function withShadows<T>(lab: Lab, work: (start: Start) => Promise<T>): Promise<T> {
  const primary = await startModels(lab, [ANSWERS.stable])
  const healthy = await startModels(lab, [ANSWERS.next])
  const unwell = await startSlowModels(lab, [{ answer: ANSWERS.next, delayMs: 'never' }, { answer: ANSWERS.next, delayMs: SLOW_MS }])
  const [dead] = await freePorts(1)
  const shadows: Readonly<Record<Variant, number | undefined>> = {
    off: undefined, 'off again': undefined, healthy: healthy.ports[0], hung: unwell.ports[0], slow: unwell.ports[1], dead
  }
  const result = await work((variant) => {
    const [stable = 0] = primary.ports
    const next = shadows[variant]
    return startWindtunnel(lab, next === undefined ? { backends: { stable } }
      : { backends: { stable, next }, mirror: [`- { backend: next, percent: 100, timeout: ${TIMEOUT} }`] })
  })
  for (const models of [primary, healthy, unwell]) await models.stop()
  return result
}

async function runRound(lab: Lab, round: number, start: Start): Promise<readonly Row[]> {
  const subjects = await Promise.all(alternate(VARIANTS, round).map(async (variant) => {
    const windtunnel = await start(variant)
    return { variant, windtunnel, clients: new PacedClients(windtunnel.port, CONNECTIONS), turns: [] as Turn<readonly number[]>[] }
  }))
  for (const { clients } of subjects) await clients.run(WARM_UP_PER_S, lab.options.quick ? 0.5 : 1)
  for (const turn of times(Math.ceil(lab.options.seconds / TURN_SECONDS))) {
    for (const { clients, turns } of alternate(subjects, turn)) turns.push(await lab.patience.undisturbed(() => clients.run(RATE_PER_S, TURN_SECONDS)))
  }
  const rows: Row[] = []
  for (const { variant, windtunnel, clients, turns } of subjects) {
    const latencies = turns.flatMap(({ result }) => result)
    rows.push({
      variant,
      round,
      answers: latencies.length,
      failures: clients.failures,
      p50Ms: quantile(latencies, 0.5),
      p90Ms: quantile(latencies, 0.9),
      p99Ms: quantile(latencies, 0.99),
      maxMs: quantile(latencies, 1),
      turnsP99Ms: turns.map(({ result }) => quantile(result, 0.99)),
      others: turns.reduce((sum, { others }) => sum + others, 0) / turns.length,
      outcomes: Object.fromEntries(await windtunnel.outcomes())
    })
    clients.close()
    await windtunnel.stop()
  }
  return rows
}

async function runMemory(lab: Lab, start: Start): Promise<readonly MemoryRow[]> {
  const burstSeconds = lab.options.quick ? 1 : 3
  const rows: MemoryRow[] = []
  for (const variant of ['off', ...UNWELL] as const) {
    const windtunnel = await start(variant)
    await lightestLoad().run(lab, windtunnel.port, burstSeconds)
    const beforeBytes = rssBytes(windtunnel.pid)
    const { requests } = await lightestLoad().run(lab, windtunnel.port, burstSeconds)
    rows.push({ variant, requests, beforeBytes, afterBytes: rssBytes(windtunnel.pid) })
    await windtunnel.stop()
  }
  return rows
}
