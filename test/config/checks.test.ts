import { describe, expect, test } from 'vitest'
import { BASE, brief, configOf, findingsOf, loadText } from './support.ts'

const HEAD = 'version: 1\nbackends: { stable: { url: "http://h:1" }, canary: { url: "http://h:2" }, shadow: { url: "http://h:3" } }\n'
const ROUTE = 'routes: [{ name: r, split: [{ backend: stable, weight: 95 }, { backend: canary, weight: 5 }], mirrors: [{ backend: shadow, percent: 1 }] }]\n'
const experiment = (fields: string): string => `{ name: x, route: r, duration: 1m, faults: [{ kind: delay, fixed: 1s }], ${fields} }`
const chaos = (limit: number, ...experiments: readonly string[]): string => `${HEAD}${ROUTE}chaos: { limits: { percent: ${limit}, active: 1 }, experiments: [${experiments.map((fields, i) => experiment(fields).replace('name: x', `name: x${i}`)).join(', ')}] }\n`
const found = (text: string): string[] => brief(findingsOf(text)).map((line) => line.replace(/^\d+:\d+ /, ''))

describe('a name that leads nowhere', () => {
  test.each([
    ['of an arm', '{ name: r, split: [{ backend: stabel, weight: 1 }] }', 'routes[0].split[0].backend: no backend is called "stabel" (stable)'],
    ['of a lone backend', '{ name: r, backend: stabel }', 'routes[0].backend: no backend is called "stabel" (stable)'],
    ['of a fallback', '{ name: r, backend: stable, fallback: kanary }', 'routes[0].fallback: no backend is called "kanary" (canary)'],
    ['of a mirror', '{ name: r, backend: stable, mirrors: [{ backend: shadwo, percent: 1 }] }', 'routes[0].mirrors[0].backend: no backend is called "shadwo" (shadow)'],
    ['of a baseline', '{ name: r, backend: stable, mirrors: [{ backend: shadow, percent: 1, baseline: { backend: stble, percent: 1 } }] }', 'routes[0].mirrors[0].baseline.backend: no backend is called "stble" (stable)'],
    ['unlike any other', '{ name: r, backend: qqqqqq }', 'routes[0].backend: no backend is called "qqqqqq"'],
    ['of a property every object has', '{ name: r, backend: constructor }', 'routes[0].backend: no backend is called "constructor"']
  ])('%s is an error', (_, route, expected) => {
    expect(found(`${HEAD}routes: [${route}]\n`)).toEqual([expected])
  })

  test.each([
    ['of a route', 'route: q, percent: 1', 'chaos.experiments[0].route: no route is called "q"'],
    ['of a backend that is no arm', 'where: { backend: shadow }, percent: 1', 'chaos.experiments[0].where.backend: route r has no arm for "shadow", only for stable or canary'],
    ['of no backend at all', 'where: { backend: canray }, percent: 1', 'chaos.experiments[0].where.backend: route r has no arm for "canray", only for stable or canary (canary)']
  ])('%s in an experiment is an error', (_, fields, expected) => {
    expect(found(chaos(100, fields).replace('route: r, duration', fields.startsWith('route') ? 'duration' : 'route: r, duration'))).toEqual([expected])
  })
})

describe('what is there twice', () => {
  test.each([
    ['a route', 'routes: [{ name: r, backend: stable, match: { method: [GET] } }, { name: r, backend: canary }, { name: s, backend: shadow, match: { method: [PUT] } }]', 'routes[1].name: a second route "r"'],
    ['an arm', 'routes: [{ name: r, split: [{ backend: stable, weight: 1 }, { backend: canary, weight: 1 }, { backend: stable, weight: 0 }] }]', 'routes[0].split[2].backend: a second arm for "stable"'],
    ['a mirror', 'routes: [{ name: r, backend: stable, mirrors: [{ backend: shadow, percent: 1 }, { backend: shadow, percent: 2 }] }]', 'routes[0].mirrors[1].backend: a second mirror to "shadow"']
  ])('%s is an error', (_, routes, expected) => {
    expect(found(`${HEAD}${routes}\n`)).toEqual([expected])
  })

  test('an experiment is an error', () => {
    expect(found(chaos(100, 'percent: 1', 'percent: 1').replace('x1', 'x0'))).toEqual(['chaos.experiments[1].name: a second experiment "x0"'])
  })
})

describe('weights', () => {
  const split = (...weights: readonly string[]): string => `${HEAD}routes: [{ name: r, split: [${weights.map((weight, i) => `{ backend: ${['stable', 'canary', 'shadow'][i]}, weight: ${weight} }`).join(', ')}] }]\n`

  test.each([['0', '1'], ['0.001', '1e-9'], ['1', '999999999'], ['0', '0.5', '0.5']])('%s are taken', (...weights) => {
    expect(configOf(split(...weights)).routes[0]!.split.map(({ weight }) => weight)).toEqual(weights.map(Number))
  })

  test.each([
    [['0', '0'], ['routes[0].split: all weights are 0: no backend would be asked']],
    [['0'], ['routes[0].split: all weights are 0: no backend would be asked']],
    [['-1', '2'], ['routes[0].split[0].weight: expected at least 0; got -1']],
    [['.nan', '2'], ['routes[0].split[0].weight: expected a number; got NaN']],
    [['.inf', '2'], ['routes[0].split[0].weight: expected a number; got Infinity']],
    [['"2"', '2'], ['routes[0].split[0].weight: expected a number; got "2" (2)']],
    [['50%', '2'], ['routes[0].split[0].weight: expected a number; got "50%"']],
    [['', '2'], ['routes[0].split[0].weight: expected a number; got nothing']]
  ])('%j are an error', (weights, expected) => {
    expect(found(split(...weights))).toEqual(expected)
  })
})

describe('the blast radius', () => {
  test.each([
    ['one experiment at the limit', 5, ['percent: 5']],
    ['a small part of a split', 5, ['where: { backend: canary }, percent: 100']],
    ['several that come out at the limit', 5, ['where: { backend: canary }, percent: 50', 'percent: 2.5']],
    ['nothing at all', 0, ['percent: 0']]
  ])('holds for %s', (_, limit, experiments) => {
    expect(found(chaos(limit, ...experiments))).toEqual([])
  })

  test.each([
    ['one experiment over the limit', 5, ['percent: 5.01'], 'experiments may hit 5.01 % of requests together (x0 5.01 %), over this limit of 5 %'],
    ['a large part of a split', 50, ['where: { backend: stable }, percent: 100'], 'experiments may hit 95 % of requests together (x0 95 %), over this limit of 50 %'],
    ['several together', 5, ['percent: 3', 'where: { backend: canary }, percent: 50'], 'experiments may hit 5.5 % of requests together (x0 3 %, x1 2.5 %), over this limit of 5 %'],
    ['a subgroup, whose size nobody knows', 5, ['where: { headers: { a: b } }, percent: 6'], 'experiments may hit 6 % of requests together (x0 6 %), over this limit of 5 %']
  ])('is broken by %s', (_, limit, experiments, expected) => {
    expect(found(chaos(limit, ...experiments))).toEqual([`chaos.limits.percent: ${expected}`])
  })

  test('is checked for what validates even when other experiments do not', () => {
    expect(found(chaos(5, 'percent: 6', 'percent: many'))).toEqual([
      'chaos.limits.percent: experiments may hit 6 % of requests together (x0 6 %, x1 0 %), over this limit of 5 %',
      'chaos.experiments[1].percent: expected a number; got "many"'
    ])
  })

  test('has limits that are required, both of them', () => {
    const text = chaos(5, 'percent: 1')
    expect(found(text.replace('limits: { percent: 5, active: 1 }, ', ''))).toEqual(['chaos.limits: required'])
    expect(found(text.replace('percent: 5, active: 1', 'percent: 5'))).toEqual(['chaos.limits.active: required'])
    expect(found(text.replace('percent: 5, active: 1', 'active: 5'))).toEqual(['chaos.limits.percent: required'])
  })
})

test.each([
  ['a mirror', BASE + '    mirrors: [{ backend: b }]\n', 'routes[0].mirrors[0].percent: required'],
  ['a baseline', BASE + '    mirrors: [{ backend: b, percent: 1, baseline: { backend: a } }]\n', 'routes[0].mirrors[0].baseline.percent: required'],
  ['an experiment', chaos(5, 'start: manual'), 'chaos.experiments[0].percent: required']
])('percent of %s is never defaulted', (_, text, expected) => {
  expect(found(text)).toEqual([expected])
})

describe('addresses', () => {
  test.each([
    ['127.0.0.1:8080', undefined], ['localhost:0', undefined], ['"[::1]:8080"', undefined], ['model.example:65535', undefined],
    [':8080', '127.0.0.1:8080'], ['8080', '127.0.0.1:8080'], ['"*:8080"', '0.0.0.0:8080'], ['"::1:8080"', '[::1]:8080'],
    ['http://127.0.0.1:8080/', '127.0.0.1:8080'], ['localhost', null], ['127.0.0.1:65536', null], ['""', null], ['"[::z]:1"', null], ['"a b:1"', null]
  ])('%s is %j', (address, suggestion) => {
    const findings = findingsOf(`${BASE}listen: ${address}\n`)
    expect(findings.length).toBe(suggestion === undefined ? 0 : 1)
    if (suggestion !== undefined) expect(findings[0]!.suggestion ?? null).toBe(suggestion)
  })

  test.each([
    ['0.0.0.0:9901', false], ['"[::]:9901"', false], ['10.1.2.3:9901', false], ['admin.example:9901', false],
    ['127.0.0.1:9901', true], ['127.9.9.9:9901', true], ['localhost:9901', true], ['"[::1]:9901"', true]
  ])('an admin API at %s needs no token: %j', (address, free) => {
    expect(found(`${BASE}admin: { listen: ${address} }\n`)).toEqual(free ? [] : ['admin.listen: an admin API that others can reach needs a `tokenFile`, or a loopback address'])
    expect(loadText(`${BASE}admin: { listen: ${address}, tokenFile: /run/secrets/windtunnel }\n`).ok).toBe(true)
  })

  test.each([
    ['listen: 127.0.0.1:9901', 'listen'], ['listen: { address: 127.0.0.1:9901 }', 'listen.address'], ['admin: { listen: 127.0.0.1:8080 }', 'admin.listen'],
    ['listen: 0.0.0.0:9901', 'listen']
  ])('%s clashes', (line, path) => {
    expect(found(`${BASE}${line}\n`)).toEqual([`${path}: clients and the admin API cannot share an address`])
  })

  test('port 0 clashes with nothing', () => {
    expect(found(`${BASE}listen: 127.0.0.1:0\nadmin: { listen: 127.0.0.1:0 }\n`)).toEqual([])
  })
})

describe('a backend\'s URL', () => {
  test.each([
    ['http://h:1', 'http://h:1'], ['http://h:1/', 'http://h:1'], ['HTTPS://Model.Example', 'https://model.example'], ['http://[::1]:8000', 'http://[::1]:8000']
  ])('%s is %s', (url, expected) => {
    expect(configOf(BASE.replace('http://127.0.0.1:8000', url)).backends['a']!.url).toBe(expected)
  })

  test.each([
    ['127.0.0.1:8000', 'http://127.0.0.1:8000'], ['localhost:8000', 'http://localhost:8000'], ['http://h:1/v1', 'http://h:1'], ['http://h:1/?a', 'http://h:1'],
    ['http://h:1?a', 'http://h:1'], ['http://h:1/#', 'http://h:1'], ['ftp://h:1', undefined], ['http://', undefined], ['unix:/run/x', undefined], ['http://u:p@h:1', undefined]
  ])('%s is refused, proposing %j', (url, suggestion) => {
    const findings = findingsOf(BASE.replace('http://127.0.0.1:8000', url))
    expect(findings.map(({ path }) => path)).toEqual(['backends.a.url'])
    expect(findings[0]!.suggestion).toBe(suggestion)
  })
})

describe('files', () => {
  test.each([
    ['listen: { tls: { cert: /etc/tls/cert.pem, key: /nope } }', 'listen.tls.key: cannot read "/nope": no such file'],
    ['listen: { tls: { cert: /nope, key: /etc/tls/key.pem } }', 'listen.tls.cert: cannot read "/nope": no such file'],
    ['listen: { tls: { cert: /etc/tls/cert.pem } }', 'listen.tls.key: required'],
    ['admin: { tokenFile: /nope }', 'admin.tokenFile: cannot read "/nope": no such file'],
    ['admin: { tokenFile: /run/secrets/empty }', 'admin.tokenFile: the file holds no token']
  ])('%s is an error', (line, expected) => {
    expect(found(`${BASE}${line}\n`)).toEqual([expected])
  })
})

describe('one mistake hides no other', () => {
  test('within the same route, experiment and backend', () => {
    expect(found(`${HEAD}
routes:
  - nam: r
    split: [{ backend: stabel, weight: -1, extra: 1 }, 5, { backend: canary, weight: 0 }]
    fallback: nowhere
    timeouts: 5
  - { name: s, split: { backend: stable }, mirrors: [{ backend: nope, percent: 101 }], match: 7 }
chaos:
  limits: { percent: 1 }
  experiments: [{ name: x, route: q, where: 5, percent: 50, faults: nothing }]
foo: 1
`)).toEqual([
      'routes[0].nam: unknown key (name)',
      'routes[0].split[0].backend: no backend is called "stabel" (stable)',
      'routes[0].split[0].weight: expected at least 0; got -1',
      'routes[0].split[0].extra: unknown key; expected backend or weight',
      'routes[0].split[1]: expected a mapping; got 5',
      'routes[0].fallback: no backend is called "nowhere"',
      'routes[0].timeouts: expected a mapping; got 5',
      'routes[1].split: expected a list; got a mapping',
      'routes[1].mirrors[0].backend: no backend is called "nope"',
      'routes[1].mirrors[0].percent: expected a percentage from 0 to 100; got 101',
      'routes[1].match: expected a mapping; got 7',
      'chaos.limits.active: required',
      'chaos.limits.percent: experiments may hit 50 % of requests together (x 50 %), over this limit of 1 %',
      'chaos.experiments[0].duration: required',
      'chaos.experiments[0].route: no route is called "q"',
      'chaos.experiments[0].where: expected a mapping; got 5',
      'chaos.experiments[0].faults: expected a list; got "nothing" ([nothing])',
      'foo: unknown key'
    ])
  })
})
