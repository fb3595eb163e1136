import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readCapturedTrial } from '../../src/compare/captured-trial.ts'
import { readOutcomes } from '../../src/control/outcomes.ts'
import { cli } from '../support/cli.ts'
import { POLL } from '../support/poll.ts'
import { testFolder, TestSidecar } from '../support/sidecar.ts'
import { json, serveModel } from '../shadow/support/origin.ts'

describe('outcomes', () => {
  it.each<[string, unknown]>([
    ['{"requestId":"r1","value":1}', [{ requestId: 'r1', value: 1 }]],
    ['{"requestId":"r1","value":null}', [{ requestId: 'r1', value: null }]],
    ['{"outcomes":[{"requestId":"a","value":"x"},{"requestId":"b","value":{"y":1}}]}', [{ requestId: 'a', value: 'x' }, { requestId: 'b', value: { y: 1 } }]],
    ['{"outcomes":[]}', []]
  ])('are read from %s', (text, expected) => expect(readOutcomes(Buffer.from(text))).toEqual(expected))

  it.each(['', '1', '[]', '{', '{"requestId":"r"}', '{"value":1}', '{"requestId":"","value":1}', '{"requestId":"r","value":1,"more":1}', `{"requestId":"${'r'.repeat(129)}","value":1}`, '{"outcomes":[{"requestId":1,"value":1}]}', `{"outcomes":[${'{"requestId":"r","value":1},'.repeat(10_001).slice(0, -1)}]}`])('are not read from %.60s', (text) => {
    expect(readOutcomes(Buffer.from(text))).toBeTypeOf('string')
  })
})

describe('the truth about requests', () => {
  const serve = async (extra = ''): Promise<{ sidecar: TestSidecar, file: string, ask: (ids: readonly string[]) => Promise<void> }> => {
    // the primary is right about one in two, the shadow about all
    const [live, next] = [
      await serveModel((request, response) => json(response, { label: Number(/\d+/.exec(String(request.headers['x-request-id']))?.[0]) % 2 === 0 ? 'cat' : 'dog', email: 'zoe@example.com' })),
      await serveModel((_request, response) => json(response, { label: 'cat', email: 'zoe@example.com' }))
    ]
    const file = join(testFolder(onTestFinished), 'trials.jsonl')
    const sidecar = await TestSidecar.start(`version: 1
listen: 127.0.0.1:0
admin: { listen: "127.0.0.1:0" }
backends: { live: { url: "http://127.0.0.1:${live.port}" }, next: { url: "http://127.0.0.1:${next.port}" } }
routes:
  - name: all
    backend: live
    mirrors:
      - backend: next
        percent: 100
        shed: off
        capture: { file: ${JSON.stringify(file)}, percent: 100 }
        compare: { redact: [/email], truth: { at: /label, as: label }${extra} }
`)
    const ask = async (ids: readonly string[]): Promise<void> => {
      for (const id of ids) {
        // oxlint-disable-next-line no-await-in-loop -- one after another is the point
        await (await fetch(`http://127.0.0.1:${sidecar.port}/`, { headers: { 'x-request-id': id } })).text()
      }
    }
    // until the analyst is there, trials are dropped and counted
    await expect.poll(async () => {
      await ask(['warm-up-0'])
      return sidecar.metric('mirror_requests_total', { outcome: 'match' })
    }, POLL).toBeGreaterThan(0)
    return { sidecar, file, ask }
  }

  const tell = async (sidecar: TestSidecar, body: unknown): Promise<unknown> => (await sidecar.api('POST', '/api/v1/outcomes', {}, JSON.stringify(body))).json

  it('joins both models\' answers, whichever comes first, and says which is right more often', async () => {
    const { sidecar, ask } = await serve()
    const ids = Array.from({ length: 60 }, (_, i) => `id-${i}`)
    expect(await tell(sidecar, { outcomes: ids.slice(50).map((requestId) => ({ requestId, value: 'cat' })) })).toEqual({ outcomes: expect.objectContaining({ waiting: 10 }) })
    await ask(ids)
    await expect.poll(async () => (await sidecar.api('GET', '/api/v1/mirrors')).json.mirrors[0].judgement.truth.outcomes.joined, POLL).toBe(10)
    await expect.poll(async () => {
      const { json: { mirrors: [{ judgement }] } } = await sidecar.api('GET', '/api/v1/mirrors')
      return judgement.shadow.compared >= 60
    }, POLL).toBe(true)
    expect(await tell(sidecar, { outcomes: ids.slice(0, 50).map((requestId) => ({ requestId, value: 'cat' })) })).toEqual({ outcomes: expect.objectContaining({ joined: 50 }) })
    expect(await tell(sidecar, { requestId: 'id-0', value: 'cat' })).toEqual({ outcomes: expect.objectContaining({ again: 1 }) })
    const { json: { mirrors: [{ judgement: { truth } }] } } = await sidecar.api('GET', '/api/v1/mirrors')
    expect(truth.accuracy).toMatchObject({ requests: 60, primary: { share: 0.5 }, shadow: { share: 1 }, verdict: 'shadow_better' })
    expect(await sidecar.metric('outcomes_total', { result: 'joined' })).toBe(50)
    const { out } = await cli(['report', '--admin', `http://127.0.0.1:${sidecar.adminPort}`])
    expect(out).toMatch(/^right +primary 50\.0 % .* shadow 100\.0 % .* of 60; .*: the shadow is right more often$/m)
  })

  it('is ignored where no mirror wants it, and refused where it is none', async () => {
    const { sidecar } = await serve()
    await sidecar.reload(readFileSync(sidecar.file, 'utf8').replace(', truth: { at: /label, as: label }', ''))
    expect(await tell(sidecar, { requestId: 'x', value: 1 })).toEqual({ outcomes: expect.objectContaining({ ignored: 1 }) })
    expect((await sidecar.api('POST', '/api/v1/outcomes', {}, 'nonsense'))).toMatchObject({ status: 400 })
    const large = 'x'.repeat(5 * 1024 * 1024)
    for (const headers of [{ 'content-length': String(large.length) }, { 'transfer-encoding': 'chunked' }]) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      expect(await sidecar.api('POST', '/api/v1/outcomes', headers, large)).toMatchObject({ status: 413 })
    }
  })

  it('and what was captured are judged again offline to the same report', async () => {
    const { sidecar, file, ask } = await serve()
    await ask(Array.from({ length: 40 }, (_, i) => `id-${i}`))
    const online = async (): Promise<any> => (await sidecar.api('GET', '/api/v1/mirrors')).json.mirrors[0].judgement // oxlint-disable-line typescript/no-explicit-any -- looked into as it is expected to be
    const lines = (): string[] => existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter((line) => line !== '') : []
    const { shadow: { compared } } = await online()
    await expect.poll(async () => [(await online()).shadow.compared === lines().length, lines().length > 40], POLL).toEqual([true, true])
    expect(compared).toBeLessThanOrEqual(lines().length)
    // redacted before it was written
    expect(readFileSync(file, 'utf8')).not.toContain('zoe@')
    expect(readCapturedTrial(lines()[0]!)).toMatchObject({ route: 'all', mirror: 'next', path: '/' })
    const { out, code } = await cli(['compare', file, '--config', sidecar.file, '--json'])
    const { mirrors: [offline] } = JSON.parse(out) as { mirrors: { judgement: unknown }[] }
    // the same, but for hashes and what was waited for
    const plain = ({ fields, shadow, latency, codecs, terms }: Record<string, unknown>): unknown => ({ fields, shadow, latency, codecs, terms })
    expect(plain(offline!.judgement as Record<string, unknown>)).toEqual(plain(await online()))
    expect(code).toBe(0)
    expect(await sidecar.metric('mirror_captures_total', { result: 'written' })).toBe(lines().length)
  })
})
