import { ModelAnswer } from '../../../src/chaos/answers/model-answer.ts'
import { Draws } from '../../../src/chaos/draws.ts'
import type { Blow, Effect, Striker } from '../../../src/chaos/fault.ts'
import { faults } from '../../../src/chaos/faults/index.ts'
import type { EventStep } from '../../../src/chaos/streams/script.ts'
import { RawEvent } from '../../../src/chaos/streams/raw-event.ts'
import { keyOf, saltOf } from '../../../src/core/hash.ts'
import { replaceSpans } from '../../../src/core/json-edit.ts'
import { requestOf } from '../../support/request.ts'

export type Fields = Readonly<Record<string, unknown>>

/** A fault of the registry by its kind, built from fields as YAML has them, at the start of a run. */
export function strikerOf(kind: string, fields: Fields): Striker {
  const fault = faults.find(({ name }) => name === kind)
  if (fault === undefined) throw new Error(`no fault ${kind}`)
  return fault.build(fault.fields.parse({ kind, ...fields }))()
}

/** What a fault knows of the request `id`. */
export function blowOf(id: string, overrides: Partial<Blow> = {}): Blow {
  const key = keyOf(id)
  return { draws: new Draws(saltOf('chaos value', 'test', '0'), key), strength: 1, request: requestOf(), key, nowMs: 0, ...overrides }
}

export interface Facts { readonly path?: string, readonly status?: number, readonly contentType?: string }

/** A model's answer. */
export function answerOf(body: unknown, { path = '/v1/models/house:predict', status = 200, contentType = 'application/json' }: Facts = {}): ModelAnswer {
  return new ModelAnswer({ path, status, contentType }, typeof body === 'string' ? body : JSON.stringify(body))
}

/** The text of an answer after an effect was had; undefined when it was skipped. @throws when the effect is not on whole answers */
export function degradedBy(effect: Effect, answer: ModelAnswer): string | undefined {
  if (effect.do === 'nothing') return undefined
  if (effect.do !== 'degrade') throw new Error(`not on whole answers: ${effect.do}`)
  const result = effect.degrade(answer)
  switch (result.do) {
    case 'skip': return undefined
    case 'replace': return result.text
    default: return result.edits.length === 0 ? undefined : replaceSpans(answer.text, result.edits)
  }
}

/** The answer's text as one request of this id gets it from a fault at the start of its run. */
export const degraded = (kind: string, fields: Fields, body: unknown, { id = 'r', strength = 1, ...facts }: Facts & { readonly id?: string, readonly strength?: number } = {}): string | undefined =>
  degradedBy(strikerOf(kind, fields)(blowOf(id, { strength })), answerOf(body, facts))

/** Why an answer is skipped; undefined when it is not. */
export function skipOf(kind: string, fields: Fields, body: unknown, facts: Facts = {}): string | undefined {
  const effect = strikerOf(kind, fields)(blowOf('r'))
  if (effect.do === 'nothing') return effect.reason
  if (effect.do !== 'degrade') throw new Error(`not on whole answers: ${effect.do}`)
  const result = effect.degrade(answerOf(body, facts))
  return result.do === 'skip' ? result.reason : result.do === 'edit' && result.edits.length === 0 ? 'no_edits' : undefined
}

/** What a fault makes of a stream: its steps, one after the other, with the end's. Events of SSE are given without the empty line. */
export function played(kind: string, fields: Fields, events: readonly string[], { id = 'r', format = 'sse', strength = 1 }: { readonly id?: string, readonly format?: 'sse' | 'lines', readonly strength?: number } = {}): { readonly steps: readonly EventStep[], readonly fired: boolean } {
  const effect = strikerOf(kind, fields)(blowOf(id, { strength }))
  if (effect.do !== 'events') throw new Error(`not on events: ${effect.do}`)
  const { script } = effect
  const steps = events.flatMap((event) => script.event(new RawEvent(format, Buffer.from(`${event}${format === 'sse' ? '\n\n' : '\n'}`))))
  return { steps: [...steps, ...script.end()], fired: script.fired }
}
