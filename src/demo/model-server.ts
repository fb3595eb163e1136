import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { draw, keyOf, octets, saltOf } from '../core/hash.ts'
import { createRng } from '../core/rng.ts'
import type { HouseModel } from './house-models.ts'
import { readInstances } from './instances.ts'
import { daysToSell, noteOn } from './notes.ts'
import { type Handler, type RunningServer, startJsonServer } from './json-server.ts'

/** How long a model takes: `fixedMs`, and a tail of `tailMs` on average that is now and then a few times as long. */
export interface DelayPlan {
  readonly fixedMs: number
  readonly tailMs: number
}

export interface ModelServerOptions {
  readonly model: HouseModel
  /** As it names itself in answers. */
  readonly version: string
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
  /** None by default. */
  readonly delay?: DelayPlan
  /** Clock for `latency_ms`, ms. */
  readonly now: () => number
}

const NAME = 'house'
const MAX_BODY_BYTES = 256 * 1024
const LONGEST_TAIL = 5

/**
 * Serves a house model as KServe's V1 protocol and TensorFlow Serving's REST API have it:
 * `POST /v1/models/house:predict`, `GET /v1/models/house`, `GET /healthz`. Errors are `{"error": "..."}`.
 */
export function startModelServer(options: ModelServerOptions): Promise<RunningServer> {
  const { model, version, host, port, delay = { fixedMs: 0, tailMs: 0 }, now } = options
  const salt = saltOf('demo', 'latency', version)

  const predict: Handler = async ({ body, text, signal }) => {
    const startedMs = now()
    const id = randomUUID()
    const rng = createRng(keyOf(id))
    // a sentence is worded anew each time, as a language model would; days are the same by any model
    const predictions = readInstances(body).map((house) => ({ ...model.predict(house), note: noteOn(house, rng), days_to_sell: daysToSell(house) }))
    const ms = delayOf(delay, draw(salt, keyOf(octets(text))))
    if (ms > 0) await wait(ms, undefined, { signal })
    return { predictions, model: NAME, version, id, latency_ms: Math.round((now() - startedMs) * 1000) / 1000 }
  }
  const status: Handler = async () => ({
    name: NAME,
    ready: true,
    model_version_status: [{ version, state: 'AVAILABLE', status: { error_code: 'OK', error_message: '' } }]
  })

  return startJsonServer({
    host,
    port,
    maxBodyBytes: MAX_BODY_BYTES,
    errorBody: ({ message }) => ({ error: message }),
    paths: new Map([
      [`/v1/models/${NAME}:predict`, { POST: predict }],
      [`/v1/models/${NAME}`, { GET: status }],
      ['/healthz', { GET: async () => ({ status: 'ok' }) }]
    ])
  })
}

/** The delay at `point` in (0, 1) of the distribution, ms: an exponential tail, cut off. The same request always waits as long. */
export function delayOf({ fixedMs, tailMs }: DelayPlan, point: number): number {
  return fixedMs + tailMs * Math.min(LONGEST_TAIL, -Math.log(point))
}
