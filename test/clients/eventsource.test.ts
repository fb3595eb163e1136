import { EventSource, type FetchLike } from 'eventsource'
import type { ServerResponse } from 'node:http'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { Signal } from '../http/support/signal.ts'
import { ON_FREE_PORTS, until, Windtunnel } from '../support/windtunnel.ts'
import { Origin } from './support/origin.ts'

/** An event as a client saw it. */
interface Heard {
  readonly type: string
  readonly id: string
  readonly data: string
}

/** Collects what an EventSource hears. */
class Listening {
  readonly source: EventSource
  readonly heard: Heard[] = []
  readonly errors: (number | undefined)[] = []
  opened = 0
  private readonly changed = new Signal()

  constructor(url: string, types: readonly string[] = ['message'], fetchWith?: FetchLike) {
    this.source = new EventSource(url, fetchWith === undefined ? {} : { fetch: fetchWith })
    onTestFinished(() => this.source.close())
    for (const type of types) {
      this.source.addEventListener(type, ({ lastEventId, data }: MessageEvent) => {
        this.heard.push({ type, id: lastEventId, data: String(data) })
        this.changed.fire()
      })
    }
    this.source.addEventListener('open', () => {
      this.opened++
      this.changed.fire()
    })
    this.source.addEventListener('error', ({ code }) => {
      this.errors.push(code)
      this.changed.fire()
    })
  }

  until(holds: () => boolean): Promise<void> {
    return this.changed.until(holds)
  }
}

describe('an event stream', () => {
  let origin: Origin
  let shadow: Origin
  let tunnel: Windtunnel
  beforeAll(async () => {
    origin = await Origin.start((_request, response) => { response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' }).flushHeaders() })
    shadow = await Origin.start(() => undefined)
    tunnel = await Windtunnel.start(`${ON_FREE_PORTS}
backends:
  model: { url: "${origin.url}" }
  hung: { url: "${shadow.url}" }
routes:
  - name: mirrored
    match: { path: { prefix: /mirrored } }
    backend: model
    mirrors: [{ backend: hung, percent: 100, timeout: 10m }]
  - name: impatient
    match: { path: { prefix: /impatient } }
    backend: model
    timeouts: { idle: 2500ms }
  - { name: all, backend: model }
`)
  })

  /** The server's side of the n-th request for a path. */
  const serverSide = async (path: string, number = 0): Promise<ServerResponse> => {
    const of = (): typeof origin.seen => origin.seen.filter(({ url }) => url === path)
    await origin.changed.until(() => of().length > number)
    return of()[number]!.response
  }

  it('arrives event by event, each before the next is sent, with types and ids', async () => {
    const listening = new Listening(`${tunnel.url}/one-by-one`, ['message', 'token'])
    const response = await serverSide('/one-by-one')
    const events = ['id: 1\ndata: one\n\n', 'id: 2\nevent: token\ndata: two\ndata: lines\n\n', 'id: 3\ndata: ünï→code\n\n']
    for (const [index, event] of events.entries()) {
      response.write(event)
      await listening.until(() => listening.heard.length > index) // oxlint-disable-line no-await-in-loop -- one by one is the point
    }
    expect(listening.heard).toEqual([
      { type: 'message', id: '1', data: 'one' }, { type: 'token', id: '2', data: 'two\nlines' }, { type: 'message', id: '3', data: 'ünï→code' }
    ])
  })

  it('opens before its first event', async () => {
    const listening = new Listening(`${tunnel.url}/silent`)
    await listening.until(() => listening.opened === 1)
    expect(listening.heard).toEqual([])
  })

  it('is passed on in whatever pieces it comes, even in the middle of a character', async () => {
    const listening = new Listening(`${tunnel.url}/pieces`)
    const response = await serverSide('/pieces')
    const octets = Buffer.from('data: 世界 hello\n\n')
    for (const octet of octets) {
      await new Promise((resolve) => { response.write(Buffer.from([octet]), resolve) }) // oxlint-disable-line no-await-in-loop -- one by one is the point
    }
    await listening.until(() => listening.heard.length === 1)
    expect(listening.heard[0]!.data).toBe('世界 hello')
  })

  it('is taken up again with the last id when the server dies', async () => {
    const listening = new Listening(`${tunnel.url}/again`)
    const first = await serverSide('/again')
    first.write('retry: 10\nid: 41\ndata: before\n\n')
    await listening.until(() => listening.heard.length === 1)
    first.destroy()
    const second = await serverSide('/again', 1)
    second.write('id: 42\ndata: after\n\n')
    await listening.until(() => listening.heard.length === 2)
    expect(listening.heard.map(({ id }) => id)).toEqual(['41', '42'])
    expect(origin.seen.filter(({ url }) => url === '/again').map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '41'])
    expect(listening.errors).toEqual([undefined])
  })

  it('is ended by the client, and then the server is left in peace at once', async () => {
    const listening = new Listening(`${tunnel.url}/left`)
    const response = await serverSide('/left')
    response.write('data: one\n\n')
    await listening.until(() => listening.heard.length === 1)
    listening.source.close()
    await origin.lost(({ url }) => url === '/left')
  })

  it('that is silent is kept open by comments, and ended without them', async () => {
    const [kept, dropped] = ['/impatient/kept', '/impatient/dropped'].map((path) => new Listening(`${tunnel.url}${path}`)) as [Listening, Listening]
    const [beating, silent] = await Promise.all(['/impatient/kept', '/impatient/dropped'].map((path) => serverSide(path))) as [ServerResponse, ServerResponse]
    beating.write('retry: 100000\n\n')
    silent.write('retry: 100000\n\n')
    const beat = setInterval(() => beating.write(': still there\n\n'), 50)
    onTestFinished(() => clearInterval(beat))
    // the silent one ends by the clock of the process under test, so the other has by then lived as long
    await origin.lost(({ url }) => url === '/impatient/dropped')
    await dropped.until(() => dropped.errors.length === 1)
    beating.write('data: at last\n\n')
    await kept.until(() => kept.heard.length === 1)
    expect([kept.errors, kept.opened]).toEqual([[], 1])
  })

  it('is not held back by mirroring to a shadow that never answers', async () => {
    const listening = new Listening(`${tunnel.url}/mirrored`)
    const response = await serverSide('/mirrored')
    const copy = await shadow.saw(({ url }) => url === '/mirrored')
    response.write('data: one\n\n')
    await listening.until(() => listening.heard.length === 1)
    response.end('data: two\n\n')
    await listening.until(() => listening.heard.length === 2)
    // the shadow still holds its copy: nothing above can have waited for it
    expect([copy.cut, await tunnel.metric('mirror_in_flight'), await tunnel.metric('mirror_requests_total')]).toEqual([false, 1, 0])
    copy.response.destroy()
    await until(async () => await tunnel.metric('mirror_requests_total', { route: 'mirrored', outcome: 'shadow_error' }) === 1)
    expect(await tunnel.metric('mirror_requests_total', { route: 'mirrored' })).toBe(1)
  })

  it('of JSON lines arrives line by line', async () => {
    origin.handler = (_request, response) => { response.writeHead(200, { 'content-type': 'application/x-ndjson' }).flushHeaders() }
    const { body, headers } = await fetch(`${tunnel.url}/lines`)
    expect(headers.get('content-type')).toBe('application/x-ndjson')
    const response = await serverSide('/lines')
    const reader = body!.pipeThrough(new TextDecoderStream()).getReader()
    for (let number = 0; number < 20; number++) {
      const line = `${JSON.stringify({ number, done: number === 19 })}\n`
      response.write(line)
      // oxlint-disable-next-line no-await-in-loop -- the next is sent when this one has come
      expect(await reader.read()).toEqual({ done: false, value: line })
    }
    response.end()
    expect(await reader.read()).toEqual({ done: true, value: undefined })
  })

  it('goes on while a new config is put in force and while draining, to its own end', async () => {
    const config = (path: string): string => `${ON_FREE_PORTS}
shutdown: { grace: 10m }
backends:
  model: { url: "${origin.url}" }
routes:
  - { name: all, match: { path: { prefix: ${path} } }, backend: model }
`
    const drained = await Windtunnel.start(config('/first'))
    const { body } = await fetch(`${drained.url}/first`)
    const response = await serverSide('/first')
    const reader = body!.pipeThrough(new TextDecoderStream()).getReader()
    const passes = async (words: string): Promise<void> => {
      response.write(words)
      expect((await reader.read()).value).toBe(words)
    }
    await passes('one')
    await drained.reload(config('/second'))
    await passes('two')
    drained.signal('SIGTERM')
    await drained.logged('draining')
    await passes('three')
    response.end('four')
    expect([await reader.read(), await reader.read()]).toEqual([{ done: false, value: 'four' }, { done: true, value: undefined }])
    expect(await drained.exited).toBe(0)
  })

  it('leaves nothing behind', async () => {
    await tunnel.rests()
  })
})
