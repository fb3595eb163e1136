import { expect, onTestFinished, vi } from 'vitest'
import type { Exchange } from '../../../src/core/exchange.ts'
import type { DataPlane } from '../../../src/proxy/plan.ts'
import type { Upstream } from '../../../src/proxy/upstream.ts'
import { connectTo, type RawClient } from '../../http/support/raw-client.ts'
import { eventually, Signal } from '../../http/support/signal.ts'
import { ticks } from '../../http/support/ticks.ts'
import { startDataPlane, type TestDataPlane } from '../../support/data-plane.ts'
import { type Message, readAnswer, statusOf } from './message.ts'

/** A config as far as a test cares; texts are YAML, in flow style within braces. */
export interface Setup {
  readonly listen?: string
  /** By name: a port, or a port and further settings. */
  readonly backends: Readonly<Record<string, number | readonly [port: number, settings: string]>>
  /** More settings of the only route, which goes to the first backend unless they say otherwise. */
  readonly route?: string
  /** Routes in place of that one. */
  readonly routes?: readonly string[]
  readonly chaos?: string
}

export function configOf({ listen = '', backends, route = '', routes, chaos }: Setup): string {
  const [first = ''] = Object.keys(backends)
  const only = `name: all, ${/\b(?:split|backend): /.test(route) ? '' : `backend: ${first}, `}${route}`
  return `version: 1
listen: { address: 127.0.0.1:8080, ${listen} }
backends:
${Object.entries(backends).map(([name, it]) => typeof it === 'number' ? [name, it, ''] as const : [name, ...it] as const)
    .map(([name, port, settings]) => `  ${name}: { url: "http://127.0.0.1:${port}", ${settings} }`).join('\n')}
routes:
${(routes ?? [only]).map((one) => `  - { ${one} }`).join('\n')}
${chaos === undefined ? '' : `chaos: { ${chaos} }`}
`
}

/** A data plane for one test. When that is over nothing may be left of any request. */
export async function startProxy(setup: Setup, overrides: Partial<DataPlane> = {}): Promise<TestDataPlane> {
  const proxy = await startDataPlane(configOf(setup), overrides)
  onTestFinished(async () => {
    await proxy.close()
    expect(leftOver(proxy)).toEqual({ inFlight: 0, held: 0, tunnels: 0, places: 0 })
  })
  return proxy
}

/** What is left of requests. */
export const leftOver = ({ data, switchboard }: TestDataPlane): Record<string, number> =>
  ({ inFlight: data.inFlight, held: data.held.size, tunnels: data.tunnels.size, places: switchboard.active })

/** Makes another plan the one in force. */
export const reload = (proxy: TestDataPlane, setup: Setup): void => proxy.reload(configOf(setup))

/** A backend as the data plane has it, of a route that has only one. */
export const upstreamOf = ({ data }: TestDataPlane, route = 0): Upstream => data.plan.routes[route]!.split(0).target

/** The exchange that is the `count`th, once it has ended. */
export async function exchange(proxy: TestDataPlane, count = 1): Promise<Exchange> {
  await eventually(() => proxy.exchanges.length >= count)
  return proxy.exchanges[count - 1]!
}

/** A metric of the data plane: the sum of the series that have these labels. */
export function metric({ fold }: TestDataPlane, name: string, labels: Readonly<Record<string, string>> = {}): number {
  return (fold.collect().get(name) ?? []).filter((series) => Object.entries(labels).every(([key, value]) => series.labels[key] === value))
    .reduce((sum, { values }) => sum + (values[0] ?? 0), 0)
}

/** A client that reads answers one after another. */
export class Client {
  readonly raw: RawClient
  private readonly changed = new Signal()
  private at = 0

  constructor(raw: RawClient) {
    this.raw = raw
    for (const event of ['data', 'end', 'close']) raw.socket.on(event, () => this.changed.fire())
  }

  send(text: string | Buffer): this {
    this.raw.send(text)
    return this
  }

  /** The next answer, interim ones included; rejects when the connection ends before it is whole. */
  async next(method = 'GET'): Promise<Message> {
    const { raw } = this
    const find = (): Message | undefined => readAnswer(raw.text, this.at, method, raw.ended)
    await this.changed.until(() => raw.socket.destroyed || find() !== undefined)
    const message = find()
    if (message === undefined) throw new Error(`closed within an answer: ${JSON.stringify(raw.text.slice(this.at, this.at + 500))}`)
    this.at = message.end
    return message
  }

  /** Sends a request and reads its final answer. */
  async ask(text: string | Buffer): Promise<Message> {
    this.send(text)
    const method = text.toString('latin1').slice(0, text.indexOf(' '))
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- interim answers come one after another
      const message = await this.next(method)
      if (statusOf(message) >= 200) return message
    }
  }
}

export const open = async ({ port }: { readonly port: number }): Promise<Client> => new Client(await connectTo(port))

/** Asks once on a connection of its own. */
export const askOnce = async (where: { readonly port: number }, text: string | Buffer): Promise<Message> => (await open(where)).ask(text)

export const get = (target = '/', lines = ''): string => `GET ${target} HTTP/1.1\r\nHost: a.example\r\n${lines}\r\n`
export const post = (body: string, lines = '', target = '/'): string => `POST ${target} HTTP/1.1\r\nHost: a.example\r\n${lines}Content-Length: ${body.length}\r\n\r\n${body}`

/** Time that stands still for everything started after this, until the test moves it. */
export function stopTime(): { ms: number } {
  const time = { ms: 1_000_000 }
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => time.ms)
  onTestFinished(() => spy.mockRestore())
  return time
}

/** Lets `ms` go by, and whatever was due then happen. */
export async function pass(proxy: TestDataPlane, time: { ms: number }, ms: number): Promise<void> {
  time.ms += ms
  await ticks(proxy.data.deadlines, time)
}
