import { Agent, request } from 'undici'
import type { Reading } from './state.ts'

/** Asks for the present value of a query. Never rejects: what goes wrong is a reading without a value that says why. */
export type PrometheusQuery = (promql: string, signal: AbortSignal) => Promise<Reading>

export interface PrometheusOptions {
  /** Where its API begins: `http://prometheus:9090`, or with a path before `/api/v1`. */
  readonly url: string
  /** ms for an answer; it is told the same. */
  readonly timeoutMs: number
  /** Such as authorization. */
  readonly headers?: Readonly<Record<string, string>>
}

// one series takes a few hundred octets: a query for more is a mistake
const MAX_ANSWER_BYTES = 1024 * 1024
const MAX_PROBLEM_LENGTH = 300

/**
 * Queries a Prometheus, or what speaks as one does.
 *
 * Source: Prometheus HTTP API, instant queries.
 */
export function createPrometheusQuery({ url, timeoutMs, headers = {} }: PrometheusOptions): { readonly query: PrometheusQuery, readonly close: () => Promise<void> } {
  const agent = new Agent({ connections: 2, maxResponseSize: MAX_ANSWER_BYTES })
  const query: PrometheusQuery = async (promql, signal) => {
    try {
      const target = new URL(`${url.replace(/\/+$/, '')}/api/v1/query`)
      target.search = new URLSearchParams({ query: promql, timeout: `${Math.max(1, Math.round(timeoutMs))}ms` }).toString()
      const { statusCode, body } = await request(target, { dispatcher: agent, signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]), headers: { ...headers, accept: 'application/json' } })
      return readAnswer(statusCode, await body.text())
    } catch (error) {
      return failed(error instanceof Error ? error.message : String(error))
    }
  }
  return { query, close: () => agent.destroy() }
}

/** What an answer says: the value of a scalar, or of the only series of a vector; none for NaN and for no series. */
export function readAnswer(status: number, text: string): Reading {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    return failed(`status ${status}, and no JSON`)
  }
  const { data, error, status: said } = fieldsOf(answer)
  if (said !== 'success') return failed(typeof error === 'string' ? error : `status ${status}`)
  const { resultType, result } = fieldsOf(data)
  if (!Array.isArray(result)) return failed('an answer without a result')
  if (resultType === 'scalar') return readPoint(result)
  if (resultType !== 'vector') return failed(`expected a scalar or a vector; got a ${String(resultType)}`)
  if (result.length === 0) return { value: undefined }
  return result.length === 1 ? readPoint(fieldsOf(result[0])['value']) : failed(`expected one series; got ${result.length}`)
}

/** A time and a number in text. */
function readPoint(point: unknown): Reading {
  const text: unknown = Array.isArray(point) ? point[1] : undefined
  if (typeof text !== 'string') return failed('a series without a value')
  if (text === 'NaN') return { value: undefined }
  const value = Number(text.replace('Inf', 'Infinity'))
  return text === '' || Number.isNaN(value) ? failed(`expected a number; got ${JSON.stringify(text)}`) : { value }
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null ? { ...value } : {}

const failed = (problem: string): Reading => ({ value: undefined, problem: problem.slice(0, MAX_PROBLEM_LENGTH) })
