import { degraded, type Fields } from '../../support/fault.ts'

interface Given { readonly id?: string, readonly strength?: number }

/** Numbers spelled as no printer would, about classes and their probabilities. */
export const BATCH = '{"id":12345678901234567890,"predictions":[ {"label":"cat", "scores":{"cat":0.70,"dog":2e-1, "owl":0.1000}, "n":1.0},\n {"label":"d\\u006fg", "scores":{"cat":0.250,"dog":0.750,"owl":0.0}} ]}'

export const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)

export const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0)

/** The probabilities a fault makes of these; themselves when it is skipped. */
export function probabilitiesBy(kind: string, fields: Fields, probabilities: readonly number[], given: Given = {}): readonly number[] {
  const text = degraded(kind, fields, { scores: probabilities }, given)
  return text === undefined ? probabilities : (JSON.parse(text) as { readonly scores: readonly number[] }).scores
}

/** A matrix of counts: row, column. */
export const matrixOf = (size: number): number[][] => upTo(size).map(() => upTo(size).map(() => 0))
