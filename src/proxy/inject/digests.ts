import { createHash } from 'node:crypto'
import type { ResponseHead } from '../../http/response-head.ts'

/** Fields of an answer that say something of its octets, and are said anew, or no more, when these change. */
export const BODY_FIELDS: ReadonlySet<string> = new Set(['content-length', 'content-digest', 'repr-digest', 'digest', 'content-md5', 'etag'])

// names of algorithms as the fields have them (RFC 9530 section 7, RFC 3230 section 4.1.1), and as Node does
const MODERN: ReadonlyMap<string, string> = new Map([['sha-256', 'sha256'], ['sha-512', 'sha512'], ['md5', 'md5'], ['sha', 'sha1']])

/** What the digest fields of a head say when the body is `body`: lines with CR LF. Algorithms we do not know are left out. */
export type Digests = (body: Buffer) => string

/** Reads which digests an answer states; its head need not last. */
export function digestsOf(head: ResponseHead): Digests {
  const modern = ['content-digest', 'repr-digest'].flatMap((name) => fieldOf(name, head.get(name), (algorithm, value) => `${algorithm}=:${value}:`))
  const old = fieldOf('digest', head.get('digest'), (algorithm, value) => `${algorithm}=${value}`)
  const sum: readonly Digests[] = head.get('content-md5') === undefined ? [] : [(body) => `content-md5: ${hash('md5', body)}\r\n`]
  const all = [...modern, ...old, ...sum]
  return (body) => all.map((digest) => digest(body)).join('')
}

function fieldOf(name: string, value: string | undefined, member: (algorithm: string, value: string) => string): readonly Digests[] {
  if (value === undefined) return []
  const algorithms = value.split(',').map((part) => part.split('=', 1)[0]?.trim() ?? '').filter((algorithm) => MODERN.has(algorithm.toLowerCase()))
  if (algorithms.length === 0) return []
  return [(body) => `${name}: ${algorithms.map((algorithm) => member(algorithm, hash(MODERN.get(algorithm.toLowerCase()) ?? 'sha256', body))).join(', ')}\r\n`]
}

const hash = (algorithm: string, body: Buffer): string => createHash(algorithm).update(body).digest('base64')
