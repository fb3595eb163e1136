import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import { token } from '../../core/scalars.ts'
import type { Effect, Fault } from '../fault.ts'

/** An abort as YAML says it. */
export interface AbortFields {
  readonly kind: 'abort'
  readonly status: number
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
}

// framing is ours to state
const forbidden = /^(?:content-length|transfer-encoding|connection|keep-alive|upgrade|trailer)$/i

// no client expects octets after these, so it would take them for its next answer (RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5)
const BODILESS = new Set([204, 205, 304])

/** Answers in the backend's place, which is never asked. */
export const abort: Extension<AbortFields, Fault> = {
  summary: 'answers with `status`, `headers` and `body` in place of the backend, which is not asked',
  fields: z.strictObject({
    kind: z.literal('abort'),
    status: z.int().min(200).max(599).describe('status of the answer'),
    headers: z.record(token('header name').refine((name) => !forbidden.test(name), 'this header is set by Windtunnel'), z.string().regex(/^[\t\x20-\x7e]*$/, 'not a header value')).optional().describe('headers of the answer'),
    body: z.string().optional().describe('body of the answer, sent as it is')
  }).refine(({ status, body = '' }) => body === '' || !BODILESS.has(status), { path: ['body'], message: 'an answer with this status has no body' }),
  build: ({ status, headers = {}, body = '' }) => {
    const effect: Effect = { do: 'answer', status, headers: Object.entries(headers), body }
    return () => effect
  }
}
