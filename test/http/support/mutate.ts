import type { Random } from './random.ts'

/*
 * Requests made wrong where it hurts: start lines, line ends, names, colons, lengths, codings, chunks. Most parts are as they
 * should be, so that what is wrong stands in a message that a lax reader would otherwise take.
 */

const METHODS = ['GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'OPTIONS', 'PATCH', 'CONNECT', 'M-SEARCH', 'QUERY']
const ODD_METHODS = ['get', 'FETCH', 'G', '', 'GET\0', 'GE T', 'POST\t', 'PRI', 'SOURCE', '\x80']
const TARGETS = ['/', '/x', '/a/b?c=d', '//x', '/%00', '/a?b?c', '/"<>\\^`{|}']
const ODD_TARGETS = ['*', 'http://b/', 'http://b:80/x?y', 'http://b', 'https://u@b/', 'ftp://a/', 'a:443', 'a', '', '/a b', '/#x', '/\0', '/\x7f', '/\xe9', '/\t', 'http:///', 'http://a#b/', '?', '/\r', '/\n']
const ODD_VERSIONS = ['HTTP/1.0', 'HTTP/1.0', 'HTTP/0.9', 'HTTP/1.2', 'HTTP/2.0', 'HTTP/1.1 ', 'HTTP/1.', 'HTTP/11', 'http/1.1', 'HTTP/1.1\t', 'HTTP/01.1', '', 'HTTP/1.1x', 'ICE/1.0', 'RTSP/1.0', 'HTTP/1.1\0']
const ODD_SPACES = ['  ', '\t', '', '\x0b', '\r', ' \t', '\0']
const ODD_ENDS = ['\n', '\r', '\r\r\n', '\n\r', '\r\n\r\n', ' \r\n', '\r\n ', '\r\n\t', '\x0b\r\n', '\0\r\n', '\r\0\n', '']
const NAMES = ['Accept', 'X-A', 'Cookie', 'User-Agent', 'x', 'Content-Type', 'Via', '!#$%&\'*+-.^_`|~']
const ODD_NAMES = ['', ' X', 'X Y', 'X\0', '\x80', 'X"', 'X/', 'X,', '(X)', 'X\t', 'X\x0b', 'X\r', 'X\n', 'X;', '{X}', 'X[', 'X@', 'X=', 'X?', '<X>', '\x7f']
const ODD_COLONS = [' :', '\t:', ' : ', ':', ':\t', ': \t ', '::', '\r\n:', ':\r\n ', ';', ' ', '', ':\0', ':\x0b', '\0:', ':\r', ':\n', '\x0b:', '\xa0:']
const VALUES = ['a', '', 'a b', 'a\tb', '"q"', '\xe9\xff', 'a,b', 'x'.repeat(50)]
const ODD_VALUES = ['\0', 'a\0b', '\x01', '\x7f', 'a\rb', 'a\nb', '\x0b', '\x1b[', 'a\r\n b', 'a\x0c', '\x80']
const HOSTS = ['Host: a', 'Host: a', 'host: a.example:80', 'HOST:a', 'Host: [::1]', 'Host: \ta ']
const ODD_HOSTS = ['', 'Host:', 'Host: a\r\nHost: a', 'Host: a\r\nhost: b', 'Host: a b', 'Host: a/b', 'Host : a', 'Host: u@a', 'Host: a,b', 'Host', 'H0st: a', 'Host: \x80', ' Host: a', 'Host: a\n']
const CONNECTIONS = ['close', 'keep-alive', 'Close', 'keep-alive, close', 'upgrade', 'Upgrade', 'x', 'close,', ',close', 'Host', 'Content-Length', 'transfer-encoding', 'close\x0b', '"close"', 'closed', 'proxy-close']
const LENGTHS = ['0', '1', '5', '10']
const ODD_LENGTHS = ['+5', '-5', '0x5', '05', '5 5', '5,5', '5, 5', '', '5.0', '5e1', '99999999999999999999', '18446744073709551621', '"5"', '5\0', '5\x0b', '\x0b5', '5;', 'a', '\xb9', '5_0', '4294967301', '5\t', ' 5 ', '5\xa0', '\r\n 5']
const ODD_CODINGS = [
  'Chunked', 'CHUNKED', 'gzip', 'identity', 'gzip, chunked', 'chunked, gzip', 'chunked, chunked', 'chunked,', ',chunked', '"chunked"', 'chunked;a', 'xchunked', 'chunkedx', ' chunked ', '\tchunked', 'chunked\x0b', '\x0bchunked', 'chunked\0',
  '', 'chunked\xa0', 'c hunked', 'chunked\r\n ', '\r\n chunked', 'identity, chunked', 'chunked identity', 'chunked\x0c', 'x', 'chunked, identity', ',', 'chunked\t'
]
const ODD_SIZES = ['+5', '-5', '0x5', '5 ', ' 5', '5\t', '', 'g', '5g', '05', '0005', '5;', '5;a', '5;a=b', '5;a="b"', '5;a="b', '5; a', '5 ;a', '5;a=', '5;=b', '5;a="\\""', '5;a="\n"', '5;\0', '5,', '5\0', '5\x0b', '5_0', 'ffffffffffffffff', '10000000000000005', '00000000000000000005', '5;a\t', '5;;a', '5;a;b=c;d', '5"']
const TRAILERS = ['X: 1', 'X: 1\r\nY: 2', 'Digest:']
const ODD_TRAILERS = ['X : 1', ' X: 1', 'X', 'X: \0', 'X: 1\n', 'X: 1\r\n 2', 'Content-Length: 5', 'Transfer-Encoding: chunked', 'Host: b', ': 1', 'Connection: close', 'X: a\rb', 'Trailer: x', 'Upgrade: x']
const BEFORE = ['\r\n', '\r\n\r\n', '\n', '\r', ' ', '\0', '\r\n\r\n\r\n', '\t\r\n', '\x16\x03']
const INTERESTING = '\0\t\n\x0b\x0c\r \x7f\x80\xff:;,=."+-/0159aAfFxX'

/** A text of one to three requests, most of them wrong in few places. */
export function oddRequests(random: Random): string {
  let raw = ''
  const count = 1 + random.below(3)
  for (let i = 0; i < count; i++) raw += oddRequest(random)
  for (let i = random.below(6) - 3; i > 0; i--) raw = damage(raw, random)
  return random.once(12) ? raw.slice(0, random.below(raw.length)) : raw
}

function oddRequest(random: Random): string {
  // how likely each part is wrong: in some requests none, in some several
  const rarity = random.pick([6, 15, 40, 1000])
  const part = <T>(good: readonly T[], odd: readonly T[]): T => random.pick(random.once(rarity) ? odd : good)
  const end = (): string => part(['\r\n'], ODD_ENDS)
  const start = part(METHODS, ODD_METHODS) + part([' '], ODD_SPACES) + part(TARGETS, ODD_TARGETS) + part([' '], ODD_SPACES) + part(['HTTP/1.1'], ODD_VERSIONS)
  const lines = [part(HOSTS, ODD_HOSTS)]
  for (let i = random.below(3); i > 0; i--) lines.push(part(NAMES, ODD_NAMES) + part([': ', ':'], ODD_COLONS) + part(VALUES, ODD_VALUES))
  if (random.once(4)) lines.push(`Connection: ${random.pick(CONNECTIONS)}`)
  if (random.once(8)) lines.push(`Expect: ${random.pick(['100-continue', '100-Continue', 'x'])}`)
  if (random.once(8)) lines.push('Upgrade: websocket')
  if (random.once(10)) lines.push(`TE: ${random.pick(['trailers', 'gzip', 'chunked'])}`)
  let body = ''
  const framing = random.below(5)
  if (framing === 0 || framing === 1 || random.once(3 * rarity)) {
    const length = part(LENGTHS, ODD_LENGTHS)
    lines.push(`${part(['Content-Length', 'content-length'], ['Content-Length ', 'Content_Length', 'Content-Length\t', 'Content-\0Length', ' Content-Length'])}${part([': '], ODD_COLONS)}${length}`)
    if (random.once(2 * rarity)) lines.push(`Content-Length: ${part(LENGTHS, ODD_LENGTHS)}`)
    body = 'hello world'.slice(0, /^\s*(\d+)/.test(length) ? Math.min(11, Number(/\d+/.exec(length)?.[0])) : 5)
  }
  if (framing === 2 || framing === 3 || random.once(3 * rarity)) {
    lines.push(`${part(['Transfer-Encoding', 'TRANSFER-ENCODING'], ['Transfer-Encoding ', 'Transfer_Encoding', 'Transfer-Encoding\x0b', '\tTransfer-Encoding'])}${part([': '], ODD_COLONS)}${part(['chunked'], ODD_CODINGS)}`)
    if (random.once(2 * rarity)) lines.push(`Transfer-Encoding: ${part(['chunked'], ODD_CODINGS)}`)
    body = chunks(random, rarity)
  }
  for (let i = lines.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const held = lines[i]!
    lines[i] = lines[j]!
    lines[j] = held
  }
  const before = random.once(rarity * 2) ? random.pick(BEFORE) : ''
  return before + start + end() + lines.filter((line) => line !== '').map((line) => line + end()).join('') + end() + body
}

function chunks(random: Random, rarity: number): string {
  const part = <T>(good: readonly T[], odd: readonly T[]): T => random.pick(random.once(rarity) ? odd : good)
  const end = (): string => part(['\r\n'], ODD_ENDS)
  let raw = ''
  for (let i = random.below(3); i > 0; i--) raw += part(['5', '5', '5;a=b', '05'], ODD_SIZES) + end() + part(['hello'], ['hell', 'hello!', '']) + end()
  raw += part(['0', '00', '0;x'], ['', '0 ', '0x0', '-0', '0;', '0\0']) + end()
  if (random.once(3)) raw += part(TRAILERS, ODD_TRAILERS) + end()
  return raw + end()
}

/** `raw` with one place changed: an octet put in, taken out or replaced, a stretch said twice, two octets exchanged. */
export function damage(raw: string, random: Random): string {
  if (raw.length < 2) return raw
  const at = random.below(raw.length)
  const octet = random.once(4) ? String.fromCharCode(random.below(256)) : random.pick([...INTERESTING])
  switch (random.below(6)) {
    case 0: return raw.slice(0, at) + octet + raw.slice(at)
    case 1: return raw.slice(0, at) + raw.slice(at + 1)
    case 2: return raw.slice(0, at) + octet + raw.slice(at + 1)
    case 3: return raw.slice(0, at) + raw.slice(at, at + random.below(20)) + raw.slice(at)
    case 4: return raw.slice(0, at) + (raw[at + 1] ?? '') + raw[at]! + raw.slice(at + 2)
    default: return raw.slice(0, at) + raw.slice(at + random.below(20))
  }
}
