import { Ajv } from 'ajv'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Document, isCollection, isMap, isPair, isScalar, parseDocument, visit } from 'yaml'
import { jsonSchema } from '../../src/config/json-schema.ts'
import type { Finding } from '../../src/config/finding.ts'
import { BASE, DESIGN, loadText } from './support.ts'

const SEED = Number(process.env['SEED'] ?? 20_261)
const EVERY_SETTING = readFileSync(new URL('golden/every-setting.txt', import.meta.url), 'utf8').split('\n---\n')[0]!
  // without its alias, which a document that has lost the anchor cannot be written with
  .replace('<<: *timeouts, ', 'connect: 1s, ')
const TEXTS = [DESIGN, EVERY_SETTING, BASE]

// mulberry32: small, seeded, good enough to pick with
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

function expectInside(findings: readonly Finding[], text: string): void {
  const lines = text.replace(/^\uFEFF/, '').split('\n').map((line) => line.replace(/\r$/, ''))
  for (const { line, column, source, message, file } of findings) {
    expect(message).not.toBe('')
    expect(file).toBe('windtunnel.yaml')
    expect(source).toBe(lines[line - 1])
    expect(column).toBeGreaterThanOrEqual(1)
    expect(column).toBeLessThanOrEqual(source.length + 1)
  }
}

/** Paths of all nodes of a document, as `getIn` takes them. */
function paths(document: Document): (string | number)[][] {
  const found: (string | number)[][] = []
  visit(document, {
    Node(_, node, ancestors) {
      const path: (string | number)[] = []
      const chain = [...ancestors, node]
      for (let i = 0; i < chain.length; i++) {
        const parent = chain[i]
        const child = chain[i + 1]
        if (isPair(parent) && isScalar(parent.key)) {
          if (child === parent.key) return
          path.push(String(parent.key.value))
        } else if (isCollection(parent) && !isMap(parent) && child !== undefined) {
          path.push(parent.items.indexOf(child))
        }
      }
      if (path.length > 0) found.push(path)
    }
  })
  return found
}

const WRONG: readonly unknown[] = [null, true, -1, 1.5, 1e300, '', 'text', 'constructor', [], [null], {}, { zz: {} }, { constructor: 1 }, [[[]]], '${NOT_SET}', '$${', '\u0000']

const validate = new Ajv({ allowUnionTypes: true, strictTypes: false }).compile(jsonSchema())

function check(text: string): boolean {
  const loaded = loadText(text)
  expectInside(loaded.ok ? loaded.warnings : loaded.findings, text)
  if (loaded.ok) {
    const data: unknown = parseDocument(text, { merge: true }).toJS()
    expect(validate(data), `${JSON.stringify(validate.errors)}\n${text}`).toBe(true)
    const again = loadText(JSON.stringify(loaded.redacted))
    // what was cut out of a secret may not be valid again, but everything else is
    if (!JSON.stringify(loaded.redacted).includes('***')) expect(again.ok && again.hash).toBe(loaded.hash)
  } else {
    expect(loaded.findings.some(({ severity }) => severity === 'error')).toBe(true)
  }
  return loaded.ok
}

describe(`a valid config (seed ${SEED})`, () => {
  test.each(TEXTS)('is valid to begin with', (text) => {
    expect(check(text)).toBe(true)
  })

  test('with a random node deleted is valid or says where it is not', () => {
    const next = generator(SEED)
    let valid = 0
    const rounds = 120
    for (let i = 0; i < rounds; i++) {
      const document = parseDocument(TEXTS[Math.floor(next() * TEXTS.length)]!)
      const all = paths(document)
      document.deleteIn(all[Math.floor(next() * all.length)]!)
      if (check(document.toString())) valid++
    }
    expect(valid).toBeGreaterThan(rounds / 20)
    expect(valid).toBeLessThan(rounds)
  })

  test('with a random key renamed says so, unless names are free there', () => {
    const next = generator(SEED + 1)
    for (let i = 0; i < 120; i++) {
      const document = parseDocument(TEXTS[Math.floor(next() * TEXTS.length)]!)
      const keyed = paths(document).filter((path) => typeof path.at(-1) === 'string')
      const path = keyed[Math.floor(next() * keyed.length)]!
      const parent = document.getIn(path.slice(0, -1))
      const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) : isMap(document.contents) ? document.contents.items.find(({ key }) => isScalar(key) && key.value === path[0]) : undefined
      const key: unknown = pair?.key
      if (!isScalar(key)) throw new Error(`no key at ${path.join('.')}`)
      key.value = `zz-${String(key.value)}`
      const text = document.toString()
      const free = path[0]!.toString().startsWith('x-') || (path[0] === 'backends' && path.length === 2) || /^(?:headers|query|body|set)$/.test(String(path.at(-2)))
      const valid = check(text)
      if (!free) expect(valid, `${path.join('.')} renamed:\n${text}`).toBe(false)
    }
  })

  test('with a random value of another kind is valid or says where it is not', () => {
    const next = generator(SEED + 2)
    let refused = 0
    const rounds = 200
    for (let i = 0; i < rounds; i++) {
      const document = parseDocument(TEXTS[Math.floor(next() * TEXTS.length)]!)
      const all = paths(document)
      const path = all[Math.floor(next() * all.length)]!
      document.setIn(path, document.createNode(WRONG[Math.floor(next() * WRONG.length)]))
      if (!check(document.toString())) refused++
    }
    expect(refused).toBeGreaterThan(rounds / 2)
  })

  test('with a mapping of strange keys anywhere is refused', () => {
    for (const text of TEXTS) {
      for (const path of paths(parseDocument(text))) {
        if (String(path[0]).startsWith('x-') || path.join('.').includes('.body.set.')) continue // any JSON may be set
        const document = parseDocument(text)
        document.setIn(path, document.createNode({ 'zz zz': {} }))
        expect(check(document.toString()), path.join('.')).toBe(false)
      }
    }
  })

  test('with random damage to its text is valid or says where it is not', () => {
    const next = generator(SEED + 3)
    const junk = [':', '- ', '{', '}', '[', ']', '"', '\'', '\t', '\n', '&a ', '*a', '!x ', '|', '>', '#', '%', '@', '---\n', '...\n', '? ', ', ', '\u0000', '\uFEFF', '\r', '${', '<<: ', '\ud800']
    let refused = 0
    const rounds = 300
    for (let i = 0; i < rounds; i++) {
      let text = TEXTS[Math.floor(next() * TEXTS.length)]!
      for (let n = 1 + Math.floor(next() * 3); n > 0; n--) {
        const at = Math.floor(next() * text.length)
        const length = Math.floor(next() * 8)
        text = next() < 0.5 ? text.slice(0, at) + text.slice(at + length) : text.slice(0, at) + junk[Math.floor(next() * junk.length)]! + text.slice(at)
      }
      if (!checkText(text)) refused++
    }
    expect(refused).toBeGreaterThan(rounds / 3)
  })

  test('cut off anywhere is valid or says where it is not', () => {
    for (let at = 0; at < DESIGN.length; at += 13) checkText(DESIGN.slice(0, at))
  })
})

function checkText(text: string): boolean {
  const loaded = loadText(text)
  const findings = loaded.ok ? loaded.warnings : loaded.findings
  expectInside(findings, text)
  if (!loaded.ok) expect(findings.length).toBeGreaterThan(0)
  return loaded.ok
}
