import { recognise } from '../../compare/codecs/index.ts'
import { findSpans, type Span } from '../../core/json-edit.ts'
import type { Pointer } from '../../core/json-pointer.ts'

/** What is known of an answer without reading it. */
export interface AnswerFacts {
  /** Of the request, without its query. */
  readonly path: string
  readonly status: number
  readonly contentType: string
}

/** A whole answer of a model, decoded, as faults see it. */
export class ModelAnswer {
  readonly facts: AnswerFacts
  readonly text: string
  private parsed: { readonly document: unknown } | undefined
  private recognised: string | undefined

  constructor(facts: AnswerFacts, text: string) {
    this.facts = facts
    this.text = text
  }

  /** The answer as JSON; undefined when it is none. For looking: what is to be changed is changed in the text. */
  get document(): unknown {
    this.parsed ??= { document: parse(this.text) }
    return this.parsed.document
  }

  /** What kind of answer it is: the name of a codec (compare/codecs). */
  get codec(): string {
    this.recognised ??= recognise(this.facts.path, this.document, false).name
    return this.recognised
  }

  /** Where values stand that pointers point at, `*` for any key or index: in the order of the text, none inside another. Empty when it is no JSON. */
  find(pointers: readonly Pointer[]): readonly Span[] {
    return findSpans(this.text, pointers) ?? []
  }

  /** The text of a value as it was sent. */
  textOf({ start, end }: Span): string {
    return this.text.slice(start, end)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
