import { replaceSpans } from '../../core/json-edit.ts'
import type { Degrade } from '../fault.ts'
import { type AnswerFacts, ModelAnswer } from './model-answer.ts'

/** One change that is wanted, and whoever hears what came of it. */
export interface WantedChange {
  readonly degrade: Degrade
  /** Called once: with what the text was before and is after, or with why nothing was done. */
  done(change: { readonly before: string, readonly after: string } | undefined, reason: string): void
}

/** A text after all changes, one after the other. A change that fails is left out, and the others are made. */
export function degradeText(facts: AnswerFacts, text: string, wanted: readonly WantedChange[]): string {
  let answer = new ModelAnswer(facts, text)
  for (const { degrade, done } of wanted) {
    let after = answer.text
    let reason = ''
    try {
      const degraded = degrade(answer)
      switch (degraded.do) {
        case 'skip':
          reason = degraded.reason
          break
        case 'replace':
          after = degraded.text
          break
        default:
          after = replaceSpans(answer.text, degraded.edits)
      }
    } catch {
      reason = 'error'
    }
    if (after === answer.text) {
      done(undefined, reason === '' ? 'unchanged' : reason)
      continue
    }
    done({ before: answer.text, after }, '')
    answer = new ModelAnswer(facts, after)
  }
  return answer.text
}
