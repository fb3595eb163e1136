import { isIP } from 'node:net'
import { z } from 'zod'
import { parsePointer } from '../../core/json-pointer.ts'
import { didYouMean } from '../../core/scalars.ts'
import type { Address } from '../types.ts'

/** Names of backends, routes and experiments: they go into metrics, headers and URLs. */
export const name = (): z.ZodType<string> =>
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'expected a name of letters, digits, ".", "_" and "-"')

const ADDRESS = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/

/** `host:port` or `[::1]:port` taken apart; undefined when it is neither. */
export function parseAddress(text: string): Address | undefined {
  const [, ipv6, host = ipv6, port] = ADDRESS.exec(text) ?? []
  if (host === undefined || Number(port) > 65_535 || (ipv6 !== undefined && isIP(ipv6) !== 6)) return undefined
  return { host, port: Number(port) }
}

function likelyAddress(input: unknown): string | undefined {
  const text = String(input).replace(/^https?:\/\//, '').replace(/\/+$/, '')
  const guess = /^:?\d+$/.test(text) ? `127.0.0.1:${text.replace(':', '')}`
    : text.startsWith('*:') ? `0.0.0.0${text.slice(1)}`
    : isIP(text.replace(/:\d+$/, '')) === 6 ? text.replace(/^(.*):(\d+)$/, '[$1]:$2')
    : text
  return parseAddress(guess) === undefined ? undefined : guess
}

const wrongAddress = (input: unknown): string => `expected an address such as 127.0.0.1:8080; got ${JSON.stringify(input)}${didYouMean(likelyAddress(input))}`

/** Where to listen. A port alone is refused: it would mean every interface, which is for the config to say. */
export const address = (): z.ZodType<Address> =>
  z.string({ error: ({ input }) => typeof input === 'number' ? wrongAddress(input) : undefined })
    .meta({ pattern: ADDRESS.source, examples: ['127.0.0.1:8080'] })
    .transform((text, context) => {
      const parsed = parseAddress(text)
      if (parsed !== undefined) return parsed
      context.addIssue({ code: 'custom', message: wrongAddress(text) })
      return z.NEVER
    })

/** A backend's URL, as its origin. */
export const backendUrl = (): z.ZodType<string> =>
  z.string().meta({ pattern: '^[hH][tT][tT][pP][sS]?://[^/?#@\\s]+/?$', examples: ['http://127.0.0.1:8000'] }).transform((text, context) => {
    const url = URL.parse(text)
    const problem = wrongUrl(text, url)
    if (problem === undefined && url !== null) return url.origin
    context.addIssue({ code: 'custom', message: problem ?? 'not a URL' })
    return z.NEVER
  })

function wrongUrl(text: string, url: URL | null): string | undefined {
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const guess = `http://${text}`
    return `expected a URL such as http://127.0.0.1:8000; got ${JSON.stringify(text)}${didYouMean(/^[\w.-]+:\d+$/.test(text) ? guess : undefined)}`
  }
  if (url.username !== '' || url.password !== '') return 'a URL without credentials is expected; set the authorization header instead'
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || !/^https?:\/\/[^/?#]+\/?$/i.test(text)) {
    return `expected scheme, host and port alone; got ${JSON.stringify(text)}${didYouMean(url.origin)}`
  }
  return undefined
}

const FORBIDDEN = /^(?:content-length|transfer-encoding|connection|keep-alive|proxy-connection|upgrade|trailer|te)$/i

/** Name of a header that may be set or removed. */
export const headerName = (): z.ZodType<string> =>
  z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, 'not a header name')
    .refine((text) => !FORBIDDEN.test(text), 'this header is set by Windtunnel')
    .refine((text) => text.toLowerCase() !== 'host', 'the host has a setting of its own; use `host` of the backend')

/** A header's value: no line breaks or other control characters. */
export const headerValue = (): z.ZodType<string> => z.string().regex(/^[\t\x20-\x7e\u0080-\u{10ffff}]*$/u, 'not a header value: it holds a control character')

/** A JSON Pointer; with `*` for any key or index where `wild`. */
export const pointer = (): z.ZodType<string> =>
  z.string().meta({ pattern: '^(/.*)?$' }).refine((text) => parsePointer(text) !== undefined, {
    error: ({ input }) => `expected a JSON Pointer such as /model; got ${JSON.stringify(input)}${didYouMean(likelyPointer(String(input)))}`
  })

function likelyPointer(text: string): string | undefined {
  const guess = `/${text.replace(/^\$?\.?/, '').replaceAll(/[.[\]]+/g, '/').replace(/\/$/, '')}`
  return text === '' || text.startsWith('/') || parsePointer(guess) === undefined ? undefined : guess
}

/** An IP address, or a network as `10.0.0.0/8`. */
export const network = (): z.ZodType<string> => z.string().refine((text) => {
  const [ip = '', prefix, ...rest] = text.split('/')
  const family = isIP(ip)
  return family !== 0 && rest.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 6 ? 128 : 32)))
}, 'expected an IP address or a network such as 10.0.0.0/8')

/** A host name or address, with or without a port. */
export const authority = (): z.ZodType<string> =>
  z.string().regex(/^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?$/, 'expected a name or an address, with or without a port')

/** The path of a file. */
export const filePath = (): z.ZodType<string> => z.string().min(1)

/** A whole number within bounds. */
export const count = (min: number, max: number): z.ZodType<number> => z.int().min(min).max(max)
