import { z } from 'zod'
import { duration } from '../../../core/scalars.ts'
import type { Effect, FaultKind } from '../../fault.ts'
import { dialects, errorBody } from '../../parts/dialects.ts'

/** A quota as YAML says it. */
export interface QuotaFields {
  readonly kind: 'quota'
  readonly requests?: number | undefined
  readonly tokens?: number | undefined
  /** ms */
  readonly per: number
  readonly dialect?: typeof dialects[number] | undefined
}

/** What a window of time has seen. */
interface Window {
  endsMs: number
  used: number
}

// what a token is worth in octets of English, roughly
const OCTETS_PER_TOKEN = 4

/**
 * Answers 429 with Retry-After once so many requests, or tokens, of those it hits have gone through in a window of time. Each
 * data-plane thread keeps a window of its own. Tokens are those of a request by its size, and what answers say in `usage`.
 */
export const quota: FaultKind<QuotaFields> = {
  summary: 'answers 429 with Retry-After once `requests`, or `tokens`, of the requests it hits have gone through in a window of `per`',
  stage: 'answer',
  onShadow: false,
  fields: z.strictObject({
    kind: z.literal('quota'),
    requests: z.int().min(0).optional().describe('requests in a window, for each data-plane thread'),
    tokens: z.int().min(0).optional().describe('tokens in a window: of requests by their size, and of answers by their `usage`'),
    per: duration({ min: '1s', max: '24h' }).describe('length of a window'),
    dialect: z.enum(dialects).optional().describe('whose error it is; that of OpenAI by default')
  }).refine(({ requests, tokens }) => (requests === undefined) !== (tokens === undefined), { path: ['requests'], message: 'expected one of requests and tokens' }),
  build: ({ requests, tokens, per, dialect = 'openai' }) => {
    const { body, contentType } = errorBody(dialect, 429)
    const refusal = (ms: number): Effect => ({
      do: 'answer', phase: 'before', status: 429, headers: [['retry-after', String(Math.max(1, Math.ceil(ms / 1000)))], ['content-type', contentType]], body
    })
    return () => {
      const window: Window = { endsMs: 0, used: 0 }
      return ({ request, nowMs }) => {
        if (nowMs >= window.endsMs) Object.assign(window, { endsMs: nowMs + per, used: 0 })
        if (window.used >= (requests ?? tokens ?? 0)) return refusal(window.endsMs - nowMs)
        if (tokens === undefined) {
          window.used++
          return { do: 'nothing', reason: 'within_quota' }
        }
        window.used += Math.ceil((Number(request.header('content-length')) || 0) / OCTETS_PER_TOKEN)
        return {
          do: 'degrade',
          degrade: ({ document }) => {
            window.used += outputTokens(document)
            return { do: 'skip', reason: 'within_quota' }
          }
        }
      }
    }
  }
}

// under the names of OpenAI, Anthropic and Ollama
function outputTokens(document: unknown): number {
  if (typeof document !== 'object' || document === null) return 0
  const usage = new Map<string, unknown>(Object.entries({ ...document, ...(document as { usage?: object }).usage }))
  const found = ['completion_tokens', 'output_tokens', 'eval_count'].map((name) => usage.get(name)).find((value) => typeof value === 'number')
  return typeof found === 'number' && Number.isFinite(found) ? Math.max(0, found) : 0
}
