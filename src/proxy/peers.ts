import { BlockList, isIP } from 'node:net'
import { FORWARDED, CONTROL, X_FORWARDED } from '../http/field-id.ts'
import type { RequestHead } from '../http/request-head.ts'

export interface PeerOptions {
  /** Networks (CIDR) or addresses whose word on x-forwarded-* and the like is taken. */
  readonly trust: readonly string[]
  /** Whether x-forwarded-for, -proto and -host are sent to backends. */
  readonly forwarded: boolean
  /** Pseudonym in Via, unlike any other proxy's; undefined sends none. */
  readonly via: string | undefined
}

/** Who is on the other side of a client connection, and what a backend is told about it. */
export interface Peer {
  readonly address: string
  readonly trusted: boolean
  /** Bits of the identity fields of its requests that are not passed on. */
  readonly drop: number
  /** What was told of its last request: on a connection nearly all name the same host. */
  told: { readonly authority: string, readonly minor: number, readonly lines: string } | undefined
}

const IDENTITY = (1 << FORWARDED) | (1 << X_FORWARDED) | (1 << CONTROL)

/**
 * Identity towards backends. What a client says about where it comes from is dropped unless it is trusted; a trusted
 * peer's x-forwarded-for is appended to and its other fields are kept (RFC 7239 section 8.1, RFC 9110 section 7.6.3).
 */
export class Peers {
  private readonly options: PeerOptions
  private readonly scheme: 'http' | 'https'
  private readonly trusted = new BlockList()
  private readonly anyone: boolean

  constructor(options: PeerOptions, scheme: 'http' | 'https') {
    this.options = options
    this.scheme = scheme
    for (const network of options.trust) {
      const [address = '', prefix] = network.split('/')
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
      this.trusted.addSubnet(address, prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix), family)
    }
    this.anyone = options.trust.length > 0
  }

  peer(remoteAddress: string): Peer {
    const address = remoteAddress.startsWith('::ffff:') ? remoteAddress.slice(7) : remoteAddress
    const trusted = this.anyone && this.trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
    return { address, trusted, drop: trusted ? 0 : IDENTITY, told: undefined }
  }

  /** Whether a request has been through this very process. */
  loops(via: string): boolean {
    const { via: pseudonym } = this.options
    return pseudonym !== undefined && via.split(',').some((hop) => hop.trim().split(/\s+/)[1] === pseudonym)
  }

  /** The lines a backend is told about a request's way here, with CR LF. */
  lines(peer: Peer, head: RequestHead): string {
    const { authority, minor } = head
    if (peer.trusted) return `${this.options.forwarded ? this.trustedLines(peer, head) : ''}${this.trail(minor)}`
    let { told } = peer
    if (told?.authority !== authority || told.minor !== minor) peer.told = told = { authority: own(authority), minor, lines: own(this.untrustedLines(peer, authority) + this.trail(minor)) }
    return told.lines
  }

  /** Names whose lines a trusted peer's request loses because `lines` writes them anew. */
  replaced(peer: Peer): ReadonlySet<string> | undefined {
    return peer.trusted && this.options.forwarded ? REWRITTEN : undefined
  }

  private trail(minor: number): string {
    const { via } = this.options
    return via === undefined ? '' : `via: 1.${minor} ${via}\r\n`
  }

  private untrustedLines({ address }: Peer, authority: string): string {
    return this.options.forwarded ? `x-forwarded-for: ${address}\r\nx-forwarded-proto: ${this.scheme}\r\nx-forwarded-host: ${authority}\r\n` : ''
  }

  private trustedLines(peer: Peer, head: RequestHead): string {
    const before = head.get('x-forwarded-for')
    const proto = head.get('x-forwarded-proto') === undefined ? `x-forwarded-proto: ${this.scheme}\r\n` : ''
    const host = head.get('x-forwarded-host') === undefined ? `x-forwarded-host: ${head.authority}\r\n` : ''
    return `x-forwarded-for: ${before === undefined || before === '' ? '' : `${before}, `}${peer.address}\r\n${proto}${host}`
  }
}

// a text in memory of its own: cut out of a head, it would keep all of that for as long as the connection lasts
const own = (text: string): string => Buffer.from(text, 'latin1').toString('latin1')

const REWRITTEN: ReadonlySet<string> = new Set(['x-forwarded-for'])
