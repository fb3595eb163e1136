import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createPrometheusQuery, readAnswer } from '../../../src/control/chaos-run/prometheus-query.ts'

const answer = (data: unknown): string => JSON.stringify({ status: 'success', data })
const vector = (...values: readonly string[]): string => answer({ resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1_700_000_000.1, value] })) })

describe('an answer of Prometheus', () => {
  it.each<[string, number, string, object]>([
    ['a vector of one', 200, vector('1.5'), { value: 1.5 }],
    ['a scalar', 200, answer({ resultType: 'scalar', result: [1, '3'] }), { value: 3 }],
    ['infinity', 200, vector('+Inf'), { value: Infinity }],
    ['less than nothing', 200, vector('-Inf'), { value: -Infinity }],
    ['NaN', 200, vector('NaN'), { value: undefined }],
    ['no series', 200, vector(), { value: undefined }],
    ['two series', 200, vector('1', '2'), { value: undefined, problem: 'expected one series; got 2' }],
    ['a matrix', 200, answer({ resultType: 'matrix', result: [] }), { value: undefined, problem: 'expected a scalar or a vector; got a matrix' }],
    ['an error', 400, '{"status":"error","errorType":"bad_data","error":"parse error"}', { value: undefined, problem: 'parse error' }],
    ['a page', 502, '<html>', { value: undefined, problem: 'status 502, and no JSON' }],
    ['null', 200, 'null', { value: undefined, problem: 'status 200' }],
    ['nothing in it', 200, answer(null), { value: undefined, problem: 'an answer without a result' }],
    ['a word', 200, vector('many'), { value: undefined, problem: 'expected a number; got "many"' }],
    ['a number that is no text', 200, answer({ resultType: 'scalar', result: [1, 3] }), { value: undefined, problem: 'a series without a value' }]
  ])('%s is read', (_, status, text, expected) => {
    expect(readAnswer(status, text)).toEqual(expected)
  })
})

describe('a query', () => {
  let server: Server | undefined

  afterEach(() => {
    server?.closeAllConnections()
    server?.close()
  })

  async function serve(listener: RequestListener): Promise<string> {
    server = createServer(listener).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  it('asks with its headers, below the path it is given', async () => {
    const seen: unknown[] = []
    const url = await serve((request, response) => {
      seen.push(request.url, request.headers.authorization)
      response.end(vector('7'))
    })
    const { query, close } = createPrometheusQuery({ url: `${url}/prom/`, timeoutMs: 5000, headers: { authorization: 'Bearer x' } })
    expect(await query('rate(a{b="c"}[1m]) + 1', new AbortController().signal)).toEqual({ value: 7 })
    expect(seen).toEqual([`/prom/api/v1/query?query=rate%28a%7Bb%3D%22c%22%7D%5B1m%5D%29+%2B+1&timeout=5000ms`, 'Bearer x'])
    await close()
  })

  it('waits no longer than its deadline, and not when it is called off', async () => {
    const url = await serve(() => undefined)
    const { query, close } = createPrometheusQuery({ url, timeoutMs: 30 })
    expect(await query('up', new AbortController().signal)).toMatchObject({ value: undefined, problem: expect.stringMatching(/timeout/) })
    expect(await query('up', AbortSignal.abort())).toMatchObject({ value: undefined, problem: expect.stringMatching(/abort/) })
    await close()
  })

  it('reads no answer without an end', async () => {
    const url = await serve((_, response) => void response.end('x'.repeat(2 * 1024 * 1024)))
    const { query, close } = createPrometheusQuery({ url, timeoutMs: 5000 })
    expect(await query('up', new AbortController().signal)).toMatchObject({ value: undefined, problem: expect.any(String) })
    await close()
  })

  it('says that nobody is there, or that its URL is none', async () => {
    const { query, close } = createPrometheusQuery({ url: 'http://127.0.0.1:1', timeoutMs: 5000 })
    expect((await query('up', new AbortController().signal)).problem).toMatch(/ECONNREFUSED/)
    await close()
    const nowhere = createPrometheusQuery({ url: 'nowhere', timeoutMs: 5000 })
    expect((await nowhere.query('up', new AbortController().signal)).problem).toMatch(/URL/)
    await nowhere.close()
  })
})
