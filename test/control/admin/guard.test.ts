import { describe, expect, it } from 'vitest'
import { tokenFileOf } from '../../../src/control/admin/guard.ts'
import type { AdminConfig } from '../../../src/config/types.ts'

const admin = (host: string, tokenFile?: string): AdminConfig => ({ address: { host, port: 9901 }, tokenFile, hosts: [] })

describe('the file with the token for writes', () => {
  it.each([
    ['none', admin('127.0.0.1'), admin('127.0.0.1'), undefined],
    ['the one of the config in force', admin('127.0.0.1', '/a'), admin('127.0.0.1', '/b'), '/b'],
    ['one that was added', admin('127.0.0.1'), admin('127.0.0.1', '/b'), '/b'],
    ['none once it was taken away', admin('127.0.0.1', '/a'), admin('127.0.0.1'), undefined],
    ['the first one while the address it is for is still listened on', admin('0.0.0.0', '/a'), admin('127.0.0.1'), '/a'],
    ['the new one there as well', admin('0.0.0.0', '/a'), admin('127.0.0.1', '/b'), '/b']
  ])('is %s', (_, atStart, now, expected) => {
    expect(tokenFileOf(atStart, now)).toBe(expected)
  })
})
