import type { ConditionConfig } from '../../config/schema/condition.ts'
import type { Folded } from './increases.ts'
import { MovingMeasure } from './own-measures.ts'
import type { PrometheusQuery } from './prometheus-query.ts'
import type { Reading } from './state.ts'

/** Gives the present number of one condition. */
export interface Reader {
  /** Looks again; called about once a second. @param folded undefined when there was no snapshot */
  readonly read: (folded: Folded | undefined, atMs: number) => Reading
}

/** For which an answer of Prometheus is good, ms: a second question that fails is not to hide what the first was told. */
const FRESH_MS = 5000

/** @param query undefined where no Prometheus is configured: conditions that ask it have no number then */
export function createReader(condition: ConditionConfig, query: PrometheusQuery | undefined, closed: AbortSignal): Reader {
  return condition.kind === 'own' ? ownReader(new MovingMeasure(condition)) : queryReader(condition.promql, query, closed)
}

const ownReader = (measure: MovingMeasure): Reader => ({
  read: (folded, atMs) => {
    if (folded === undefined) return { value: undefined, problem: 'the metrics could not be read' }
    measure.take(folded, atMs)
    return { value: measure.read() }
  }
})

function queryReader(promql: string, query: PrometheusQuery | undefined, closed: AbortSignal): Reader {
  if (query === undefined) return { read: () => ({ value: undefined, problem: 'no Prometheus is configured' }) }
  let answer: { readonly reading: Reading, readonly askedMs: number } | undefined
  let isAsking = false
  const ask = async (askedMs: number): Promise<void> => {
    isAsking = true
    try {
      answer = { reading: await query(promql, closed), askedMs }
    } catch (error) {
      answer = { reading: { value: undefined, problem: String(error) }, askedMs }
    } finally {
      isAsking = false
    }
  }
  return {
    read: (_, atMs) => {
      // one question at a time: a Prometheus that is slow is not asked more often for it
      if (!isAsking && !closed.aborted) void ask(atMs)
      if (answer === undefined) return { value: undefined, problem: 'Prometheus has not answered yet' }
      return atMs - answer.askedMs <= FRESH_MS ? answer.reading : { value: undefined, problem: 'Prometheus has not answered for a while' }
    }
  }
}
