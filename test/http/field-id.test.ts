import { describe, expect, it } from 'vitest'
import * as ids from '../../src/http/field-id.ts'
import { Random, runSeed } from './support/random.ts'

const { fieldId, ...NUMBERS } = ids
const idOf = (name: string): number => fieldId(Buffer.from(`??${name}:`), 2, 2 + name.length)

const KNOWN: readonly (readonly [string, number])[] = [
  ['Host', ids.HOST], ['Connection', ids.CONNECTION], ['Content-Length', ids.CONTENT_LENGTH], ['Transfer-Encoding', ids.TRANSFER_ENCODING],
  ['Keep-Alive', ids.KEEP_ALIVE], ['Proxy-Connection', ids.PROXY_CONNECTION], ['TE', ids.TE], ['Trailer', ids.TRAILER], ['Upgrade', ids.UPGRADE],
  ['Expect', ids.EXPECT], ['Via', ids.VIA], ['Max-Forwards', ids.MAX_FORWARDS], ['X-Request-Id', ids.X_REQUEST_ID], ['Forwarded', ids.FORWARDED],
  ['X-Real-Ip', ids.X_FORWARDED], ['Date', ids.DATE], ['Content-Type', ids.CONTENT_TYPE], ['Content-Encoding', ids.CONTENT_ENCODING],
  ['Cookie', ids.COOKIE], ['Authorization', ids.CREDENTIAL], ['Proxy-Authorization', ids.CREDENTIAL], ['X-Windtunnel-Mirror', ids.MIRROR_MARK]
]

/** What fieldId should say, the slow way. */
function expected(name: string): number {
  const lower = name.toLowerCase()
  const known = KNOWN.find(([one]) => one.toLowerCase() === lower)
  if (known !== undefined) return known[1]
  if (lower.startsWith('x-forwarded-')) return ids.X_FORWARDED
  return lower.startsWith('x-windtunnel-') ? ids.CONTROL : ids.OTHER
}

describe('fieldId', () => {
  it.each(KNOWN)('knows %s in any case', (name, id) => {
    for (const form of [name, name.toLowerCase(), name.toUpperCase()]) expect(idOf(form)).toBe(id)
  })

  it.each([
    ['X-Forwarded-For', ids.X_FORWARDED], ['x-forwarded-anything-at-all', ids.X_FORWARDED], ['X-FORWARDED-', ids.X_FORWARDED], ['x-forwarded', ids.OTHER],
    ['X-Windtunnel-Error', ids.CONTROL], ['x-windtunnel-', ids.CONTROL], ['x-windtunnel-mirrors', ids.CONTROL], ['x-windtunne', ids.OTHER]
  ])('knows the prefix of %s', (name, id) => expect(idOf(name)).toBe(id))

  it.each(['hos', 'hostt', 'h0st', 'transfer_encoding', 'transfer-encodinG1', 'content-lengtH0', 'x', 'q', 'content.length', '!', 'tE1', 'te-', '\x54e'.slice(0, 1)])('does not take %s for another', (name) => {
    expect(idOf(name)).toBe(ids.OTHER)
  })

  it('agrees with the slow way on names one character away from known ones', () => {
    const random = new Random(runSeed())
    const tchar = '!#$%&\'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
    const names = [...KNOWN.map(([name]) => name), 'x-forwarded-for', 'x-windtunnel-id', 'accept', 'x-']
    for (let i = 0; i < 20_000; i++) {
      const name = random.pick(names)
      const at = random.below(name.length + 1)
      const mutated = random.once(4) ? name : name.slice(0, at) + (random.once(3) ? '' : random.pick([...tchar])) + name.slice(at + random.below(2))
      if (mutated !== '') expect([random.seed, mutated, idOf(mutated)]).toEqual([random.seed, mutated, expected(mutated)])
    }
  })

  it('numbers fit a bit mask', () => {
    for (const number of Object.values(NUMBERS)) expect(number >= 0 && number < 31).toBe(true)
  })
})
