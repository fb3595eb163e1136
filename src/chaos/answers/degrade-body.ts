import { isUtf8 } from 'node:buffer'
import { decodeBody, encodeBody } from '../../core/content-coding.ts'
import { degradeText, type WantedChange } from './degrade-text.ts'
import type { AnswerFacts } from './model-answer.ts'

/** A body with its content coding after all changes; undefined when it stays as it is. Whoever wanted a change is told what came of it. */
export function degradeBody(facts: AnswerFacts, contentEncoding: string, body: Buffer, wanted: readonly WantedChange[]): Buffer | undefined {
  const decoded = decodeBody(contentEncoding, body)
  if (typeof decoded === 'string' || !isUtf8(decoded)) {
    for (const { done } of wanted) done(undefined, typeof decoded === 'string' ? decoded : 'not_text')
    return undefined
  }
  const text = decoded.toString('utf8')
  const after = degradeText(facts, text, wanted)
  return after === text ? undefined : encodeBody(contentEncoding, Buffer.from(after, 'utf8'), body)
}
