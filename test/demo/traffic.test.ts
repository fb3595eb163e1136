import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { readChatRequest } from '../../src/demo/chat-request.ts'
import { readInstances } from '../../src/demo/instances.ts'
import { startTraffic, type TrafficOptions, type TrafficReport } from '../../src/demo/traffic.ts'
import { planRequest } from '../../src/demo/traffic-plan.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<string> {
  const server = createServer(handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const answerAll = (request: IncomingMessage, response: ServerResponse): void => {
  request.resume().on('end', () => response.end(request.url === '/v1/chat/completions' ? 'data: {}\n\ndata: [DONE]\n\n' : '{}'))
}
const start = (options: Partial<TrafficOptions> & Pick<TrafficOptions, 'url'>): ReturnType<typeof startTraffic> =>
  startTraffic({ ratePerS: 500, durationMs: 400, seed: 1, users: 50, now: () => performance.now(), ...options })
const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((total, count) => total + count, 0)

describe('the plan of the traffic', () => {
  const plan = Array.from({ length: 5000 }, (_, index) => planRequest(1, index, 200))

  it('is the same for the same seed, whatever was asked for before, and another for another seed', () => {
    expect(planRequest(1, 4321, 200)).toEqual(plan[4321])
    expect(plan.filter((request, index) => planRequest(2, index, 200).body === request.body).length).toBeLessThan(100)
  })

  it('holds a little of everything, and predictions most of all', () => {
    const counts = Object.fromEntries([...Map.groupBy(plan, ({ kind }) => kind)].map(([kind, requests]) => [kind, requests.length / plan.length]))
    const expected = { predict: 0.87, chat: 0.08, embedding: 0.03, unknown_path: 0.01, malformed: 0.01 }
    for (const [kind, share] of Object.entries(expected)) {
      expect(Math.abs(counts[kind]! - share), kind).toBeLessThan(3.29 * Math.sqrt(share * (1 - share) / plan.length))
    }
  })

  it('comes from users of a fixed population, some of whom ask far more often', () => {
    const users = [...Map.groupBy(plan, ({ user }) => user)].map(([, requests]) => requests.length).toSorted((a, b) => b - a)
    expect(new Set(plan.map(({ user }) => /^user-0(?:0[0-9][1-9]|0[1-9]0|1\d\d|200)$/.test(user)))).toEqual(new Set([true]))
    expect(users[0]).toBeGreaterThan(5 * users.at(-1)!)
  })

  it('asks the models what they can answer, but where it means not to', () => {
    for (const { kind, body } of plan) {
      if (kind === 'malformed') expect(() => JSON.parse(body) as unknown).toThrow()
      else if (kind === 'predict') expect(readInstances(JSON.parse(body)).length).toBeLessThanOrEqual(4)
      else if (kind === 'chat') expect(readChatRequest(JSON.parse(body)).stream).toBe(true)
    }
  })
})

describe('the traffic', () => {
  it('sends what is due in its time, as planned, and stops by itself', async () => {
    const got: { user: unknown, path: string | undefined, body: string }[] = []
    const url = await serve(async (request, response) => {
      got.push({ user: request.headers['x-user-id'], path: request.url, body: await text(request) })
      response.end(request.url === '/v1/chat/completions' ? 'data: [DONE]\n\n' : '{}')
    })
    const report = await start({ url, maxInFlight: 1000 }).done
    expect(report.due).toBe(200)
    expect(report.sent).toBeGreaterThan(0)
    expect(report.sent + report.skipped).toBe(200)
    expect(report.inFlight).toBe(0)
    expect(sum(report.kinds)).toBe(report.sent)
    expect([report.statuses, report.errors]).toEqual([{ 200: report.sent }, {}])
    expect(got.length).toBe(report.sent)
    const planned = new Set(Array.from({ length: 200 }, (_, index) => {
      const { user, path, body } = planRequest(1, index, 50)
      return JSON.stringify({ user, path, body })
    }))
    for (const request of got) expect(planned.has(JSON.stringify(request))).toBe(true)
  })

  it('never has more under way than it may, skips the rest, and ends though no answer comes', async () => {
    let open = 0
    let most = 0
    const url = await serve((request, response) => {
      request.resume()
      most = Math.max(most, ++open)
      response.on('close', () => open--)
    })
    const report = await start({ url, maxInFlight: 5, graceMs: 20 }).done
    expect(most).toBeLessThanOrEqual(5)
    expect(report).toMatchObject({ due: 200, sent: 5, skipped: 195, inFlight: 0, statuses: {} })
    expect(sum(report.errors)).toBe(5)
  })

  it('skips what it is too late for and does not send it in a burst', async () => {
    const url = await serve(answerAll)
    let jumpMs = 0
    const traffic = start({ url, ratePerS: 100, durationMs: 60_000, now: () => performance.now() + jumpMs, maxInFlight: 1000 })
    jumpMs = 120_000 // as after a machine has slept
    const report = await traffic.done
    expect(report).toMatchObject({ due: 6000, sent: 25, skipped: 5975 })
  })

  it('counts connections that cannot be made and goes on', async () => {
    const url = await serve(answerAll)
    for (const close of closers.splice(0)) close()
    const report = await start({ url, ratePerS: 200 }).done
    expect(report.due).toBe(80)
    expect(report.errors).toEqual({ ECONNREFUSED: report.sent })
  })

  it('counts answers that break off and streams that end early', async () => {
    const url = await serve((request, response) => {
      request.resume().on('end', () => {
        if (request.url === '/v1/chat/completions') response.end('data: {}\n\n')
        else if (request.url === '/v1/embeddings') response.writeHead(200, { 'content-length': 100 }).write('half', () => response.destroy())
        else response.writeHead(503).end('{}')
      })
    })
    const report = await start({ url, maxInFlight: 1000 }).done
    const { chat, embedding, predict, unknown_path: unknownPath, malformed } = report.kinds
    expect(Math.min(chat, embedding)).toBeGreaterThan(0)
    expect(report.errors).toEqual({ stream_cut: chat, UND_ERR_SOCKET: embedding })
    expect(report.statuses).toEqual({ 503: predict + unknownPath + malformed })
  })

  it('stops when told to, with requests under way', async () => {
    const url = await serve((request) => void request.resume())
    const reports: TrafficReport[] = []
    let nowMs = 0
    const traffic = start({ url, durationMs: Infinity, ratePerS: 100, maxInFlight: 3, now: () => nowMs += 50, onReport: (report) => reports.push(report) })
    await vi.waitFor(() => expect(reports.length).toBeGreaterThan(0), 5000)
    expect(reports[0]!.inFlight).toBe(3)
    traffic.stop()
    const report = await traffic.done
    expect(report).toMatchObject({ sent: 3, inFlight: 0 })
    expect(sum(report.errors)).toBe(3)
  })
})
