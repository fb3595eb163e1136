import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'

/** Looks a name up; all of its addresses. Rejects when there are none. */
export type Lookup = (hostname: string) => Promise<readonly string[]>

/** The system's own resolution, /etc/hosts included, in the order it prefers. */
export const systemLookup: Lookup = async (hostname) => {
  const found = await lookup(hostname, { all: true, order: 'verbatim' })
  return found.map(({ address }) => address)
}

/**
 * The addresses of one server, looked up again once they are older than `ttlMs` and somebody asks. The old ones serve
 * until the new are here, and for as long as the name server fails.
 */
export class Resolver {
  private addresses: readonly string[]
  private resolvedMs = -Infinity
  private pending: Promise<readonly string[]> | undefined
  private readonly hostname: string
  private readonly ttlMs: number
  private readonly clock: () => number
  private readonly lookUp: Lookup
  private readonly onChange: (addresses: readonly string[]) => void

  /** `onChange` hears of every set of addresses that differs from the one before. */
  constructor(hostname: string, ttlMs: number, clock: () => number, lookUp: Lookup, onChange: (addresses: readonly string[]) => void) {
    this.hostname = hostname.replace(/^\[|\]$/g, '')
    this.ttlMs = ttlMs
    this.clock = clock
    this.lookUp = lookUp
    this.onChange = onChange
    this.addresses = isIP(this.hostname) === 0 ? [] : [this.hostname]
    if (this.addresses.length > 0) this.resolvedMs = Infinity
  }

  /** Addresses known now; empty before the first look-up. Starts a look-up when they are old. */
  current(): readonly string[] {
    if (this.resolvedMs !== Infinity && this.pending === undefined && this.clock() - this.resolvedMs > this.ttlMs) this.refresh().catch(() => undefined)
    return this.addresses
  }

  /** Addresses, waiting for the first look-up if there are none yet. Rejects when that fails. */
  async wait(): Promise<readonly string[]> {
    const known = this.current()
    return known.length > 0 ? known : this.refresh()
  }

  private refresh(): Promise<readonly string[]> {
    this.pending ??= this.lookUp(this.hostname).then((found) => {
      const changed = found.length !== this.addresses.length || found.some((address) => !this.addresses.includes(address))
      this.addresses = found
      if (changed) this.onChange(found)
      return found
    }).finally(() => {
      this.resolvedMs = this.clock()
      this.pending = undefined
    })
    return this.pending
  }
}
