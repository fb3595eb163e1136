import { sleep, until } from '../lab.ts'
import { ClientConnection } from '../load/connection.ts'
import { ANSWERS, requestOf, userOf } from '../model.ts'
import { fixed, KIB, MIB, times } from '../numbers.ts'
import { openFilesLimit, rssBytes } from '../proc.ts'
import { nginx } from '../proxies/nginx.ts'
import type { RunningProxy, Variant } from '../proxies/proxy.ts'
import { startWindtunnel, type Windtunnel } from '../proxies/windtunnel.ts'
import { judge } from '../report.ts'
import { startModels } from '../servers/models.ts'
import type { Scenario } from './scenario.ts'

interface Row {
  readonly variant: string
  readonly connections: number
  /** Still open when the memory was read. */
  readonly open: number
  readonly beforeBytes: number
  readonly afterBytes: number
  readonly perConnectionBytes: number
}

// files that are open anyway, and connections to the models
const SPARE_FILES = 1000
// a source address has some 28,000 ports; these stay far below it
const PER_ADDRESS = 1000
const AT_ONCE = 64
const QUIET_MS = 1000

/** What a connection costs that has had its answer and waits. */
export const idle: Scenario = async (lab) => {
  const wanted = lab.options.quick ? 3000 : 10_000
  const count = Math.max(0, Math.min(wanted, openFilesLimit() - SPARE_FILES))
  const models = await startModels(lab, [ANSWERS.stable, ANSWERS.stable])
  const [stable = 0, canary = 0] = models.ports
  const all: readonly Variant[] = [
    { name: 'windtunnel', missing: undefined, start: () => startWindtunnel(lab, { backends: { stable, canary } }) },
    nginx(stable)
  ]
  const variants = all.filter(({ missing }) => missing === undefined)
  const rows: Row[] = []
  for (const variant of variants) { // in one round: this hardly differs between rounds
    lab.say(`${variant.name}, ${count} connections`)
    rows.push(await holdConnections(await variant.start(lab), count))
  }
  await models.stop()
  const windtunnel = rows.find(({ variant }) => variant === 'windtunnel')
  return {
    title: 'idle: what a waiting connection costs',
    method: [
      `${count} keep-alive connections from several loopback addresses, each of which has had the answer to one request; ${AT_ONCE} requests at a time.`,
      `Growth of the resident memory of all processes from before the first (after ${WARM_UP_REQUESTS} requests on ${AT_ONCE} other connections) to ${QUIET_MS / 1000} s after the last.`
    ],
    tables: [{
      title: '',
      columns: ['variant', 'KiB/connection', 'RSS before MiB', 'RSS after MiB', 'still open'],
      rows: rows.map(({ variant, perConnectionBytes, beforeBytes, afterBytes, open }) => [
        variant, fixed(perConnectionBytes / KIB, 2), fixed(beforeBytes / MIB), fixed(afterBytes / MIB), String(open)
      ])
    }],
    verdicts: [
      judge('memory of an idle connection', (windtunnel?.perConnectionBytes ?? NaN) / KIB, '<', 20, 'KiB'),
      judge('connections that were closed', count - (windtunnel?.open ?? NaN), '=', 0, 'of all')
    ],
    notes: [
      ...count < wanted ? [`the limit of open files (ulimit -n) allows ${count} of ${wanted} connections`] : [],
      ...all.flatMap(({ name, missing }) => missing === undefined ? [] : [`${name} was left out: ${missing}`])
    ],
    rounds: rows
  }
}

const WARM_UP_REQUESTS = 5000

async function holdConnections(proxy: RunningProxy | Windtunnel, count: number): Promise<Row> {
  await warmUp(proxy.port)
  await sleep(QUIET_MS)
  const beforeBytes = rssBytes(proxy.pid ?? 0)
  const connections = await openAll(proxy.port, count)
  await sleep(QUIET_MS)
  const afterBytes = rssBytes(proxy.pid ?? 0)
  const open = connections.filter((connection) => connection.open && connection.failures === 0).length
  // the clients may not have heard of a connection that the proxy has forgotten
  if ('metric' in proxy) await until('the proxy counts them too', 5000, async () => await proxy.metric('connections') >= open)
  for (const connection of connections) connection.close()
  await proxy.stop()
  return { variant: proxy.name, connections: count, open, beforeBytes, afterBytes, perConnectionBytes: (afterBytes - beforeBytes) / count }
}

async function warmUp(port: number): Promise<void> {
  await Promise.all(times(AT_ONCE).map(async (index) => {
    const connection = new ClientConnection(port)
    for (let request = 0; request < WARM_UP_REQUESTS / AT_ONCE; request++) await ask(connection, index)
    connection.close()
  }))
}

async function openAll(port: number, count: number): Promise<readonly ClientConnection[]> {
  const connections: ClientConnection[] = []
  await Promise.all(times(AT_ONCE).map(async () => {
    while (connections.length < count) {
      const index = connections.length
      const connection = new ClientConnection(port, `127.0.0.${2 + Math.floor(index / PER_ADDRESS)}`)
      connections.push(connection)
      await ask(connection, index)
    }
  }))
  return connections
}

const ask = (connection: ClientConnection, user: number): Promise<unknown> =>
  new Promise((resolve) => connection.request(requestOf(userOf(user)), resolve))
