import { describe, expect, test } from 'vitest'
import { describeChanges, shares } from '../../src/config/changes.ts'
import { BASE, configOf, DESIGN } from './support.ts'

const changes = (before: string, after: string): string[] => describeChanges(configOf(before), configOf(after))

test('nothing is said of a config that means the same', () => {
  expect(changes(DESIGN, `# note\n${DESIGN}`)).toEqual([])
})

test.each([
  ['weights', '{ backend: stable, weight: 95 }', '{ backend: stable, weight: 45 }', ['route house-price: stable 95 % -> 90 %', 'route house-price: canary 5 % -> 10 %']],
  ['weights of the same shares', 'weight: 95 }\n      - { backend: canary, weight: 5 }', 'weight: 190 }\n      - { backend: canary, weight: 10 }', []],
  ['a new arm', '{ backend: canary, weight: 5 }', '{ backend: canary, weight: 5 }\n      - { backend: next, weight: 100 }', ['route house-price: stable 95 % -> 47.5 %', 'route house-price: canary 5 % -> 2.5 %', 'route house-price: next added at 50 %']],
  ['a mirror\'s percent', 'percent: 100', 'percent: 50', ['route house-price: mirror to next: percent 100 % -> 50 %']],
  ['a mirror\'s bounds', 'maxBody: 1MiB', 'maxBody: 1536KiB', ['route house-price: mirror to next: maxBody 1MiB -> 1536KiB']],
  ['what is compared', 'ignore: [/id, /created]', 'ignore: [/id]', ['route house-price: mirror to next: compare changed']],
  ['a fallback', 'fallback: stable', 'fallback: next', ['route house-price: fallback stable -> next']],
  ['no fallback', 'fallback: stable', '# none', ['route house-price: fallback stable -> none']],
  ['a match', 'method: [POST]', 'method: [POST, PUT]', ['route house-price: match changed']],
  ['a URL', 'http://127.0.0.1:8001', 'http://10.0.0.7:8001', ['backend canary: url http://127.0.0.1:8001 -> http://10.0.0.7:8001']],
  ['a health check', 'interval: 5s', 'interval: 6s', ['backend stable: health changed']],
  ['the blast radius', 'limits: { percent: 5, active: 100 }', 'limits: { percent: 6, active: 50 }', ['chaos limits: percent 5 % -> 6 %', 'chaos limits: active 100 -> 50']],
  ['an experiment', 'duration: 10m', 'duration: 20m', ['chaos slow-canary: duration 10m -> 20m']],
  ['the address', 'listen: 127.0.0.1:8080', 'listen: 127.0.0.1:8081', ['listen changed: takes effect after a restart']],
  ['the threads', 'workers: 1', 'workers: 2', ['workers changed: takes effect after a restart']],
  ['how much is logged', 'workers: 1', 'workers: 1\nlog: { level: warn, access: 0.5 }', ['log: level info -> warn', 'log: access 0 % -> 0.5 %']],
  ['how it is stopped', 'workers: 1', 'workers: 1\nshutdown: { delay: 5s, grace: 1m }', ['shutdown: delay 0s -> 5s', 'shutdown: grace 30s -> 1m']],
  ['the admin address', 'listen: 127.0.0.1:9901', 'listen: 127.0.0.1:9902', ['admin address changed: takes effect after a restart']]
])('%s that change are named', (_, from, to, expected) => {
  expect(DESIGN).toContain(from)
  expect(changes(DESIGN, DESIGN.replace(from, () => to))).toEqual(expected)
})

test('things that come and go are named by what they are', () => {
  const after = DESIGN.replace(/ {4}mirrors:[^]*?\nchaos:/, '  - { name: rest, backend: extra }\n\nchaos:')
    .replace(/ {2}next:.*\n/, '  extra: { url: "http://127.0.0.1:9" }\n').replace('name: slow-canary', 'name: slower-canary')
  expect(changes(DESIGN, after)).toEqual([
    'backend extra added', 'backend next removed',
    'route house-price: mirror to next removed', 'route rest added',
    'chaos slower-canary added', 'chaos slow-canary removed'
  ])
  expect(changes(after, DESIGN)).toEqual([
    'backend next added', 'backend extra removed',
    'route house-price: mirror to next added', 'route rest removed',
    'chaos slow-canary added', 'chaos slower-canary removed'
  ])
})

test('an arm that goes is named with the share it had', () => {
  const less = BASE.replace(', { backend: b, weight: 1 }', '')
  expect(changes(BASE, less)).toEqual(['route first: a 90 % -> 100 %', 'route first: b removed, was at 10 %'])
  expect(changes(less, BASE)).toEqual(['route first: a 100 % -> 90 %', 'route first: b added at 10 %'])
})

test('routes in another order are told, as the first that matches wins', () => {
  const one = BASE
  const second = '  - { name: second, match: { method: [GET] }, backend: b }\n'
  const turned = one.replace('  - name: first', `${second}  - name: first`)
  expect(changes(one + second, turned)).toEqual(['routes in another order: the first that matches wins'])
  expect(changes(one, turned)).toEqual(['route second added'])
})

describe('a header\'s value', () => {
  test('is never named', () => {
    const set = (value: string): string => BASE.replace('8000" }', `8000", headers: { set: { authorization: ${value}, x-plain: ${value} } } }`)
    const lines = changes(set('old-secret'), set('new-secret'))
    expect(lines).toEqual(['backend a: headers changed'])
  })
})

test('shares are in percent of the whole', () => {
  expect([...shares([{ backend: 'a', weight: 1 }, { backend: 'b', weight: 3 }, { backend: 'c', weight: 0 }])]).toEqual([['a', 25], ['b', 75], ['c', 0]])
})
