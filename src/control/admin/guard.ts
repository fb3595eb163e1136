import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isLoopback } from '../../config/settings.ts'
import type { Address, AdminConfig } from '../../config/types.ts'

/** Why a request to the admin API is turned away. */
export interface Refusal {
  readonly status: 401 | 403
  readonly code: string
  readonly message: string
}

/** Checks every request to the admin API before anything looks at it; undefined lets it pass. */
export type Guard = (request: IncomingMessage) => Refusal | undefined

const PORT = /:\d+$/

/**
 * A web page the operator has open must not be able to reach the API through the operator's own browser: the Host must be one
 * of ours (against DNS rebinding), and no other origin may speak, not even one of this machine on another port. Writes need
 * the token when there is one.
 *
 * @param hosts further names the admin address may be called by; asked anew for each request
 * @param token read anew for each write, so that a rotated secret takes effect; undefined when none is configured
 */
export function createGuard(address: Address, hosts: () => readonly string[], token: () => string | undefined): Guard {
  const own = new Set([address.host.toLowerCase(), '127.0.0.1', 'localhost', '[::1]'])
  const isOurs = (host: string): boolean => {
    const bare = host.replace(PORT, '')
    return own.has(bare) || hosts().some((name) => [host, bare].includes(name.toLowerCase()))
  }
  return (request) => {
    const host = request.headers.host?.toLowerCase() ?? ''
    // the very address the connection came to is no name that could have been rebound
    const direct = host.replace(PORT, '').replace(/^\[|\]$/g, '') === request.socket.localAddress?.replace(/^::ffff:/, '')
    if (!direct && !isOurs(host)) return { status: 403, code: 'foreign_host', message: `this is not ${host}; add the name to admin.hosts if it is` }
    const { origin } = request.headers
    if (origin !== undefined && origin.toLowerCase().replace(/^https?:\/\//, '') !== host) return { status: 403, code: 'foreign_origin', message: 'requests from other origins are refused' }
    if (request.headers['sec-fetch-site'] === 'cross-site') return { status: 403, code: 'foreign_origin', message: 'requests from other sites are refused' }
    if (request.method === 'GET' || request.method === 'HEAD') return undefined
    const secret = token()
    if (secret === undefined || same(tokenOf(request.headers.authorization), secret)) return undefined
    return { status: 401, code: 'token_required', message: 'writes need "authorization: Bearer <token>"' }
  }
}

/**
 * Path of the file whose token writes need, if they need one. The address stays what it was at the start until a restart, and
 * one that others can reach is never without a token, whatever a config that was loaded since says.
 */
export const tokenFileOf = (atStart: AdminConfig, now: AdminConfig): string | undefined =>
  now.tokenFile ?? (isLoopback(atStart.address.host) ? undefined : atStart.tokenFile)

// the scheme is written in any case (RFC 9110 section 11.1)
const tokenOf = (authorization = ''): string => /^bearer +(.*)$/i.exec(authorization)?.[1] ?? ''

// hashed first, so that neither content nor length is told by the time it takes
function same(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}
