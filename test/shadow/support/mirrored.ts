import { onTestFinished } from 'vitest'
import type { Mirror } from '../../../src/shadow/mirror.ts'
import { Peers } from '../../../src/proxy/peers.ts'
import { connectTo, type End } from '../../http/support/raw-client.ts'
import { eventually } from '../../http/support/signal.ts'
import { startDataPlane, type TestDataPlane } from '../../support/data-plane.ts'

/** What a config of these tests is made of: YAML flow mappings where a text is asked for. */
export interface Setup {
  /** Ports. */
  readonly primary: number
  readonly shadow: number
  /** What the mirror to `next` has besides its backend; `percent: 100` unless it says otherwise. */
  readonly mirror?: string
  /** Further settings of backend `next`. */
  readonly next?: string
  /** Further backends, mirrors and route settings, as lines. */
  readonly backends?: string
  readonly mirrors?: string
  readonly route?: string
  readonly chaos?: string
}

/** The YAML of a route with a mirror. */
export function yamlOf({ primary, shadow, mirror = 'percent: 100', next = '', backends = '', mirrors = '', route = '', chaos = '' }: Setup): string {
  return `version: 1
backends:
  live: { url: "http://127.0.0.1:${primary}", eject: { failures: 1000000 } }
  next: { url: "http://127.0.0.1:${shadow}"${next === '' ? '' : `, ${next}`} }
${indented(backends, 2)}
routes:
  - name: all
    backend: live
${indented(route, 4)}
    mirrors:
      - { backend: next, ${mirror}${mirror.includes('breaker') ? '' : ', breaker: off'}${mirror.includes('shed') ? '' : ', shed: off'} }
${indented(mirrors, 6)}
${chaos}`
}

/** The same without its mirrors. */
export const unmirrored = (primary: number): string => `version: 1
backends: { live: { url: "http://127.0.0.1:${primary}", eject: { failures: 1000000 } } }
routes: [{ name: all, backend: live }]
`

const indented = (lines: string, by: number): string => lines.split('\n').filter((line) => line !== '').map((line) => ' '.repeat(by) + line).join('\n')

let served = 0

/** A data plane for one test, which calls itself by another name than any other. */
export async function serveMirrored(setup: Setup | string): Promise<TestDataPlane> {
  const plane = await startDataPlane(typeof setup === 'string' ? setup : yamlOf(setup), { peers: new Peers({ trust: [], forwarded: true, via: `windtunnel-${served++}` }, 'http') })
  onTestFinished(async () => {
    await plane.close()
    for (const { options: { shadow, baseline } } of plane.data.plan.routes.flatMap(({ mirrors }) => mirrors)) {
      shadow.options.pool.close()
      baseline?.options.pool.close()
    }
  })
  return plane
}

/** Whose counts are asked for. */
export interface Which {
  readonly backend?: string
  readonly leg?: string
}

const labelsOf = ({ backend = 'next', leg = 'shadow' }: Which): Record<string, string> => ({ route: 'all', mirror: leg === 'shadow' ? backend : 'next', backend, leg })

/** How many requests were drawn, and how they ended; `pair` stands for those that were handed over. */
export function accountOf(plane: TestDataPlane, { backend = 'next', leg = 'shadow' }: Which = {}): { sampled: number, ended: number, outcomes: Record<string, number> } {
  plane.handover.flush()
  const outcomes: Record<string, number> = {}
  for (const { labels, values: [count = 0] } of plane.fold.collect().get('mirror_requests_total') ?? []) {
    if (labels['backend'] === backend && labels['leg'] === leg && count > 0) outcomes[labels['outcome'] ?? ''] = count
  }
  const pairs = plane.pairs.filter((pair) => pair.backend === backend && pair.leg === leg).length
  if (pairs > 0) outcomes['pair'] = pairs
  const sampled = plane.fold.value('mirror_sampled_total', labelsOf({ backend, leg }))
  return { sampled, ended: Object.values(outcomes).reduce((sum, count) => sum + count, 0), outcomes }
}

/** Resolves with the account once every request that was drawn has ended, and at least `count` were drawn. */
export async function settled(plane: TestDataPlane, count: number, which?: Which): Promise<Record<string, number>> {
  await eventually(() => {
    const { sampled, ended } = accountOf(plane, which)
    return sampled >= count && sampled === ended
  })
  return accountOf(plane, which).outcomes
}

/** What copies hold now. */
export function heldBy(plane: TestDataPlane, which: Which = {}): { inFlight: number, bytes: number } {
  const labels = labelsOf(which)
  return { inFlight: plane.fold.value('mirror_in_flight', labels), bytes: plane.fold.value('mirror_held_bytes', labels) }
}

/** The mirror to `next`. */
export const mirrorOf = (plane: TestDataPlane): Mirror => plane.data.plan.routes[0]!.mirrors[0]!.options.shadow

/** Deadlines that are being kept. */
export const deadlinesOf = (plane: TestDataPlane): number => plane.data.deadlines.size

/** An answer as a client got it. */
export interface Got {
  /** The final head and the interim ones before it. */
  readonly head: string
  /** Without chunked framing, whose boundaries are where reads happened to end. */
  readonly body: string
  /** Whether a chunked body came to its end. */
  readonly whole: boolean
  readonly end: End
}

/** Sends `raw` on a connection of its own, which its last request must close, and returns all that came back. */
export async function converse(port: number, raw: string | readonly string[]): Promise<Got[]> {
  const client = await connectTo(port)
  if (typeof raw === 'string') client.send(raw)
  else await client.sendApart(raw)
  const end = await client.closed
  return answersIn(client.text, end)
}

function answersIn(text: string, end: End): Got[] {
  const answers: Got[] = []
  let heads = ''
  for (let at = 0; at < text.length;) {
    const headEnd = text.indexOf('\r\n\r\n', at) + 4
    if (headEnd < 4) throw new Error(`not an answer: ${JSON.stringify(text.slice(at, at + 200))}`)
    const head = text.slice(at, headEnd)
    heads += head
    at = headEnd
    if (/^HTTP\/1\.1 1\d\d /.test(head)) continue
    const { body, whole, next } = bodyOf(text, at, head)
    answers.push({ head: heads, body, whole, end })
    heads = ''
    at = next
  }
  return answers
}

function bodyOf(text: string, from: number, head: string): { body: string, whole: boolean, next: number } {
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1]
  if (!/\r\ntransfer-encoding: chunked\r\n/i.test(head)) {
    const next = length === undefined ? text.length : Math.min(text.length, from + Number(length))
    return { body: text.slice(from, next), whole: length === undefined || next === from + Number(length), next }
  }
  let body = ''
  let at = from
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at)
    const size = Number.parseInt(text.slice(at, lineEnd), 16)
    if (lineEnd < 0 || lineEnd + 2 + size > text.length) return { body: body + text.slice(lineEnd < 0 ? at : lineEnd + 2), whole: false, next: text.length }
    if (size === 0) return { body, whole: true, next: text.indexOf('\r\n\r\n', lineEnd) + 4 }
    body += text.slice(lineEnd + 2, lineEnd + 2 + size)
    at = lineEnd + 2 + size + 2
  }
}

/** `body` as a chunked one, in pieces of `size`. */
export function chunked(body: string, size = 1000): string {
  let out = ''
  for (let at = 0; at < body.length; at += size) {
    const piece = body.slice(at, at + size)
    out += `${piece.length.toString(16)}\r\n${piece}\r\n`
  }
  return `${out}0\r\n\r\n`
}
