import type { Random } from '../../http/support/random.ts'

const TOKEN = '!#$%&\'*+-.^_`|~0123456789ABCXYZabcxyz'
const TARGET = 'abcXYZ019/%?&=+.,;:@!$\'()*-_~"<>[]{}|\\^`'
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'QUERY', 'PROPFIND']
// fields that are stated anew on each hop or by us, and those that change what is expected of the other side
const RESERVED = /^(?:host|connection|content-length|transfer-encoding|keep-alive|proxy-connection|te|trailer|upgrade|expect|via|max-forwards|x-request-id|forwarded|x-real-ip|x-forwarded-.*|x-windtunnel-.*|date)$/i
const NAMES = ['Accept', 'accept', 'ACCEPT', 'Cookie', 'cookie', 'Set-Cookie', 'X-Tenant', 'x-tenant', 'Authorization', 'Content-Type', 'traceparent', 'ETag', 'X', '__proto__', 'Cache-Control', 'WWW-Authenticate', 'Warning', 'Location']

const text = (random: Random, alphabet: string, length: number): string => Array.from({ length }, () => alphabet[random.below(alphabet.length)]!).join('')

/** Octets without meaning, as latin1. */
export const octets = (random: Random, length: number): string => Array.from({ length }, () => String.fromCharCode(random.below(256))).join('')

function value(random: Random): string {
  const length = random.pick([0, 1, 5, 30, 300])
  const middle = Array.from({ length }, () => String.fromCharCode(random.once(5) ? 0x80 + random.below(128) : random.once(20) ? 9 : 0x20 + random.below(95))).join('')
  return `${random.pick(['', ' ', '\t ', '  '])}${middle}${random.pick(['', ' ', ' \t'])}`
}

function lines(random: Random, most: number): string {
  let out = ''
  for (let left = random.below(most + 1); left > 0; left--) {
    const name = random.once(3) ? text(random, TOKEN, 1 + random.below(12)) : random.pick(NAMES)
    if (!RESERVED.test(name)) out += `${name}:${value(random)}\r\n`
  }
  return out
}

function inChunks(random: Random, body: string): string {
  let out = ''
  for (let at = 0; at < body.length;) {
    const size = Math.min(body.length - at, 1 + random.below(random.pick([3, 100, 5000])))
    out += `${random.once(4) ? '0' : ''}${random.once(2) ? size.toString(16) : size.toString(16).toUpperCase()}${random.once(8) ? ';x="y"' : ''}\r\n${body.slice(at, at + size)}\r\n`
    at += size
  }
  const trailers = random.once(2) ? Array.from({ length: random.below(4) }, (_, i) => `X-Sum-${i % 2}:${value(random)}\r\n`).join('') : ''
  return `${out}0\r\n${trailers}\r\n`
}

/** A valid request, of any kind there is, that asks nothing special of a hop. */
export function requestOf(random: Random): { readonly raw: string, readonly method: string } {
  const method = random.pick(METHODS)
  const target = method === 'OPTIONS' && random.once(4) ? '*' : `/${text(random, TARGET, random.below(40))}`
  const trailers = random.once(2) ? 'TE: trailers\r\nConnection: TE\r\n' : ''
  const start = `${method} ${target} HTTP/1.1\r\n${lines(random, 5)}Host: a.example\r\n${trailers}`
  const body = octets(random, random.pick([0, 1, 10, 1000, 30_000]))
  if (random.once(3)) return { method, raw: `${start}${lines(random, 4)}\r\n` }
  if (random.once(2)) return { method, raw: `${start}Content-Length: ${body.length}\r\n${lines(random, 4)}\r\n${body}` }
  return { method, raw: `${start}Transfer-Encoding: chunked\r\n${lines(random, 4)}\r\n${inChunks(random, body)}` }
}

/** A valid answer to it, and whether its end is that of the connection. */
export function answerOf(random: Random, method: string): { readonly raw: string, readonly closes: boolean } {
  const status = random.pick([200, 200, 200, 201, 204, 206, 301, 304, 400, 401, 404, 418, 500, 503, 599, 200 + random.below(400)])
  const reason = random.pick(['OK', '', 'I\'m a teapot', 'Caf\xe9', '  odd '])
  const start = `HTTP/1.1 ${status} ${reason}\r\n${random.once(3) ? 'Date: Tue, 01 Jan 2030 00:00:00 GMT\r\n' : ''}${lines(random, 5)}`
  const body = octets(random, random.pick([0, 1, 10, 1000, 30_000]))
  const ends = method === 'HEAD' || status === 204 || status === 304
  const kind = random.below(4)
  if (kind === 0 && status !== 204) return { closes: false, raw: `${start}Transfer-Encoding: chunked\r\n${lines(random, 4)}\r\n${ends ? '' : inChunks(random, body)}` }
  if (kind === 1 && !ends) return { closes: true, raw: `${start}${lines(random, 4)}\r\n${body}` }
  return { closes: false, raw: `${start}${status === 204 ? '' : `Content-Length: ${body.length}\r\n`}${lines(random, 4)}\r\n${ends ? '' : body}` }
}
