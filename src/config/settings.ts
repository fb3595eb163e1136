import { isIPv4 } from 'node:net'
import type { Path } from './finding.ts'
import { readText, type Surroundings } from './interpolate.ts'
import type { Report } from './report.ts'
import { isMapping, member, valueAt } from './schema-node.ts'
import { parseDuration } from '../core/scalars.ts'
import { parseAddress } from './schema/texts.ts'
import type { Address } from './types.ts'

/** Errors that take more than one setting, or the machine, to see: addresses that clash or lie open, files that are not there. */
export function checkSettings(data: unknown, { readFile }: Surroundings, report: Report): void {
  checkAddresses(data, report)
  const file = (path: Path): string | undefined => {
    const name = valueAt(data, path)
    if (typeof name !== 'string' || name === '') return undefined
    const read = readText(name, readFile)
    if ('value' in read) return read.value
    report.error(path, read.problem)
    return undefined
  }
  file(['listen', 'tls', 'cert'])
  file(['listen', 'tls', 'key'])
  if (file(['admin', 'tokenFile'])?.trim() === '') report.error(['admin', 'tokenFile'], 'the file holds no token')
  const backends = member(data, 'backends')
  for (const name of isMapping(backends) ? Object.keys(backends) : []) {
    file(['backends', name, 'tls', 'ca'])
    checkEjection(data, ['backends', name, 'eject'], report)
  }
}

function checkAddresses(data: unknown, report: Report): void {
  const listen = member(data, 'listen')
  const listenPath: Path = isMapping(listen) ? ['listen', 'address'] : ['listen']
  const client = parsed(isMapping(listen) ? member(listen, 'address') : listen, '127.0.0.1:8080')
  const admin = parsed(valueAt(data, ['admin', 'listen']), '127.0.0.1:9901')
  if (admin === undefined) return
  if (!isLoopback(admin.host) && valueAt(data, ['admin', 'tokenFile']) === undefined) {
    report.error(['admin', 'listen'], 'an admin API that others can reach needs a `tokenFile`, or a loopback address')
  }
  if (client !== undefined && client.port !== 0 && client.port === admin.port && sameHost(client.host, admin.host)) {
    const explicit = valueAt(data, ['admin', 'listen']) !== undefined
    report.error(explicit ? ['admin', 'listen'] : listenPath, 'clients and the admin API cannot share an address')
  }
}

const parsed = (value: unknown, otherwise: string): Address | undefined => {
  const text = value === undefined ? otherwise : value
  return typeof text === 'string' ? parseAddress(text) : undefined
}

const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::'
const sameHost = (a: string, b: string): boolean => a === b || isWildcard(a) || isWildcard(b)

/** Whether only this machine can connect to a host. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'))

function checkEjection(data: unknown, path: Path, report: Report): void {
  const [base, max] = ['base', 'max'].map((key) => valueAt(data, [...path, key]))
  const baseMs = parseDuration(typeof base === 'string' ? base : '1s')
  const maxMs = parseDuration(typeof max === 'string' ? max : '30s')
  if (baseMs !== undefined && maxMs !== undefined && maxMs < baseMs) {
    report.error([...path, max === undefined ? 'base' : 'max'], 'the longest time (`max`) is shorter than the first (`base`)')
  }
}
