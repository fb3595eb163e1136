import type { ModelAnswer } from '../answers/model-answer.ts'
import { stringAt, stringText } from '../answers/scalars.ts'
import { compileTarget } from '../answers/target.ts'
import type { Blow, Fault } from '../fault.ts'
import { type Edits, editsOf } from './edits.ts'
import type { Span } from '../../core/json-edit.ts'

/** What `at` is to the faults that change what a language model has written. */
export const AT_TEXT = 'where the text is, `text` when left out'

/** What a text becomes, or the reason why it stays. */
export type Rewrite = (text: string, blow: Blow) => string | { readonly skip: string }

/** A fault that rewrites each text that is found at `at`. */
export function rewriting(at: string | undefined, rewrite: Rewrite): Fault {
  const target = compileTarget(at ?? 'text')
  return () => (blow) => ({ do: 'degrade', degrade: (answer) => editsOf(answer, target.find(answer), (span) => rewritten(answer, span, (text) => rewrite(text, blow))) })
}

/** The edit that makes another text of the one that stands there. */
export function rewritten(answer: ModelAnswer, span: Span, rewrite: (text: string) => string | { readonly skip: string }): Edits {
  const text = stringAt(answer, span)
  if (text === undefined) return 'wrong_type'
  const made = rewrite(text)
  if (typeof made !== 'string') return made.skip
  return made === text ? [] : [{ ...span, text: spelledAs(answer.textOf(span), made) }]
}

/** A string as JSON has it; in ASCII alone where the one whose place it takes was, as Python writes them. */
export function spelledAs(was: string, value: string): string {
  const text = stringText(value)
  return ASCII.test(was) ? text.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`) : text
}

/** A piece of a text, and the space that parts it from the next one. */
export interface Piece {
  readonly text: string
  readonly space: string
}

/** The sentences of a text, which they make up again: each up to a full stop and the like before a space, or up to the end of its line. */
export function sentencesOf(text: string): readonly Piece[] {
  return (text.match(SENTENCE) ?? []).filter((sentence) => sentence !== '').map((sentence) => {
    const said = sentence.trimEnd()
    return { text: said, space: sentence.slice(said.length) }
  })
}

/** Pieces in a row; without the space behind the last one, unless the text they are of had some. */
export function joined(pieces: readonly Piece[], end: string): string {
  return pieces.map((piece, i) => piece.text + (i === pieces.length - 1 ? end : piece.space)).join('')
}

const ASCII = /^[\0-\x7f]*$/
const SENTENCE = /[^]*?(?:[.!?\u2026]["'\u201d\u2019)\]]*(?=\s)|[\u3002\uff01\uff1f]|\n|$)\s*/g
