import OpenAI from 'openai'
import { EventSource } from 'eventsource'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { Signal } from '../http/support/signal.ts'
import { startDataPlane, type TestDataPlane } from '../support/data-plane.ts'
import { Origin } from './support/origin.ts'

const WORDS = ['one', ' two', ' three', ' four', ' f\u00fcnf \u{1F600}', ' six']
const chunk = (content: string, finish: string | null = null): string => `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`
const STREAM = `${WORDS.map((word) => chunk(word)).join('')}${chunk('', 'stop')}data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":6,"total_tokens":7}}\n\ndata: [DONE]\n\n`
const TEXT = WORDS.join('')

/** Faults by the name of their experiment, which a request asks for in a header. */
const FAULTS: Readonly<Record<string, string>> = {
  resplit: '{ kind: resplit, octets: 1 }',
  coalesce: '{ kind: coalesce-events, events: 3 }',
  late: '{ kind: first-event-delay, fixed: 30ms }',
  gaps: '{ kind: event-gaps, fixed: 2ms }',
  alive: '{ kind: keep-alive-only, for: 30ms, every: 10ms }',
  'cut-fin': '{ kind: cut-stream, events: 3, how: fin }',
  'cut-rst': '{ kind: cut-stream, events: 3, how: rst }',
  'cut-end': '{ kind: cut-stream, events: 3, how: end }',
  truncated: '{ kind: truncate, octets: 100 }',
  unmarked: '{ kind: drop-marker }',
  dropped: '{ kind: drop-events, share: 0.5 }',
  doubled: '{ kind: duplicate-events, share: 1 }',
  shuffled: '{ kind: reorder-events, window: 6 }',
  corrupt: '{ kind: corrupt-event, at: 2 }',
  failing: '{ kind: error-event, events: 2, status: 429 }',
  unfinished: '{ kind: drop-finish }',
  uncounted: '{ kind: drop-usage }',
  stalled: '{ kind: stall, events: 2, forever: true }',
  slow: '{ kind: bandwidth, rate: 100KiB }',
  dribbled: '{ kind: dribble, octets: 50, every: 1ms }',
  'late-end': '{ kind: slow-close, fixed: 30ms }',
  hung: '{ kind: hang }',
  reset: '{ kind: reset }',
  emptied: '{ kind: empty }',
  garbled: '{ kind: garbage }',
  malformed: '{ kind: malformed-chunk }',
  busy: '{ kind: abort, status: 429, dialect: openai }',
  overloaded: '{ kind: abort, status: 503, dialect: openai, phase: after }',
  limited: '{ kind: quota, requests: 0, per: 1m }'
}

let origin: Origin
let plane: TestDataPlane

beforeAll(async () => {
  origin = await Origin.start((_request, response) => { response.writeHead(200, { 'content-type': 'text/event-stream' }).end(STREAM) })
  plane = await startDataPlane(`version: 1
backends: { model: { url: "${origin.url}" } }
routes: [{ name: all, backend: model }]
chaos:
  limits: { percent: 100, active: 1000 }
  experiments:
${Object.entries(FAULTS).map(([name, fault]) => `    - { name: ${name}, route: all, percent: ${100 / Object.keys(FAULTS).length}, exactness: { block: 2 }, duration: 1h, trigger: x-chaos, faults: [${fault}] }`).join('\n')}
`)
  plane.startChaos()
  // the limit over all is for the sum of them; here each is asked for by name and hits whoever does
  for (const slot of Object.keys(FAULTS).keys()) plane.switchboard.adjust(slot, 1, 1)
})

afterAll(async () => {
  await plane.close()
  expect([plane.data.inFlight, plane.data.held.size, plane.switchboard.active]).toEqual([0, 0, 0])
})

interface Told {
  readonly text: string
  readonly finish: string | null
  readonly tokens: number | undefined
  /** The class of what was thrown, and of what caused that. */
  readonly error: string | undefined
}

async function chat(experiment: string): Promise<Told> {
  const client = new OpenAI({ baseURL: `http://127.0.0.1:${plane.port}/v1`, apiKey: 'k', maxRetries: 0, timeout: 300, defaultHeaders: { 'x-chaos': experiment, 'x-request-id': `sdk-${experiment}` } })
  let text = ''
  let finish: string | null = null
  let tokens: number | undefined
  try {
    const stream = await client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'hi' }], stream: true, stream_options: { include_usage: true } })
    // an idle timeout is the application's own: the SDK has none once a stream has begun
    const timer = setTimeout(() => stream.controller.abort(), 500)
    for await (const { choices, usage } of stream) {
      text += choices[0]?.delta.content ?? ''
      finish = choices[0]?.finish_reason ?? finish
      tokens = usage?.total_tokens ?? tokens
      timer.refresh()
    }
    clearTimeout(timer)
    return { text, finish, tokens, error: stream.controller.signal.aborted ? 'aborted by the application' : undefined }
  } catch (error) {
    return { text, finish, tokens, error: error instanceof Error ? error.constructor.name : String(error) }
  }
}

const WELL: Told = { text: TEXT, finish: 'stop', tokens: 7, error: undefined }
const BROKEN: Partial<Told> = { text: 'one two three', finish: null, tokens: undefined, error: 'TypeError' }

/** What an application sees of each fault. Errors are the SDK's classes; a transfer that breaks comes through as fetch's TypeError. */
const SEEN: Readonly<Record<string, Partial<Told>>> = {
  // nothing: the octets are the same, only when and in what pieces they come is another matter
  none: {}, resplit: {}, coalesce: {}, late: {}, gaps: {}, alive: {}, slow: {}, dribbled: {}, 'late-end': {},
  'cut-fin': BROKEN,
  'cut-rst': BROKEN,
  truncated: { ...BROKEN, text: '' },
  // the transfer ends as it should: only the finish reason that never came tells
  'cut-end': { ...BROKEN, error: undefined },
  // the SDK takes the end of the transfer for the end of the stream
  unmarked: {},
  // which words are lost, and in what order they come, is drawn by the request id; a lost chunk of usage is not missed either
  dropped: { text: 'one four six', tokens: undefined },
  doubled: { text: WORDS.map((word) => word + word).join('') },
  shuffled: { text: ' f\u00fcnf \u{1F600} three two fourone six' },
  corrupt: { text: 'one two', finish: null, tokens: undefined, error: 'SyntaxError' },
  failing: { text: 'one two', finish: null, tokens: undefined, error: 'APIError' },
  unfinished: { finish: null },
  uncounted: { tokens: undefined },
  stalled: { text: 'one two', finish: null, tokens: undefined, error: 'aborted by the application' },
  ...Object.fromEntries(Object.entries({
    hung: 'APIConnectionTimeoutError', reset: 'APIConnectionError', emptied: 'APIConnectionError', garbled: 'APIConnectionError', malformed: 'TypeError',
    busy: 'RateLimitError', overloaded: 'InternalServerError', limited: 'RateLimitError'
  }).map(([name, error]) => [name, { text: '', finish: null, tokens: undefined, error }]))
}

describe('the OpenAI SDK', () => {
  it.each(Object.entries(SEEN))('under the fault %s sees %j', async (name, seen) => {
    expect(await chat(name)).toEqual({ ...WELL, ...seen })
    const { injected, ending } = plane.exchanges.at(-1) ?? {}
    if (name === 'none') expect([injected, ending]).toEqual([[], 'answered'])
    // what was had is told of the exchange, once that is over
    else await expect.poll(() => plane.exchanges.at(-1)?.injected.map(({ experiment }) => experiment)).toEqual([name])
  })

  it('meets every fault that is listed', () => {
    expect(Object.keys(SEEN).toSorted()).toEqual(['none', ...Object.keys(FAULTS)].toSorted())
  })
})

/** What an EventSource hears until it hears the marker, or an error. */
async function listen(experiment: string): Promise<{ readonly data: readonly string[], readonly failed: boolean }> {
  const data: string[] = []
  let failed = false
  const changed = new Signal()
  const source = new EventSource(`http://127.0.0.1:${plane.port}/events`, { fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, 'x-chaos': experiment } }) })
  onTestFinished(() => source.close())
  source.addEventListener('message', (event: MessageEvent) => {
    data.push(String(event.data))
    changed.fire()
  })
  source.addEventListener('error', () => {
    failed = true
    changed.fire()
  })
  await changed.until(() => failed || data.at(-1) === '[DONE]')
  source.close()
  return { data, failed }
}

const EVENTS = STREAM.split('\n\n').filter((event) => event !== '').map((event) => event.slice('data: '.length))

describe('an EventSource', () => {
  it.each(['none', 'resplit', 'coalesce', 'alive', 'dribbled', 'late'])('does not notice: %s', async (name) => {
    expect(await listen(name)).toEqual({ data: EVENTS, failed: false })
  })

  it.each(['cut-fin', 'cut-rst', 'cut-end'])('hears what came and then an error: %s', async (name) => {
    expect(await listen(name)).toEqual({ data: EVENTS.slice(0, 3), failed: true })
  })

  it('hears an error that is an event like any other', async () => {
    const { data } = await listen('failing')
    expect([data.slice(0, 2), JSON.parse(data[2]!).error.code]).toEqual([EVENTS.slice(0, 2), 'rate_limit_exceeded'])
  })
})
