import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { captureTrial, compilePointers, readCapturedTrial } from '../../src/compare/captured-trial.ts'
import type { Answer } from '../../src/core/answer.ts'
import type { Trial } from '../../src/core/trial.ts'
import { document } from './generate.ts'
import { answer, judgeOf, pick, seeded, trial } from './support.ts'

const captured = (one: Trial, ...redact: readonly string[]): string | undefined => captureTrial(one, compilePointers(redact))
const back = (one: Trial, ...redact: readonly string[]): Trial => readCapturedTrial(captured(one, ...redact)!)
const line = (change: (one: Record<string, unknown>) => void): string => {
  const one = JSON.parse(captured(trial('r', answer({ a: 1 }), answer({ a: 2 })))!) as Record<string, unknown>
  change(one)
  return JSON.stringify(one)
}

describe('a captured trial', () => {
  it.each<[string, Trial]>([
    ['with all there is', trial('r', answer({ a: 1 }), answer({ a: 2 }, { fields: [['x-model', 'next'], ['vary', 'é']] }), answer({ a: 3 }), { request: Buffer.from('{"ask":1}'), headers: ['acme', ''], probability: 0.25, path: '/v1/é' })],
    ['with a shadow alone', trial('r', answer(''), answer('x', { status: 503, contentType: 'text/plain' }))],
    ['with a baseline alone', trial('r', answer('1'), undefined, answer('1'))],
    ['of octets that are no text', trial('r', answer(Buffer.from('\xff\x00\xfe', 'latin1')), answer(gzipSync('{}'), { contentEncoding: 'gzip' }), undefined, { request: Buffer.from([0, 255]) })],
    ['of text with line ends, marks and surrogates', trial('r', answer('\ufeff{"a":\n\r\u2028"\\ud800"}'), answer('\u0000\u001f"\\'))],
    ['of a stream', trial('r', answer('data: 1\n\n', { contentType: 'text/event-stream', marks: [4, 1.5, 9, 2.25] }), answer(''))],
    ['of which no times are known', trial('r', answer('1', { firstByteMs: -1, durationMs: -1 }), answer('1'))]
  ])('%s is what it was, and one line', (_what, one) => {
    expect(captured(one)).not.toMatch(/[\n\r]/)
    expect(back(one)).toEqual(one)
  })

  it('is what it was, whatever octets it has (seed 31)', () => {
    const random = seeded(31)
    for (let round = 0; round < 500; round++) {
      const some = (): Buffer => random() < 0.5 ? Buffer.from(JSON.stringify(document(random))) : Buffer.from(Array.from({ length: Math.floor(random() * 40) }, () => Math.floor(random() * 256)))
      const one = trial(`r${round}`, answer(some()), random() < 0.5 ? answer(some()) : undefined, answer(some()), random() < 0.5 ? { request: some() } : {})
      expect(back(one)).toEqual(one)
    }
  })

  it('is judged as it was', () => {
    const random = seeded(32)
    const trials = Array.from({ length: 200 }, (_, i) => trial(`r${i}`, answer(JSON.stringify(document(random, 2))), answer(JSON.stringify(document(random, 2))), answer(pick(random, ['{', '{"a":1}', '']))))
    const [live, offline] = [judgeOf(), judgeOf()]
    for (const one of trials) expect(offline.add(back(one), 0)).toEqual(live.add(one, 0))
    expect(offline.report()).toEqual(live.report())
  })
})

describe('redaction of a captured trial', () => {
  const secret = { user: { email: 'anna@example.com', age: 7 }, list: [{ key: 'anna', a: 1 }, { key: 'bob' }] }

  it('takes out of request and answers what is pointed at, and nothing else', () => {
    const one = trial('r', answer(secret), answer(` { "user" : {"email":["anna"], "age": 8} } `), answer({ a: 1 }), { request: Buffer.from('{"user":{"em\\u0061il":"anna"},"q":1}') })
    const read = back(one, '/user/email', '/list/*/key')
    expect(JSON.parse(read.primary.body.toString())).toEqual({ user: { email: '[redacted]', age: 7 }, list: [{ key: '[redacted]', a: 1 }, { key: '[redacted]' }] })
    expect(read.shadow!.body.toString()).toBe(' { "user" : {"email":"[redacted]", "age": 8} } ')
    expect(read.baseline!.body.toString()).toBe('{"a":1}')
    expect(read.request!.toString()).toBe('{"user":{"em\\u0061il":"[redacted]"},"q":1}')
  })

  it('takes each of several like keys', () => {
    expect(captured(trial('r', answer('{"a":"anna","a":"bob","b":{"a":"anna"}}'), answer('{}')), '/a', '/b')).not.toMatch(/anna|bob/)
  })

  it('undoes a content coding first', () => {
    const read = back(trial('r', answer(gzipSync(JSON.stringify(secret)), { contentEncoding: 'gzip' }), answer(secret)), '/user')
    expect([read.primary.contentEncoding, read.primary.body.toString()]).toEqual(['', '{"user":"[redacted]","list":[{"key":"anna","a":1},{"key":"bob"}]}'])
    expect(judgeOf().add(read, 0)).toEqual({ shadow: 'match', baseline: undefined })
  })

  // better nothing than what should not have been kept
  it.each<[string, Answer]>([
    ['is no JSON', answer('user: anna', { contentType: 'text/plain' })],
    ['is cut off', answer('{"user":"anna"')],
    ['is a stream', answer(`data: ${JSON.stringify(secret)}\n\n`, { contentType: 'text/event-stream' })],
    ['is lines', answer(`${JSON.stringify(secret)}\n`, { contentType: 'Application/X-NDJSON; charset=utf-8' })],
    ['is no UTF-8', answer(Buffer.from('{"user":"ann\xe4"}', 'latin1'))],
    ['is in a coding that is broken', answer(gzipSync(JSON.stringify(secret)).subarray(0, -4), { contentEncoding: 'gzip' })],
    ['is in a coding nobody knows', answer(JSON.stringify(secret), { contentEncoding: 'rot13' })],
    ['has octets behind its JSON', answer(`${JSON.stringify(secret)}\u0001`, { fields: [['inference-header-content-length', '10']] })],
    ['is nested past all bounds', answer(`${'['.repeat(1000)}1${']'.repeat(1000)}`)]
  ])('captures nothing of a trial one of whose bodies %s', (_what, one) => {
    const ok = answer('{}')
    for (const kept of [trial('r', one, ok), trial('r', ok, one), trial('r', ok, undefined, one)]) expect(captured(kept, '/user')).toBeUndefined()
    expect(captured(trial('r', one, ok))).toBeDefined()
  })

  it.each(['user=anna', '{"user":"anna"', gzipSync('{}')])('captures nothing of a request that is no JSON (%#)', (body) => {
    const one = trial('r', answer('{}'), answer('{}'), undefined, { request: Buffer.from(body) })
    expect([captured(one, '/user'), captured(one) === undefined]).toEqual([undefined, false])
  })

  it('leaves no word of how long the JSON was', () => {
    const long = JSON.stringify({ user: { email: 'anna@example.com', name: 'anna' } })
    const read = back(trial('r', answer(long, { fields: [['inference-header-content-length', String(long.length)], ['x-model', 'a']] }), answer('{"user":1}')), '/user')
    expect(read.primary.fields).toEqual([['x-model', 'a']])
    expect(judgeOf().add(read, 0)).toEqual({ shadow: 'match', baseline: undefined })
  })

  it('leaves empty bodies as they are', () => {
    expect(back(trial('r', answer(''), answer('', { contentType: 'text/event-stream' })), '/user').primary.body).toHaveLength(0)
  })

  it('is refused at what is no pointer', () => {
    expect(() => compilePointers(['user'])).toThrow('redact: expected a JSON Pointer such as /user; got "user"')
  })
})

describe('a line that is none', () => {
  it.each<[string, string]>([
    ['', 'JSON'],
    ['{', 'JSON'],
    ['null', 'expected object'],
    ['[]', 'expected object'],
    ['{"version":1}', 'route'],
    [line((one) => { one['version'] = 2 }), 'version'],
    [line((one) => { one['more'] = 2 }), 'more'],
    [line((one) => { delete one['primary'] }), 'primary'],
    [line((one) => { one['headers'] = 'acme' }), 'headers'],
    [line((one) => { (one['primary'] as Record<string, unknown>)['body'] = 'x' }), 'primary'],
    [line((one) => { (one['primary'] as Record<string, unknown>)['body'] = { base64: '*' } }), 'primary'],
    [line((one) => { (one['shadow'] as Record<string, unknown>)['status'] = '200' }), 'shadow'],
    [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'expected object']
  ])('is an error that says what is wrong with it (%#)', (text, part) => {
    expect(() => readCapturedTrial(text)).toThrow(part)
  })

  it('is an error, and never anything else, however it is broken (seed 33)', () => {
    const random = seeded(33)
    const whole = captured(trial('r', answer({ a: [1, 'x'] }), answer(Buffer.from([255])), answer({ a: 2 }), { request: Buffer.from('q') }))!
    let read = 0
    for (let round = 0; round < 2000; round++) {
      const broken = [...whole]
      for (let change = 0; change <= round % 3; change++) broken[Math.floor(random() * broken.length)] = pick(random, [...'{}[]",:0a-é'])
      try {
        readCapturedTrial(broken.join(''))
        read++
      } catch (error) {
        expect(error).toBeInstanceOf(Error)
        expect((error as Error).message).not.toBe('')
      }
    }
    expect(read).toBeLessThan(1500)
  })
})
