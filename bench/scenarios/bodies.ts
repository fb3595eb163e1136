import type { Lab } from '../lab.ts'
import { exchangeBodies, type Framing, type Pauses, startBulkServer } from '../load/bulk.ts'
import { fixed, MIB } from '../numbers.ts'
import { rssBytes, watchRss } from '../proc.ts'
import { startWindtunnel } from '../proxies/windtunnel.ts'
import { judge } from '../report.ts'
import type { Scenario } from './scenario.ts'

interface Case {
  readonly way: 'request' | 'answer'
  readonly framing: Framing
}

interface Row extends Case {
  readonly bytes: number
  readonly seconds: number
  readonly beforeBytes: number
  readonly peakBytes: number
  readonly growthBytes: number
}

const CASES: readonly Case[] = [
  { way: 'request', framing: 'content-length' },
  { way: 'request', framing: 'chunked' },
  { way: 'answer', framing: 'content-length' },
  { way: 'answer', framing: 'chunked' }
]

const SMALL_BYTES = MIB
const SAMPLE_MS = 50
const PAUSE_MS = 200

/** How much memory large bodies take on their way. */
export const bodies: Scenario = async (lab) => {
  const size = lab.options.quick ? 128 * MIB : 1024 * MIB
  const rows: Row[] = []
  for (const one of CASES) {
    lab.say(`${size / MIB} MiB of ${one.way}, ${one.framing}`)
    rows.push(await send(lab, one, size))
  }
  return {
    title: 'bodies: what a large body costs',
    method: [
      `One body of ${size / MIB} MiB each way, in a fresh process each, with its length given and chunked; the receiver stops reading for ${PAUSE_MS} ms four times on the way.`,
      `Resident memory of the process every ${SAMPLE_MS} ms, against that after a body of 1 MiB.`
    ],
    tables: [{
      title: '',
      columns: ['body', 'peak growth MiB', 'RSS before MiB', 'peak MiB', 'MiB/s'],
      rows: rows.map(({ way, framing, bytes, seconds, beforeBytes, peakBytes, growthBytes }) => [
        `${way}, ${framing}`, fixed(growthBytes / MIB), fixed(beforeBytes / MIB), fixed(peakBytes / MIB), fixed(bytes / MIB / seconds, 0)
      ])
    }],
    verdicts: rows.map(({ way, framing, growthBytes }) => judge(`growth by a large ${way}, ${framing}`, growthBytes / MIB, '<', 64, 'MiB')),
    notes: [],
    rounds: rows
  }
}

async function send(lab: Lab, { way, framing }: Case, size: number): Promise<Row> {
  const pauses: Pauses = { everyBytes: size / 5, ms: PAUSE_MS }
  const server = await startBulkServer(framing, pauses)
  const windtunnel = await startWindtunnel(lab, { backends: { only: server.port } })
  const exchange = async (bytes: number): Promise<void> => {
    const [up, down] = way === 'request' ? [bytes, 0] : [0, bytes]
    const got = await exchangeBodies(windtunnel.port, up, down, framing, pauses)
    if (got !== down || server.received() !== up) throw new Error(`expected ${up} octets up and ${down} down; got ${server.received()} and ${got}`)
  }
  await exchange(SMALL_BYTES)
  const beforeBytes = rssBytes(windtunnel.pid)
  const watch = watchRss(windtunnel.pid, SAMPLE_MS)
  const startedAt = performance.now()
  await exchange(size)
  const seconds = (performance.now() - startedAt) / 1000
  const peakBytes = watch.peakBytes()
  watch.stop()
  await windtunnel.stop()
  server.close()
  return { way, framing, bytes: size, seconds, beforeBytes, peakBytes, growthBytes: peakBytes - beforeBytes }
}
