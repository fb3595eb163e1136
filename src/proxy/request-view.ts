import type { RequestView } from '../core/request-view.ts'
import { COOKIE } from '../http/field-id.ts'
import type { RequestHead } from '../http/request-head.ts'
import { normalPath } from './normal-path.ts'

/** A request as rules see it, read from its head when they ask. */
export class HeadView implements RequestView {
  private readonly head: RequestHead
  private normal: string | undefined
  private parsed: unknown
  private bodyRead = false

  constructor(head: RequestHead) {
    this.head = head
  }

  get method(): string {
    return this.head.method
  }

  get path(): string {
    this.normal ??= normalPath(this.head.path)
    return this.normal
  }

  get host(): string {
    return this.head.authority.toLowerCase()
  }

  header(name: string): string | undefined {
    return this.head.get(name)
  }

  query(name: string): string | undefined {
    const at = this.head.target.indexOf('?')
    return at < 0 ? undefined : new URLSearchParams(this.head.target.slice(at + 1)).get(name) ?? undefined
  }

  cookie(name: string): string | undefined {
    const { head } = this
    const first = head.indexOf(COOKIE)
    // line by line: joined they would be told apart by commas, which a value may hold too
    for (let i = first; i >= 0 && i < head.count; i++) {
      if (head.name(i).toLowerCase() !== 'cookie') continue
      for (const pair of head.value(i).split(';')) {
        const equals = pair.indexOf('=')
        if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
      }
    }
    return undefined
  }

  json(): unknown {
    return this.parsed
  }

  /** Whether the body has been given. */
  get hasBody(): boolean {
    return this.bodyRead
  }

  /** Gives the whole body; false when it is not JSON. */
  readBody(pieces: readonly Buffer[]): boolean {
    this.bodyRead = true
    try {
      this.parsed = JSON.parse((pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces)).toString('utf8'))
      return true
    } catch {
      return false
    }
  }
}
