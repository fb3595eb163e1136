import { METHODS as NODE_METHODS } from 'node:http'
import { describe, expect, it } from 'vitest'
import { IDEMPOTENT, isAuthority, isBlank, isFieldValue, isTargetChar, isToken, isTokenChar, isValueChar, METHODS } from '../../src/http/syntax.ts'

const octets = Array.from({ length: 256 }, (_, c) => c)

describe('the character classes', () => {
  it('hold the tchar of RFC 9110 section 5.6.2 and nothing else', () => {
    const tchar = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]$/
    for (const c of octets) expect([c, isTokenChar(c)]).toEqual([c, tchar.test(String.fromCharCode(c))])
  })

  it('hold field-vchar, obs-text, SP and HTAB for values', () => {
    for (const c of octets) expect([c, isValueChar(c)]).toEqual([c, c === 9 || (c >= 0x20 && c !== 0x7f)])
  })

  it('hold visible ASCII but "#" for targets', () => {
    for (const c of octets) expect([c, isTargetChar(c)]).toEqual([c, c > 0x20 && c < 0x7f && c !== 0x23])
  })

  it('know two blanks', () => {
    expect(octets.filter((c) => isBlank(c))).toEqual([9, 32])
    expect(isBlank(undefined)).toBe(false)
  })

  it.each([Number.NaN, -1, 256, 0x12f, 65_535])('hold nothing that is no octet: %s', (c) => {
    expect([isTokenChar(c), isValueChar(c), isTargetChar(c)]).toEqual([false, false, false])
  })
})

describe('isToken', () => {
  it.each([['x', true], ['X-Request-Id', true], ['', false], ['a b', false], ['a:', false], ['caf\xe9', false], ['a\0', false]])('takes %j: %s', (text, is) => {
    expect(isToken(text)).toBe(is)
  })
})

describe('isFieldValue', () => {
  it.each([['', true], ['a b\tc', true], ['\xff', true], ['a\rb', false], ['a\nb', false], ['a\0b', false], ['\x7f', false], ['\u0100', false]])('takes %j: %s', (text, is) => {
    expect(isFieldValue(text)).toBe(is)
  })
})

describe('isAuthority', () => {
  it.each([
    'a', 'example.com', 'example.com:80', 'example.com:', 'EXAMPLE.com', '127.0.0.1:1', '[::1]', '[::1]:8080', '[::ffff:10.0.0.1]', 'a-b_c~d', 'xn--bcher-kva.example', '%41.example'
  ])('takes %s', (text) => expect(isAuthority(text)).toBe(true))

  it.each([
    '', ':', ':80', 'a:b', 'a:1:2', 'a:123456', 'u@h', 'u:p@h', 'a/b', 'a?b', 'a#b', 'a,b', 'a, b', 'a b', ' a', 'a\t', '[', '[]', '[::1', '::1', '[::1]x', '[::1]:x', 'x[::1]', '[fe80::1%25eth0]',
    'a\\b', 'a"b', 'a<b', 'a^b', 'a|b', 'a`b', 'a{b', 'caf\xe9', 'a\0', 'a\x7f', '\u0100'
  ])('refuses %j', (text) => expect(isAuthority(text)).toBe(false))
})

describe('METHODS', () => {
  it('are all known to Node, whose parser is the stricter for it', () => {
    expect([...METHODS].filter((method) => !NODE_METHODS.includes(method))).toEqual([])
  })

  it('are tokens, and those that may be sent twice are among them', () => {
    for (const method of METHODS) expect(isToken(method)).toBe(true)
    for (const method of IDEMPOTENT) expect(METHODS.has(method)).toBe(true)
    expect(['POST', 'PATCH', 'CONNECT'].filter((method) => IDEMPOTENT.has(method))).toEqual([])
  })
})
