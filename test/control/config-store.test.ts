import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { digestNow, digestOf, type GoodConfig, loadSource, readSource, renewals } from '../../src/control/config-store.ts'
import { makeCertificate } from '../http/support/certificate.ts'
import { testFolder } from '../support/sidecar.ts'

/** What loading a config with these files comes to: nothing wrong, or what is. */
function load(files: Readonly<Record<'cert' | 'key' | 'ca', string>>): GoodConfig | string {
  const folder = testFolder()
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.pem`), text)
  const text = `version: 1
listen: { address: "127.0.0.1:0", tls: { cert: ${JSON.stringify(join(folder, 'cert.pem'))}, key: ${JSON.stringify(join(folder, 'key.pem'))} } }
backends: { a: { url: "https://127.0.0.1:1", tls: { ca: ${JSON.stringify(join(folder, 'ca.pem'))} } } }
routes: [{ name: r, backend: a }]
`
  const loaded = loadSource({ kind: 'text', name: 'test', text }, text, {})
  return loaded.ok ? loaded : loaded.message ?? loaded.findings.map(({ path, message }) => `${path}: ${message}`).join('\n')
}

const [one, other] = [makeCertificate('one.test'), makeCertificate('other.test')]

describe('a config that names certificates', () => {
  it('comes with what their files hold', () => {
    const loaded = load({ ...one, ca: other.cert })
    expect(loaded).toMatchObject({ ok: true, tls: { cert: one.cert, key: one.key } })
    expect(Object.values((loaded as GoodConfig).authorities)).toEqual([other.cert])
  })

  it.each([
    ['a key of another certificate', { cert: one.cert, key: other.key, ca: other.cert }, /^listen\.tls: .*key/i],
    ['a certificate that is none', { cert: 'none', key: one.key, ca: other.cert }, /^listen\.tls: /],
    ['a key that is none', { cert: one.cert, key: 'none', ca: other.cert }, /^listen\.tls: /],
    ['an authority that is none', { ...one, ca: '-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n' }, /^backends\.a\.tls\.ca: /],
    ['a file of authorities without one', { ...one, ca: 'none' }, /^backends\.a\.tls\.ca: /]
  ])('does not hold with %s', (_, files, expected) => {
    expect(load(files)).toMatch(expected)
  })

  it('has another digest once one of them is renewed, or gone', () => {
    const loaded = load({ ...one, ca: other.cert }) as GoodConfig
    const { listen: { tls } } = loaded.config
    const [ca = ''] = Object.keys(loaded.authorities)
    const first = digestOf('text', loaded)
    expect([digestNow('text', loaded.config), digestOf('other text', loaded) === first]).toEqual([first, false])
    const seen = new Set([first])
    for (const [file, text] of [[tls!.cert, other.cert], [tls!.key, other.key], [ca, one.cert]] as const) {
      writeFileSync(file, text)
      seen.add(digestNow('text', loaded.config))
    }
    rmSync(ca)
    seen.add(digestNow('text', loaded.config))
    expect(seen.size).toBe(5)
  })

  it('says which of them are new', () => {
    const files = (tls: GoodConfig['tls'], ca: string): Pick<GoodConfig, 'tls' | 'authorities'> => ({ tls, authorities: { '/ca': ca } })
    expect(renewals(files(one, 'a'), files({ ...one }, 'a'))).toEqual([])
    expect(renewals(files(one, 'a'), files(other, 'b'))).toEqual(['listen: certificate renewed', '/ca: authorities renewed'])
    expect(renewals(files(undefined, 'a'), files(one, 'a'))).toEqual([])
    expect(renewals({ tls: undefined, authorities: {} }, files(undefined, 'a'))).toEqual([])
  })
})

describe('the text of a config', () => {
  it('is read from its file each time, or is the one that was given', () => {
    const file = join(testFolder(), 'a.yaml')
    writeFileSync(file, 'first')
    expect(readSource({ kind: 'file', file })).toBe('first')
    writeFileSync(file, 'second')
    expect(readSource({ kind: 'file', file })).toBe('second')
    expect(readSource({ kind: 'text', name: 'x', text: 'given' })).toBe('given')
  })

  it.each([['/not/there.yaml', '/not/there.yaml: no such file'], ['/', '/: it is a directory']])('in %s cannot be read, and that is said in a line', (file, message) => {
    expect(() => readSource({ kind: 'file', file })).toThrow(message)
  })
})
