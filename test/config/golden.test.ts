import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { formatFinding } from '../../src/config/finding.ts'
import { loadText } from './support.ts'

// config, a line of "---", and what is printed for it. GOLDEN=write writes what is printed now
const FOLDER = new URL('golden/', import.meta.url)
const SEPARATOR = '\n---\n'

const cases = readdirSync(FOLDER).filter((name) => name.endsWith('.txt')).map((name) => {
  const text = readFileSync(new URL(name, FOLDER), 'utf8')
  const end = text.lastIndexOf(SEPARATOR)
  return { name, config: `${text.slice(0, end)}\n`, expected: text.slice(end + SEPARATOR.length) }
})

test('the golden folder holds cases that pass and cases that do not', () => {
  expect(cases.some(({ expected }) => expected.includes('\nok\n') || expected.startsWith('ok\n'))).toBe(true)
  expect(cases.filter(({ expected }) => !/^ok$/m.test(expected)).length).toBeGreaterThan(10)
})

test.each(cases)('$name is answered as written', ({ name, config, expected }) => {
  const loaded = loadText(config)
  const actual = loaded.ok
    ? [...loaded.warnings.map((one) => `${formatFinding(one)}\n`), 'ok\n', `${JSON.stringify(loaded.redacted, null, 2)}\n`].join('')
    : loaded.findings.map((one) => `${formatFinding(one)}\n`).join('')
  if (process.env['GOLDEN'] === 'write') writeFileSync(new URL(name, FOLDER), `${config.slice(0, -1)}${SEPARATOR}${actual}`)
  else expect(actual).toBe(expected)
})
