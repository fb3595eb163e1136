import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Lab, sleep, until } from '../lab.ts'
import { onFreePorts, type RunningProxy } from './proxy.ts'

/** A running Windtunnel. */
export interface Windtunnel extends RunningProxy {
  readonly pid: number
  /** Sum of all series of a metric whose labels hold; names stand without the prefix. */
  readonly metric: (name: string, labels?: Readonly<Record<string, string>>) => Promise<number>
  /** Each mirror outcome and how often it was had. */
  readonly outcomes: () => Promise<ReadonlyMap<string, number>>
}

// the longest that mirrored requests may take after the last answer: their timeout, and the comparison's backlog
const SETTLED_MS = 30_000
// what pairs are gathered for at most, and as much again for comparing them
const BATCHES_MS = 100

/** What differs between the configs of the scenarios. */
export interface Setup {
  /** Ports by name; the first two share the requests 95 to 5, `next` is for the mirror. */
  readonly backends: Readonly<Record<string, number>>
  /** Lines of YAML below `mirrors:`; none mirrors nothing. */
  readonly mirror?: readonly string[]
  /** Lines of YAML below `chaos:`; none is a config without. */
  readonly chaos?: readonly string[]
}

/** The config measured: one data-plane thread, routing by path and method, sticky by user, forwarding headers and metrics on. */
function configOf({ backends, mirror, chaos }: Setup, port: number, adminPort: number): string {
  const [first = '', second] = Object.keys(backends).filter((name) => name !== 'next')
  return [
    'version: 1',
    `listen: "127.0.0.1:${port}"`,
    'workers: 1',
    `admin: { listen: "127.0.0.1:${adminPort}" }`,
    'backends:',
    ...Object.entries(backends).map(([name, backend]) => `  ${name}: { url: "http://127.0.0.1:${backend}" }`),
    'routes:',
    '  - name: house-price',
    '    match:',
    '      path: { prefix: /v1/models }',
    '      method: [POST]',
    '    unit: { header: x-user-id }',
    '    split:',
    `      - { backend: ${first}, weight: 95 }`,
    ...second === undefined ? [] : [`      - { backend: ${second}, weight: 5 }`],
    ...mirror === undefined ? [] : ['    mirrors:', ...mirror.map((line) => `      ${line}`)],
    ...chaos === undefined ? [] : ['chaos:', ...chaos.map((line) => `  ${line}`)],
    ''
  ].join('\n')
}

/** Starts one as a user would: `windtunnel run FILE`. */
export function startWindtunnel(lab: Lab, setup: Setup, name = 'windtunnel'): Promise<Windtunnel> {
  return onFreePorts(2, async ([port = 0, adminPort = 0]) => {
    const file = join(lab.dir, `windtunnel-${port}.yaml`)
    writeFileSync(file, configOf(setup, port, adminPort))
    const server = await lab.processes.serve(process.execPath, [lab.build.program, 'run', file], [port, adminPort])
    const metric: Windtunnel['metric'] = async (metricName, labels = {}) => sumOf(await readMetrics(adminPort), metricName, labels)
    // a page of metrics is work too, and not the load's: it is asked for when the last batch must have been taken
    const settled = async (): Promise<void> => {
      await sleep(BATCHES_MS)
      await until('every mirrored request has an outcome', SETTLED_MS, async () => {
        const samples = await readMetrics(adminPort)
        return sumOf(samples, 'mirror_requests_total') === sumOf(samples, 'mirror_sampled_total')
      })
    }
    return { name, port, ...server, metric, outcomes: () => readOutcomes(adminPort), ...setup.mirror === undefined ? {} : { settled } }
  })
}

async function readOutcomes(adminPort: number): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (const { name, labels, value } of await readMetrics(adminPort)) {
    const outcome = labels.get('outcome')
    if (name === 'mirror_requests_total' && outcome !== undefined && value > 0) counts.set(outcome, (counts.get(outcome) ?? 0) + value)
  }
  return counts
}

interface Sample {
  /** Without the prefix. */
  readonly name: string
  readonly labels: ReadonlyMap<string, string>
  readonly value: number
}

const sumOf = (samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}): number => samples
  .filter((sample) => sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels.get(label) === value))
  .reduce((sum, { value }) => sum + value, 0)

/** Reads the text format of Prometheus, as far as /metrics uses it: no label here holds a quote or a brace. */
async function readMetrics(adminPort: number): Promise<readonly Sample[]> {
  const response = await fetch(`http://127.0.0.1:${adminPort}/metrics`, { signal: AbortSignal.timeout(5000) })
  if (response.status !== 200) throw new Error(`/metrics answered ${response.status}`)
  const lines = (await response.text()).split('\n')
  return lines.flatMap((line) => {
    const [, name, labels = '', value] = /^windtunnel_(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (name === undefined || value === undefined) return []
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', text = '']): [string, string] => [label, text])
    return [{ name, labels: new Map(pairs), value: Number(value) }]
  })
}
