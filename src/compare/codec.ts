/** One event of a stream of them (SSE), or one line (NDJSON). */
export interface StreamEvent {
  /** What the event says it is; empty where it says nothing, and for lines. */
  readonly type: string
  readonly data: string
  /** Octets of the body up to the end of the event: which of the reads it came with. */
  readonly end: number
}

/** A stream put together. */
export interface Assembled {
  /** What the answer would have been in one piece. */
  readonly document: unknown
  /** Indices of the events that brought something to read: the first is the first token. */
  readonly content: readonly number[]
  /** Whether it said that this is all; a stream that just stops may have been cut. */
  readonly complete: boolean
  /** What it said had gone wrong, in the midst of it. */
  readonly error: unknown
}

/** A rule on a field as a config writes it: `at` is a JSON Pointer in which `*` is any key or index, `as` names a comparator, the rest is its own. */
export interface FieldRule {
  readonly at: string
  readonly as: string
  readonly [option: string]: unknown
}

/** How the answers of a kind are compared where a config does not say otherwise. */
export interface DefaultRules {
  /** JSON Pointers to what differs between any two answers: ids, times. */
  readonly ignore: readonly string[]
  readonly fields: readonly FieldRule[]
  /** Tolerance of numbers that no rule is on (compare/comparators/number.ts). */
  readonly numbers: 'exact' | 'float32' | 'float16' | 'bfloat16'
}

/** One kind of model answer: how it is told, and what of it matters. Works on parsed JSON of any shape and never throws. */
export interface Codec {
  /** One sentence for help and docs. */
  readonly summary: string
  readonly rules: DefaultRules
  /**
   * Whether an answer is of this kind. The first in the registry that says so has it, so it must be sure.
   * @param path of the request, without its query
   * @param document the parsed answer, or the parsed data of the first event of a stream; undefined when it is no JSON
   * @param streamed whether it is a stream
   */
  recognises(path: string, document: unknown, streamed: boolean): boolean
  /** The document that is compared, where it is not the answer as it is. */
  canonical?(document: unknown): unknown
  /** Puts a stream together. Without it, a stream of this kind is the list of its events. */
  assemble?(events: readonly StreamEvent[]): Assembled
}
