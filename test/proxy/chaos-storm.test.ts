import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { faults } from '../../src/chaos/faults/index.ts'
import { createRng } from '../../src/core/rng.ts'
import { SAMPLES } from '../chaos/faults/samples/index.ts'
import { eventually } from '../http/support/signal.ts'
import { serveBackend } from './support/backend.ts'
import { get, leftOver, open, post, startProxy, upstreamOf } from './support/proxy.ts'

const REST = { inFlight: 0, held: 0, tunnels: 0, places: 0 }
const BODIES = [
  ['application/json', '{"predictions":[{"label":"a","class":"a","scores":[0.7,0.2,0.1],"value":1.50,"price":2,"boxes":[{"box":[0,0,10,10],"label":"a","score":0.9}]}]}'],
  ['application/json', '{"object":"chat.completion","choices":[{"finish_reason":"stop","message":{"content":"One is 1. Two is 2."}}],"usage":{"total_tokens":3}}'],
  ['text/event-stream', 'data: {"choices":[{"delta":{"content":"a"},"finish_reason":null}]}\n\n: hm\n\ndata: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'],
  ['application/x-ndjson', '{"response":"a","done":false}\n{"response":"","done":true}\n'],
  ['text/plain', 'plain'],
  ['application/json', '']
] as const

/** An answer framed in one of the three ways, in pieces. */
function answerOf(rng: ReturnType<typeof createRng>): { readonly pieces: readonly string[], readonly closes: boolean } {
  const [type, body] = rng.pick(BODIES)
  const framing = rng.pick(['length', 'chunked', 'close'])
  const head = `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n`
  const cut = rng.whole(0, body.length)
  const chunk = (text: string): string => text === '' ? '' : `${text.length.toString(16)}\r\n${text}\r\n`
  const text = framing === 'length' ? `${head}Content-Length: ${body.length}\r\n\r\n${body}`
    : framing === 'chunked' ? `${head}Transfer-Encoding: chunked\r\n\r\n${chunk(body.slice(0, cut))}${chunk(body.slice(cut))}0\r\n\r\n` : `${head}\r\n${body}`
  const pieces: string[] = []
  for (let at = 0; at < text.length;) {
    const length = rng.pick([1, 7, 40, 1000])
    pieces.push(text.slice(at, at + length))
    at += length
  }
  return { pieces, closes: framing === 'close' }
}

describe.each(faults)('the fault $name, on any answer in any pieces', ({ name, stage }) => {
  it('ends with nothing left, whether it runs its course, is released, or is left by its client or its backend', async () => {
    const rng = createRng(name.length * 1000 + name.charCodeAt(0))
    const backend = await serveBackend(() => undefined)
    const sample = rng.pick(SAMPLES[name] ?? [])
    const proxy = await startProxy({
      backends: { a: [backend.port, 'eject: { failures: 1000000 }'] },
      chaos: `limits: { percent: 100, active: 1000 }, experiments: ${stringify([{ name: 'one', route: 'all', percent: 100, duration: '1h', faults: [{ kind: name, ...sample }] }], { collectionStyle: 'flow', lineWidth: 0 }).trim()}`
    })
    proxy.startChaos()
    for (let round = 0; round < 12; round++) {
      const asked = backend.requests.length
      const client = (await open(proxy)).send(rng.uniform() < 0.5 ? get() : post('{"a":1}')) // oxlint-disable-line no-await-in-loop -- rounds
      // a fault before the backend is asked ends the request, or holds it
      await eventually(() => backend.requests.length > asked || proxy.exchanges.length > round || proxy.data.held.size > 0) // oxlint-disable-line no-await-in-loop -- rounds
      if (backend.requests.length === asked && proxy.exchanges.length === round && round % 4 !== 2) {
        proxy.data.held.release()
        await eventually(() => backend.requests.length > asked || proxy.exchanges.length > round) // oxlint-disable-line no-await-in-loop -- rounds
      }
      const connection = backend.requests[asked]?.connection
      if (connection !== undefined) {
        const { pieces, closes } = answerOf(rng)
        const few = round % 4 === 3 ? rng.whole(0, pieces.length) : pieces.length
        await connection.sendApart(pieces.slice(0, few)) // oxlint-disable-line no-await-in-loop -- rounds
        if (round % 4 === 3) connection.reset()
        else if (closes) connection.end()
      }
      if (round % 4 === 1) proxy.data.held.release()
      if (round % 4 === 2) client.raw.reset()
      await new Promise((resolve) => { setTimeout(resolve, 2) }) // oxlint-disable-line no-await-in-loop -- a moment to run its course
      // what still waits by then is let go
      await eventually(() => { // oxlint-disable-line no-await-in-loop -- rounds
        if (proxy.exchanges.length <= round) proxy.data.held.release()
        // a request whose connection was reset before it was answered is sent again
        for (const again of backend.requests.slice(asked + 1)) again.connection.reset()
        return proxy.exchanges.length > round && proxy.data.inFlight === 0
      })
      client.raw.reset()
    }
    expect(leftOver(proxy)).toEqual(REST)
    expect(upstreamOf(proxy).pool.counts.waiting).toBe(0)
    const records = proxy.chaosRecords.flatMap(({ decisions }) => decisions.flatMap((decision) => decision.faults))
    expect(records.length).toBeGreaterThan(0)
    expect(records.every(({ result }) => result !== 'planned')).toBe(true)
    expect(records.filter(({ reason }) => reason === 'error')).toEqual([])
    expect(stage).toBeDefined()
  })
})
