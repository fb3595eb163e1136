import { X_REQUEST_ID, MIRROR_MARK } from '../http/field-id.ts'
import { badFieldValue, badStartLine } from '../http/problems.ts'
import { RequestHead } from '../http/request-head.ts'
import { HeadView } from '../proxy/request-view.ts'

/** A request as a person describes it. */
export interface DescribedRequest {
  readonly method: string
  /** Path with query, or an absolute URL. */
  readonly target: string
  /** "name: value" */
  readonly headers: readonly string[]
  readonly body: string | undefined
}

/** A described request as the data plane would see it. */
export type ParsedRequest =
  | { readonly ok: true, readonly view: HeadView, readonly requestId: string | undefined, readonly isMirrored: boolean, readonly bodyIsJson: boolean }
  | { readonly ok: false, readonly code: string, readonly status: number, readonly message: string }

/** Puts a described request through the parser that serves, so that what it refuses is refused here too. */
export function parseRequest({ method, target, headers, body }: DescribedRequest): ParsedRequest {
  // a line that holds another would be read as two
  if (/[\r\n]/.test(method + target)) return { ok: false, ...badStartLine }
  if (headers.some((line) => /[\r\n]/.test(line))) return { ok: false, ...badFieldValue }
  const named = new Set(headers.map((line) => line.slice(0, line.indexOf(':')).trim().toLowerCase()))
  const lines = [...headers.map((line) => line.replace(/^([^:]*):[ \t]*/, '$1: '))]
  if (!named.has('host')) lines.unshift(`host: ${hostOf(target)}`)
  const octets = Buffer.from(body ?? '', 'utf8')
  if (body !== undefined && !named.has('content-length')) lines.push(`content-length: ${octets.length}`)
  const input = Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'utf8') // as clients send what is not ASCII
  const head = new RequestHead()
  const problem = head.parse(input, 0, input.length, { maxHeadBytes: input.length, maxFields: 1000 })
  if (problem !== undefined) return { ok: false, ...problem }
  const view = new HeadView(head)
  const bodyIsJson = view.readBody([octets])
  return { ok: true, view, requestId: head.known(X_REQUEST_ID), isMirrored: head.has(MIRROR_MARK), bodyIsJson }
}

// what a client would name; where the target is no URL, the parser says so
const hostOf = (target: string): string => /^https?:/i.test(target) ? URL.parse(target)?.host ?? '127.0.0.1' : '127.0.0.1'
