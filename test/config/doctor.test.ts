import { describe, expect, test } from 'vitest'
import { doctor } from '../../src/config/doctor.ts'
import { configOf, DESIGN } from './support.ts'

// nothing to say against
const SOUND = `version: 1
listen: 127.0.0.1:8080
admin: { listen: 127.0.0.1:9901 }
shutdown: { grace: 30s }
backends:
  old: { url: "http://10.0.0.1:1", health: { path: /h } }
  new: { url: "https://10.0.0.2:2", health: { path: /h } }
  shadow: { url: "http://10.0.0.3:3" }
routes:
  - name: r
    unit: { header: x-user }
    split: [{ backend: old, weight: 9 }, { backend: new, weight: 1 }]
    fallback: old
    timeouts: { idle: 60s }
    mirrors: [{ backend: shadow, percent: 1 }]
chaos:
  limits: { percent: 20, active: 10 }
  experiments: [{ name: x, route: r, where: { backend: new }, percent: 10, duration: 10m, faults: [{ kind: delay, fixed: 1s }] }]
`

const advice = (text: string): string[] => doctor(configOf(text)).map(({ severity, path }) => `${severity} ${path}`)

test('a sound config gets no advice', () => {
  expect(doctor(configOf(SOUND))).toEqual([])
})

describe('advice is given on', () => {
  test.each([
    ['an admin API others can reach', 'admin: { listen: 127.0.0.1:9901 }', 'admin: { listen: 0.0.0.0:9901, tokenFile: /run/secrets/windtunnel }', ['high admin.listen']],
    ['clients elsewhere without TLS', 'listen: 127.0.0.1:8080', 'listen: 0.0.0.0:8080', ['low listen']],
    ['clients that may stall for ever', 'listen: 127.0.0.1:8080', 'listen: { timeouts: { idle: 0s } }', ['medium listen.timeouts.idle']],
    ['trust in everyone', 'listen: 127.0.0.1:8080', 'listen: { forwarded: { trust: [0.0.0.0/0] } }', ['high listen.forwarded.trust']],
    ['no time to end', 'grace: 30s', 'grace: 0s', ['medium shutdown.grace']],
    ['a backend without a health check', '10.0.0.1:1", health: { path: /h } }', '10.0.0.1:1" }', ['medium backends.old.health']],
    ['a credential without TLS', '10.0.0.3:3" }', '10.0.0.3:3", headers: { set: { X-Api-Key: k } } }', ['high backends.shadow.url']],
    ['certificates that are not checked', '10.0.0.2:2",', '10.0.0.2:2", tls: { verify: false },', ['high backends.new.tls.verify']],
    ['a long wait for a connection', '10.0.0.1:1",', '10.0.0.1:1", timeouts: { connect: 1m },', ['medium backends.old.timeouts.connect']],
    ['a split without a fallback', 'fallback: old', '# none', ['medium routes[0].fallback']],
    ['a split by request', 'unit: { header: x-user }', 'unit: { request: true }', ['low routes[0].unit']],
    ['an answer that may stall for ever', 'idle: 60s', 'idle: 0s', ['high routes[0].timeouts.idle']],
    ['an answer that may never begin', 'idle: 60s', 'firstByte: 0s', ['high routes[0].timeouts.firstByte']],
    ['an answer that may begin late', 'idle: 60s', 'firstByte: 10m', ['low routes[0].timeouts.firstByte']],
    ['credentials in copies, in the open', 'percent: 1 }]', 'percent: 1, credentials: keep }]', ['high routes[0].mirrors[0].credentials']],
    ['bodies that are never copied', 'percent: 1 }]', 'percent: 1, maxBody: 2MiB, maxBytes: 1MiB }]', ['medium routes[0].mirrors[0].maxBody']],
    ['much memory for copies', 'percent: 1 }]', 'percent: 1, maxBytes: 300MiB }]', ['medium routes']],
    ['much memory for copies and their baselines', 'percent: 1 }]', 'percent: 1, maxBytes: 200MiB, baseline: { backend: old, percent: 1 } }]', ['medium routes']],
    ['a large blast radius', 'limits: { percent: 20,', 'limits: { percent: 21,', ['high chaos.limits.percent']],
    ['an experiment that starts by itself', 'duration: 10m', 'duration: 10m, start: on-load', ['medium chaos.experiments[0].start']],
    ['an experiment that outlasts the day', 'duration: 10m', 'duration: 25h', ['medium chaos.experiments[0].duration']],
    ['an experiment on everyone', 'where: { backend: new }, ', '', ['low chaos.experiments[0].where']]
  ])('%s', (_, from, to, expected) => {
    expect(SOUND).toContain(from)
    expect(advice(SOUND.replace(from, to))).toEqual(expected)
  })

  test('credentials in copies, less when they stay on this machine', () => {
    const text = SOUND.replace('10.0.0.3:3', '127.0.0.1:3').replace('percent: 1 }]', 'percent: 1, credentials: keep }]')
    expect(advice(text)).toEqual(['medium routes[0].mirrors[0].credentials'])
  })
})

test('a shadow needs no health check, and neither does a backend out of use', () => {
  expect(advice(SOUND.replace('  shadow:', '  spare: { url: "http://10.0.0.4:4" }\n  shadow:'))).toEqual([])
})

test('the worst comes first, each in a sentence', () => {
  const all = doctor(configOf(DESIGN.replace('firstByte: 30s, idle: 60s', 'firstByte: 10m, idle: 0s').replace('fallback: stable', '# none')))
  expect(all.map(({ severity, path }) => `${severity} ${path}`)).toEqual([
    'high routes[0].timeouts.idle', 'medium backends.canary.health', 'medium routes[0].fallback', 'low routes[0].timeouts.firstByte'
  ])
  for (const { advice: sentence } of all) expect(sentence).toMatch(/^[a-z].{20,}[^.]$/)
})
