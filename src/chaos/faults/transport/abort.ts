import { z } from 'zod'
import { token } from '../../../core/scalars.ts'
import { dialects, errorBody } from '../../parts/dialects.ts'
import type { Effect, FaultKind, Phase } from '../../fault.ts'

/** An abort as YAML says it. */
export interface AbortFields {
  readonly kind: 'abort'
  readonly status: number
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
  readonly dialect?: typeof dialects[number] | undefined
  readonly message?: string | undefined
  readonly phase?: Phase | undefined
}

// framing is ours to state
const forbidden = /^(?:content-length|transfer-encoding|connection|keep-alive|upgrade|trailer)$/i

// no client expects octets after these, so it would take them for its next answer (RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5)
const BODILESS = new Set([204, 205, 304])

/** Answers in the backend's place. */
export const abort: FaultKind<AbortFields> = {
  summary: 'answers with `status`, `headers` and `body`, or an error in a `dialect`, in place of the backend',
  stage: 'answer',
  onShadow: true,
  fields: z.strictObject({
    kind: z.literal('abort'),
    status: z.int().min(200).max(599).describe('status of the answer'),
    headers: z.record(token('header name').refine((name) => !forbidden.test(name), 'this header is set by Windtunnel'), z.string().regex(/^[\t\x20-\x7e]*$/, 'not a header value')).optional().describe('headers of the answer'),
    body: z.string().optional().describe('body of the answer, sent as it is'),
    dialect: z.enum(dialects).optional().describe('whose error the body is, in place of `body`'),
    message: z.string().optional().describe('what such an error says'),
    phase: z.enum(['before', 'after']).optional().describe('whether the backend is left alone (`before`, the default) or asked, and its answer lost (`after`)')
  }).refine(({ status, body = '', dialect }) => (body === '' && dialect === undefined) || !BODILESS.has(status), { path: ['body'], message: 'an answer with this status has no body' })
    .refine(({ body, dialect }) => body === undefined || dialect === undefined, { path: ['dialect'], message: 'expected body or dialect, not both' })
    .refine(({ dialect, message }) => message === undefined || dialect !== undefined, { path: ['message'], message: 'expected a dialect beside it' }),
  build: ({ status, headers = {}, body = '', dialect, message, phase = 'before' }) => {
    const effect: Effect = { do: 'answer', phase, ...dialect === undefined ? { status, headers: Object.entries(headers), body } : withDialect(status, headers, errorBody(dialect, status, message)) }
    return () => () => effect
  }
}

function withDialect(status: number, headers: Readonly<Record<string, string>>, { contentType, body }: { readonly contentType: string, readonly body: string }): Pick<Extract<Effect, { do: 'answer' }>, 'status' | 'headers' | 'body'> {
  const given = Object.entries(headers)
  const typed = given.some(([name]) => name.toLowerCase() === 'content-type')
  return { status, headers: typed ? given : [...given, ['content-type', contentType]], body }
}
