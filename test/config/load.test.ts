import stringify from 'fast-json-stable-stringify'
import { describe, expect, test } from 'vitest'
import { load, type Loaded } from '../../src/config/load.ts'
import { BASE, brief, configOf, DESIGN, ENV, findingsOf, loadText, readFile } from './support.ts'

const passed = (loaded: Loaded): Extract<Loaded, { ok: true }> => {
  if (!loaded.ok) throw new Error(brief(loaded.findings).join('\n'))
  return loaded
}

describe('the example of the design', () => {
  test('validates without a warning', () => {
    expect(brief(findingsOf(DESIGN))).toEqual([])
    expect(loadText(DESIGN).ok).toBe(true)
  })

  test('becomes durations in ms, sizes in octets and whole addresses', () => {
    const { listen, admin, routes: [route], chaos, backends } = configOf(DESIGN)
    expect(listen.address).toEqual({ host: '127.0.0.1', port: 8080 })
    expect(admin.address).toEqual({ host: '127.0.0.1', port: 9901 })
    expect(route!.timeouts).toEqual({ connect: 2000, firstByte: 30_000, idle: 60_000 })
    expect(route!.mirrors[0]!.maxBody).toBe(1_048_576)
    expect(route!.mirrors[0]!.compare.fields).toEqual([
      { at: '/predictions/*/label', as: 'label', decisive: 0.1 }, { at: '/predictions/*/score', as: 'number', rel: 1e-6, abs: 1e-9 }
    ])
    expect(backends['next']!.headers.set).toEqual({ authorization: 'Bearer next-7d1e55' })
    expect(chaos!.experiments[0]).toEqual({
      name: 'slow-canary', route: 'house-price', where: { backend: 'canary', arm: 'primary', headers: undefined, body: undefined, units: undefined },
      percent: 10, control: 0, by: 'request', block: 0, seed: undefined, ramp: undefined, duration: 600_000, lease: undefined, start: 'manual', trigger: undefined, mark: false,
      baseline: 0, stages: undefined, recovery: 0, hypothesis: [], stop: [], harm: [], slow: 1000, minRequests: 100, schedule: undefined,
      faults: [{ kind: 'delay', fixed: 2000 }, { kind: 'abort', status: 503, headers: { 'retry-after': '1' } }]
    })
  })
})

test('a smallest config gets every default', () => {
  expect(configOf('version: 1\nbackends: { a: { url: "http://h:1" } }\nroutes: [{ name: r, backend: a }]\n')).toEqual({
    version: 1,
    listen: {
      address: { host: '127.0.0.1', port: 8080 }, tls: undefined, maxHead: 16_384, maxHeaders: 200, maxConnections: 20_000,
      timeouts: { head: 10_000, keepAlive: 75_000, idle: 60_000 }, halfClose: 'cancel', forwarded: { trust: [], send: true, via: true }
    },
    workers: 1,
    admin: { address: { host: '127.0.0.1', port: 9901 }, tokenFile: undefined, hosts: [] },
    log: { level: 'info', access: 0 },
    shutdown: { delay: 0, grace: 30_000 },
    backends: {
      a: {
        url: 'http://h:1', headers: { set: {}, remove: [] }, host: 'client', maxConnections: 256, maxWaiting: 1024,
        timeouts: { connect: 2000, keepAlive: 4000, dns: 5000 }, tls: { ca: undefined, serverName: undefined, verify: true },
        health: undefined, eject: { failures: 5, base: 1000, max: 30_000 }
      }
    },
    routes: [{
      name: 'r', match: {}, unit: { request: true }, split: [{ backend: 'a', weight: 1 }], fallback: undefined,
      timeouts: { connect: 2000, firstByte: 30_000, idle: 60_000 }, maxBuffer: 1_048_576, mirrors: []
    }],
    chaos: undefined
  })
})

test('defaults of mirrors, health checks and experiments are filled in', () => {
  const { routes: [route], backends, chaos } = configOf(`version: 1
backends: { a: { url: "http://h:1", health: { path: /h } }, s: { url: "http://h:2" } }
routes: [{ name: r, backend: a, mirrors: [{ backend: s, percent: 1 }] }]
chaos: { limits: { percent: 5, active: 1 }, experiments: [{ name: x, route: r, percent: 1, duration: 1s, faults: [{ kind: delay, fixed: 1s }] }] }
`)
  expect(route!.mirrors[0]).toEqual({
    backend: 's', percent: 1, match: {}, sample: { by: 'request', salt: undefined }, timeout: 5000, maxBody: 1_048_576, maxInFlight: 256, maxBytes: 64 * 1_048_576,
    maxRate: undefined, dailyBudget: undefined, breaker: { failures: 20, base: 5000, max: 60_000 }, shed: { lag: 100, slowdown: 3 },
    credentials: 'strip', headers: { set: {}, remove: [] }, body: { set: {} }, baseline: undefined, capture: undefined,
    compare: {
      codec: 'auto', numbers: undefined, headers: [], ignore: [], fields: [], slices: [], margin: 1, measureMargin: 5, confidence: 95, warmUp: 50, redact: [],
      evidence: 'values', truth: undefined
    }
  })
  expect(backends['a']!.health).toEqual({ path: '/h', interval: 5000, timeout: 2000, unhealthyAfter: 3, healthyAfter: 1 })
  expect(chaos!.experiments[0]!.start).toBe('manual')
  expect(chaos!.experiments[0]!.where).toEqual({ backend: undefined, arm: 'primary', units: undefined, headers: undefined, body: undefined })
})

test('a route without a connect timeout has the longest of its backends', () => {
  const text = (timeouts: string): string => `version: 1
backends: { a: { url: "http://h:1", timeouts: { connect: 3s } }, b: { url: "http://h:2", timeouts: { connect: 7s } }, c: { url: "http://h:3", timeouts: { connect: 9s } } }
routes: [{ name: r, split: [{ backend: a, weight: 1 }, { backend: b, weight: 1 }], ${timeouts} mirrors: [{ backend: c, percent: 1 }] }]
`
  expect(configOf(text('')).routes[0]!.timeouts.connect).toBe(7000)
  expect(configOf(text('fallback: c,')).routes[0]!.timeouts.connect).toBe(9000)
  expect(configOf(text('timeouts: { connect: 1s },')).routes[0]!.timeouts.connect).toBe(1000)
})

test('listen as an address and as a mapping with that address mean the same', () => {
  expect(configOf(`${BASE}listen: "[::1]:8443"\n`)).toEqual(configOf(`${BASE}listen: { address: "[::1]:8443" }\n`))
  expect(configOf(`${BASE}listen: "[::1]:8443"\n`).listen.address).toEqual({ host: '::1', port: 8443 })
})

describe('the text', () => {
  const same = configOf(BASE)

  test.each([
    ['a byte order mark', `\uFEFF${BASE}`],
    ['CR LF line ends', BASE.replaceAll('\n', '\r\n')],
    ['comments and an end marker', `# a\n${BASE}...\n# b\n`],
    ['keys of one\'s own', `x-anything: [{ goes: here }]\n$schema: x\n${BASE}`],
    ['merge keys', BASE.replace('  a: { url', '  a: { <<: {}, url')]
  ])('with %s means the same', (_, text) => {
    expect(configOf(text)).toEqual(same)
  })

  test('with CR LF and a byte order mark keeps its columns', () => {
    expect(brief(findingsOf(`\uFEFFfoo: 1\r\n${BASE.replaceAll('\n', '\r\n')}bar: 2\r\n`))).toEqual([
      '1:1 foo: unknown key', `${BASE.split('\n').length + 1}:1 bar: unknown key`
    ])
  })

  test.each([
    ['is empty', '', '1:1 : the file is empty'],
    ['is a comment', '# nothing\n', '1:1 : the file is empty'],
    ['is null', '~\n', '1:1 : expected a mapping; got nothing'],
    ['is larger than 1 MiB', `#${'x'.repeat(1_048_576)}`, '1:1 : larger than 1MiB'],
    ['is larger than 1 MiB in octets', `#${'\u20ac'.repeat(400_000)}`, '1:1 : larger than 1MiB'],
    ['is nested too deep', `${BASE}x-deep: ${'['.repeat(80)}${']'.repeat(80)}\n`, '9:73 : nested more than 64 deep']
  ])('that %s is refused', (_, text, expected) => {
    expect(brief(findingsOf(text))).toEqual([expected])
  })

  test('of aliases that grow without end is refused', () => {
    const level = (i: number): string => `x-${i}: &l${i} [${Array.from({ length: 10 }, () => i === 0 ? 'lol' : `*l${i - 1}`).join(', ')}]\n`
    const laughs = Array.from({ length: 12 }, (_, i) => level(i)).join('')
    expect(brief(findingsOf(laughs + BASE))).toEqual(['1:51 : more than 100000 values, counting what aliases repeat'])
  })

  test('that is no config at all gets a bounded list', () => {
    const findings = findingsOf(`${BASE}${Array.from({ length: 5000 }, (_, i) => `key${i}: 1\n`).join('')}`)
    expect(findings.length).toBe(101)
    expect(findings.at(-1)!.message).toBe('4900 more problems are not shown')
  })
})

describe('merge keys', () => {
  const timeouts = (text: string): unknown => configOf(`x-a: &a { connect: 1s, idle: 1s }\nx-b: &b { idle: 2s, firstByte: 2s }\n${BASE}    timeouts: ${text}\n`).routes[0]!.timeouts

  test.each([
    ['{ <<: *a }', { connect: 1000, firstByte: 30_000, idle: 1000 }],
    ['{ <<: *a, idle: 9s }', { connect: 1000, firstByte: 30_000, idle: 9000 }],
    ['{ idle: 9s, <<: *a }', { connect: 1000, firstByte: 30_000, idle: 9000 }],
    ['{ <<: [*a, *b] }', { connect: 1000, firstByte: 2000, idle: 1000 }],
    ['{ <<: [*b, *a] }', { connect: 1000, firstByte: 2000, idle: 2000 }]
  ])('%s is merged, what stands there itself first', (text, expected) => {
    expect(timeouts(text)).toEqual(expected)
  })

  test('report what is wrong with them where it is written', () => {
    expect(brief(findingsOf(`x-a: &a { idle: 1 }\n${BASE}    timeouts: { <<: *a }\n`))).toEqual([
      '1:17 routes[0].timeouts.idle: expected a duration with a unit; got 1 (1s)'
    ])
  })

  test('an anchor used twice means the one before', () => {
    expect(timeouts('{ <<: [&b { idle: 5s }, *b], connect: 1s }')).toEqual({ connect: 1000, firstByte: 30_000, idle: 5000 })
  })
})

describe('the hash', () => {
  const hash = (text: string, env = ENV): string => passed(loadText(text, env)).hash

  test('is 12 hexadecimal digits and the same for the same meaning', () => {
    expect(hash(BASE)).toMatch(/^[0-9a-f]{12}$/)
    expect(hash(`# note\n${BASE}workers: 1\n`)).toBe(hash(BASE))
  })

  test('changes with a setting and with a secret', () => {
    expect(hash(`${BASE}workers: 2\n`)).not.toBe(hash(BASE))
    const secret = BASE.replace('8000" }', '8000", headers: { set: { authorization: "${TOKEN}" } } }')
    expect(hash(secret, { TOKEN: 'a' })).not.toBe(hash(secret, { TOKEN: 'b' }))
  })
})

describe('the redacted config', () => {
  test('holds no value of a placeholder and no credential', () => {
    const text = BASE.replace('8000" }', `8000", headers: { set: {
      authorization: literal-one, x-api-key: literal-two, Api-Key: literal-three, cookie: literal-four, x-auth-token: literal-five,
      x-client-secret: literal-six, x-plain: shown, x-env: "\${TOKEN}", x-mixed: "a \${file:/run/secrets/next} b" } } }`)
      .replace('path: { prefix: /first/ }', 'path: { prefix: /first/ }, headers: { authorization: { exact: literal-seven }, x-token: literal-eight }')
    const printed = JSON.stringify(passed(loadText(text)).redacted)
    expect(printed).not.toMatch(/literal|tok-91f3c2|next-7d1e55/)
    expect(printed).toContain('"x-plain":"shown"')
    expect(printed).toContain('"x-env":"${TOKEN}"')
    expect(printed).toContain('"x-mixed":"a ${file:/run/secrets/next} b"')
  })

  test.each([
    ['the example', DESIGN],
    ['one with placeholders for numbers', BASE.replace('weight: 9', 'weight: "${WEIGHT}"') + 'log: { level: "${L:-warn}", access: "${WEIGHT}" }\n'],
    ['one with literal ${', BASE.replace('/first/', () => '"/$${first}/"')],
    ['a shorthand', 'version: 1\nlisten: 127.0.0.1:0\nbackends: { a: { url: "http://h:1", timeouts: { connect: 1h30m } } }\nroutes: [{ name: r, backend: a }]\n']
  ])('of %s is a config that means the same', (_, text) => {
    const { redacted, hash, config } = passed(loadText(text))
    const again = passed(loadText(JSON.stringify(redacted)))
    expect(again.config).toEqual(config)
    expect(again.hash).toBe(hash)
    expect(stringify(again.redacted)).toBe(stringify(redacted))
  })
})

test('a file is read once even when it is named twice', () => {
  const paths: string[] = []
  const text = BASE.replace('8000" }', '8000", headers: { set: { a: "${file:/run/secrets/next}", b: "${file:/run/secrets/next}" } } }')
  const loaded = load(text, { file: 'f', env: {}, readFile: (path) => {
    paths.push(path)
    return readFile(path)
  } })
  expect(loaded.ok).toBe(true)
  expect(paths).toEqual(['/run/secrets/next'])
})

test.each([
  ['zeros', `${BASE}\0`], ['octets that are no UTF-8', Buffer.from([...Buffer.from(BASE), 0x23, 0xff]).toString()],
  ['UTF-16', Buffer.from(`\uFEFF${BASE}`, 'utf16le').toString()]
])('a file of %s is one problem', (_, text) => {
  expect(brief(findingsOf(text))).toEqual([expect.stringMatching(/: not text in UTF-8$/)])
})

test('keys are suggested in a config of another version as well', () => {
  expect(brief(findingsOf(BASE.replace('version: 1', 'version: 2').replace('backends:', 'backend:')))).toContain('2:1 backend: unknown key (backends)')
})
