import { createComparison, type ComparisonOptions, type Result } from '../../src/compare/compare-answers.ts'
import type { Comparator } from '../../src/compare/comparator.ts'
import { createJudge, type Judge, type JudgeOptions } from '../../src/compare/judge.ts'
import type { Difference, FieldVisitor } from '../../src/compare/walk/field-visitor.ts'
import type { Answer } from '../../src/core/answer.ts'
import type { Trial } from '../../src/core/trial.ts'

/** An answer; a body that is no text and no octets is sent as JSON. */
export function answer(body: unknown, rest: Partial<Answer> = {}): Answer {
  const octets = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return { status: 200, contentType: 'application/json', contentEncoding: '', fields: [], firstByteMs: 1, durationMs: 2, marks: [], ...rest, body: octets }
}

/** A mirrored request: what the primary answered, and what the other two did. */
export const trial = (requestId: string, primary: Answer, shadow?: Answer, baseline?: Answer, rest: Partial<Trial> = {}): Trial =>
  ({ route: 'house', mirror: 'next', baselineBackend: baseline === undefined ? '' : 'stable', requestId, path: '/', request: undefined, headers: [], probability: 1, primary, shadow, baseline, ...rest })

/** A judge with the terms that a config has by default. */
export const judgeOf = (options: Partial<JudgeOptions> = {}): Judge => createJudge({ ignore: [], fields: [], margin: 0.01, measureMargin: 0.05, confidence: 0.95, ...options })

/** Remembers what it is told: paths that are `alike` in order, those that are `unlike` as "path kind", and what was measured. */
export class Recorder implements FieldVisitor {
  alike: string[] = []
  unlike: string[] = []
  unknown: string[] = []
  values: (readonly [primary: unknown, other: unknown])[] = []
  measures: (readonly [path: string, ...measured: number[]])[] = []

  begin(): void {
    this.alike = []
    this.unlike = []
    this.unknown = []
    this.values = []
    this.measures = []
  }

  same(path: string): void {
    this.alike.push(path)
  }

  differs(path: string, kind: Difference, primary: unknown, other: unknown): void {
    this.unlike.push(`${path} ${kind}`)
    this.values.push([primary, other])
  }

  gaveUp(path: string): void {
    this.unknown.push(path)
  }

  measured(path: string, _comparator: Comparator, measured: Float64Array): void {
    this.measures.push([path, ...measured])
  }
}

export interface Compared {
  readonly result: Result
  readonly same: readonly string[]
  readonly differs: readonly string[]
  readonly gaveUp: readonly string[]
  readonly values: readonly (readonly [primary: unknown, other: unknown])[]
  readonly measures: Recorder['measures']
}

export function compare(primary: Answer, other: Answer, options: Partial<ComparisonOptions> = {}, path: string = '/'): Compared {
  const recorder = new Recorder()
  const comparison = createComparison({ ignore: [], fields: [], ...options })
  const read = comparison.read(primary, path)
  const result = comparison.compare(read, comparison.read(other, path, read), recorder)
  return { result, same: recorder.alike, differs: recorder.unlike, gaveUp: recorder.unknown, values: recorder.values, measures: recorder.measures }
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
