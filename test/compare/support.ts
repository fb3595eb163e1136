import type { Answer } from '../../src/core/answer.ts'
import { createComparison, type ComparisonOptions, type Result } from '../../src/compare/compare-answers.ts'
import type { Difference, FieldVisitor } from '../../src/compare/walk/field-visitor.ts'

/** An answer; a body that is no text and no octets is sent as JSON. */
export function answer(body: unknown, rest: Partial<Answer> = {}): Answer {
  const octets = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return { status: 200, contentType: 'application/json', contentEncoding: '', firstByteMs: 1, durationMs: 2, ...rest, body: octets }
}

/** Remembers what it is told: paths that are `alike` in order, and those that are `unlike` as "path kind". */
export class Recorder implements FieldVisitor {
  alike: string[] = []
  unlike: string[] = []
  values: (readonly [primary: unknown, other: unknown])[] = []

  begin(): void {
    this.alike = []
    this.unlike = []
    this.values = []
  }

  same(path: string): void {
    this.alike.push(path)
  }

  differs(path: string, kind: Difference, primary: unknown, other: unknown): void {
    this.unlike.push(`${path} ${kind}`)
    this.values.push([primary, other])
  }
}

export interface Compared {
  readonly result: Result
  readonly same: readonly string[]
  readonly differs: readonly string[]
  readonly values: readonly (readonly [primary: unknown, other: unknown])[]
}

export function compare(primary: Answer, other: Answer, options: Partial<ComparisonOptions> = {}): Compared {
  const recorder = new Recorder()
  const result = createComparison({ ignore: [], fields: [], ...options }).compare(primary, other, recorder)
  return { result, same: recorder.alike, differs: recorder.unlike, values: recorder.values }
}

/** Compares two JSON documents, given as texts or as values. */
export const compareJson = (primary: unknown, other: unknown, options: Partial<ComparisonOptions> = {}): Compared =>
  compare(answer(primary), answer(other), options)

/** Uniform in [0, 1), the same for the same seed (Mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** One of a list, each as likely. */
export function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!
}
