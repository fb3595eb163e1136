import type { RequestView } from '../../src/core/request-view.ts'
import { parseRequest } from '../../src/control/parse-request.ts'

export interface TestRequest {
  readonly method?: string
  readonly target?: string
  /** "name: value" */
  readonly headers?: readonly string[]
  readonly body?: string
}

/** A request as rules see it, through the parser that serves. */
export function requestOf({ method = 'GET', target = '/', headers = [], body }: TestRequest = {}): RequestView {
  const parsed = parseRequest({ method, target, headers, body })
  if (!parsed.ok) throw new Error(`${parsed.code}: ${parsed.message}`)
  return parsed.view
}
