import { describe, expect, test } from 'vitest'
import { interpolate } from '../../src/config/interpolate.ts'
import { BASE, brief, configOf, findingsOf, readFile } from './support.ts'

const surroundings = {
  env: { NAME: 'value', EMPTY: '', NESTED: '${NAME}', DOLLARS: '$$ $& $1' },
  readFile: (path: string): string => ({ '/one': 'line\n', '/two': 'line\n\n', '/crlf': 'line\r\n', '/none': 'line', '/empty': '' })[path] ?? readFile(path)
}
const replaced = (written: string): string => interpolate(written, surroundings).text

describe('placeholders', () => {
  test.each([
    ['${NAME}', 'value'],
    ['a ${NAME} b ${NAME}', 'a value b value'],
    ['${EMPTY}', ''],
    ['${NOT_SET:-default}', 'default'],
    ['${NOT_SET:-}', ''],
    ['${EMPTY:-default}', 'default'],
    ['${NAME:-default}', 'value'],
    ['${NOT_SET:-a:-b c}', 'a:-b c'],
    ['${file:/one}', 'line'],
    ['${file:/two}', 'line\n'],
    ['${file:/crlf}', 'line'],
    ['${file:/none}', 'line'],
    ['${file:/empty}', ''],
    ['$${NAME}', '${NAME}'],
    ['$$${NAME}', '$${NAME}'],
    ['$NAME $ {NAME} $$', '$NAME $ {NAME} $$'],
    ['${NESTED}', '${NAME}'],
    ['${DOLLARS}', '$$ $& $1']
  ])('%s becomes %j', (written, expected) => {
    expect(replaced(written)).toBe(expected)
    expect(interpolate(written, surroundings).placeholders.map(({ problem }) => problem).filter((problem) => problem !== undefined)).toEqual([])
  })

  test.each([
    ['${NOT_SET}', 'environment variable NOT_SET is not set, and there is no default', undefined],
    ['${NAMEE}', 'environment variable NAMEE is not set, and there is no default', '${NAME}'],
    ['${toString}', 'environment variable toString is not set, and there is no default', undefined],
    ['${file:/nope}', 'cannot read "/nope": no such file', undefined],
    ['${file:}', 'expected the path of a file', undefined],
    ['${}', 'not a placeholder: ${}; expected ${NAME}, ${NAME:-default} or ${file:/path}, or $${ for a plain ${', undefined],
    ['${1A}', 'not a placeholder: ${1A}; expected ${NAME}, ${NAME:-default} or ${file:/path}, or $${ for a plain ${', undefined],
    ['${NAME-x}', 'not a placeholder: ${NAME-x}; expected ${NAME}, ${NAME:-default} or ${file:/path}, or $${ for a plain ${', undefined],
    ['a ${NAME', 'a placeholder that does not end; write $${ for a plain ${', undefined]
  ])('%s is refused', (written, problem, suggestion) => {
    expect(interpolate(written, surroundings).placeholders).toEqual([expect.objectContaining({ value: undefined, problem, suggestion })])
  })
})

describe('a value', () => {
  test('is never read as YAML', () => {
    const text = BASE.replace('/first/', '"${V}"')
    for (const V of ['/a: b', '/[x]', '/*alias', '/# c', '/"', '/\n  admin: {}']) {
      expect(configOf(text, { V }).routes[0]!.match['path']).toEqual({ prefix: V })
    }
    expect(brief(findingsOf(`${BASE}x-a: \${INJECTION}\n`))).toEqual([])
    expect(configOf(`${BASE}x-a: \${INJECTION}\n`).admin.address.host).toBe('127.0.0.1')
  })

  test.each([
    ['a number', 'workers: ${V}', '4', (config: ReturnType<typeof configOf>) => config.workers, 4],
    ['a quoted number', 'workers: "${V}"', '4', (config: ReturnType<typeof configOf>) => config.workers, 4],
    ['a word in the place of a number', 'workers: ${V}', 'auto', (config: ReturnType<typeof configOf>) => config.workers, 'auto'],
    ['a fraction', 'log: { access: "${V}" }', '12.5', (config: ReturnType<typeof configOf>) => config.log.access, 12.5],
    ['a boolean', 'listen: { forwarded: { send: "${V}" } }', 'false', (config: ReturnType<typeof configOf>) => config.listen.forwarded.send, false],
    ['a constant', 'x-v: 1', '1', (config: ReturnType<typeof configOf>) => config.version, 1]
  ])('that is %s is one where one is asked for', (_, line, V, read, expected) => {
    expect(read(configOf(`${BASE.replace('version: 1', 'version: ${ONE}')}${line}\n`, { V, ONE: '1' }))).toBe(expected)
  })

  test('that looks like a number stays text where text is asked for', () => {
    const text = BASE.replace('8000" }', '8000", headers: { set: { x-a: "${V}" } } }')
    expect(configOf(text, { V: '00123' }).backends['a']!.headers.set).toEqual({ 'x-a': '00123' })
  })

  test.each(['0x10', '1_000', ' 4', '4 ', '+4', '04', 'Infinity', 'NaN', '', '1e999'])('%j is no number', (V) => {
    expect(brief(findingsOf(`${BASE}workers: \${V}\n`, { V })).length).toBe(1)
  })

  test('that is part of a scalar is no number', () => {
    expect(brief(findingsOf(`${BASE}workers: 1\${V}\n`, { V: '4' }))).toEqual(['9:10 workers: expected a number or auto; got the value of ${V}'])
  })

  test('is kept out of messages, with what could be guessed from it', () => {
    const secret = 'hunter2-and-more'
    const text = `version: \${S}
listen: \${S}
workers: \${S}
log: { level: "\${S}", access: "\${S}" }
shutdown: { grace: "\${S}", delay: "\${NUMBER}" }
admin: { tokenFile: "\${S}", hosts: ["\${S} \${S}"] }
backends: { a: { url: "\${S}", host: "x/\${S}", tls: { ca: "\${S}" }, health: { path: "\${S}" } } }
routes:
  - { name: "\${S}!", backend: "\${S}", fallback: "\${S}", unit: "\${S}", match: { path: { regex: "(\${S}" }, method: ["\${S}"] } }
  - { name: r, split: "\${S}", mirrors: [{ backend: "\${S}", percent: "\${S}", maxBody: "\${S}", compare: { ignore: ["\${S}"], fields: [{ at: /a, as: "\${S}" }] } }] }
chaos: { limits: "\${S}", experiments: [{ name: "\${S}", route: "\${S}", percent: 1, duration: "\${S}", faults: [{ kind: "\${S}" }, { kind: abort, status: "\${S}" }] }] }
`
    const findings = findingsOf(text, { S: secret, NUMBER: '98765' })
    expect(findings.length).toBeGreaterThan(25)
    for (const finding of findings) expect(JSON.stringify({ ...finding, source: '' })).not.toMatch(/hunter2|98765/)
  })
})
