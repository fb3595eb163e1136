import type { Lab } from '../lab.ts'
import { EventClient, startEventServer } from '../load/events.ts'
import { ANSWERS } from '../model.ts'
import { alternate, median, quantile, times, withRounds } from '../numbers.ts'
import { startWindtunnel } from '../proxies/windtunnel.ts'
import { judge } from '../report.ts'
import { startModels } from '../servers/models.ts'
import type { Scenario } from './scenario.ts'

const VARIANTS = ['direct', 'mirroring off', 'mirroring off again', 'mirroring on'] as const
type Variant = typeof VARIANTS[number]

interface Row {
  readonly variant: Variant
  readonly round: number
  readonly events: number
  readonly eventP50Ms: number
  readonly eventP99Ms: number
  readonly firstBytes: number
  readonly firstByteP50Ms: number
  readonly firstByteP99Ms: number
}

const EVERY_MS = 5
const FIRST_BYTES_PER_SECOND = 150
// below this, a difference of medians is not asked about
const FLOOR_MS = 0.05

/** What a streamed event loses on its way, and whether mirroring delays the first. */
export const sse: Scenario = async (lab) => {
  const rows: Row[] = []
  for (const round of times(lab.options.rounds)) {
    lab.say(`round ${round + 1} of ${lab.options.rounds}`)
    rows.push(...await runRound(lab, round))
  }
  const of = (variant: Variant): readonly Row[] => rows.filter((row) => row.variant === variant)
  const events = (variant: Variant): readonly number[] => of(variant).map((row) => row.eventP50Ms)
  const firstBytes = (variant: Variant): readonly number[] => of(variant).map((row) => row.firstByteP50Ms)
  const noise = Math.max(FLOOR_MS, ...differences(firstBytes('mirroring off'), firstBytes('mirroring off again')).map(Math.abs))
  return {
    title: 'sse: what a streamed event loses on its way',
    method: [
      `Server-sent events every ${EVERY_MS} ms that carry when they were sent; server and client are one process with one clock, and all variants stream at the same time.`,
      'Times to the first byte are of short streams one after the other, each variant in turn. "mirroring off again" is a second Windtunnel just like the first: what it differs from it by is noise.'
    ],
    tables: [{
      title: '',
      columns: ['variant', 'event p50 ms', 'event p99 ms', 'first byte p50 ms', 'first byte p99 ms'],
      rows: VARIANTS.map((variant) => [
        variant,
        withRounds(events(variant), 3),
        withRounds(of(variant).map((row) => row.eventP99Ms), 3),
        withRounds(firstBytes(variant), 3),
        withRounds(of(variant).map((row) => row.firstByteP99Ms), 3)
      ])
    }],
    verdicts: [
      judge('added to an event at the median', median(differences(events('direct'), events('mirroring off'))), '<', 1, 'ms'),
      judge('added to an event at the median, mirroring on', median(differences(events('direct'), events('mirroring on'))), '<', 1, 'ms'),
      judge('added to the first byte at the median by mirroring', median(differences(firstBytes('mirroring off'), firstBytes('mirroring on'))), '<=', noise, 'ms (noise, at least 0.05)')
    ],
    notes: [],
    rounds: rows
  }
}

// round by round
const differences = (from: readonly number[], to: readonly number[]): readonly number[] => to.map((value, index) => value - (from[index] ?? NaN))

async function runRound(lab: Lab, round: number): Promise<readonly Row[]> {
  const { seconds } = lab.options
  const server = await startEventServer(EVERY_MS)
  const shadows = await startModels(lab, [ANSWERS.next])
  const backends = { stable: server.port, next: shadows.ports[0] ?? 0 }
  const off = { backends: { stable: server.port } }
  const on = { backends, mirror: ['- { backend: next, percent: 100 }'] }
  const ports = new Map<Variant, number>([['direct', server.port]])
  const setups = alternate([['mirroring off', off], ['mirroring off again', off], ['mirroring on', on]] as const, round)
  const running = await Promise.all(setups.map(async ([variant, setup]) => {
    const one = await startWindtunnel(lab, setup)
    ports.set(variant, one.port)
    return one
  }))
  const clients = VARIANTS.map((variant) => ({ variant, client: new EventClient(ports.get(variant) ?? 0), firstBytesMs: [] as number[] }))
  const firstBytesOf = async (count: number): Promise<void> => {
    for (const turn of times(count)) {
      for (const { client, firstBytesMs } of alternate(clients, turn)) firstBytesMs.push((await client.listen(1)).firstByteMs)
    }
  }
  await firstBytesOf(300)
  for (const { firstBytesMs } of clients) firstBytesMs.length = 0 // warm now
  await firstBytesOf(FIRST_BYTES_PER_SECOND * seconds)
  const streams = await Promise.all(alternate(clients, round).map(async ({ variant, client }, index) => {
    await new Promise((resolve) => setTimeout(resolve, index * EVERY_MS / VARIANTS.length)) // so that their events do not fall together
    return { variant, stream: await client.listen(seconds * 1000 / EVERY_MS) }
  }))
  for (const { client } of clients) client.close()
  for (const one of [...running, shadows]) await one.stop()
  server.close()
  return clients.map(({ variant, firstBytesMs }) => {
    const delays = streams.find((one) => one.variant === variant)?.stream.delaysMs ?? []
    return {
      variant,
      round,
      events: delays.length,
      eventP50Ms: quantile(delays, 0.5),
      eventP99Ms: quantile(delays, 0.99),
      firstBytes: firstBytesMs.length,
      firstByteP50Ms: quantile(firstBytesMs, 0.5),
      firstByteP99Ms: quantile(firstBytesMs, 0.99)
    }
  })
}
