import { z } from 'zod'
import { percent } from '../../../core/scalars.ts'
import { compileTarget, targetField } from '../../answers/target.ts'
import type { FaultKind } from '../../fault.ts'
import { editsOf } from '../../parts/edits.ts'
import { flipProbability, type Flips, type Matrix, matrixFlips, uniformFlips } from './flips.ts'
import { type Label, labelAt, labelsField, labelText } from './label.ts'
import { inTextOrder, ROWS_DIFFER } from './pairs.ts'
import { rowsAt } from './probabilities.ts'
import { swapped } from './swap.ts'

/** Wrong classes as YAML says them. */
export interface LabelFlipFields {
  readonly kind: 'label-flip'
  readonly at?: string | undefined
  readonly percent?: number | undefined
  readonly matrix?: Matrix | undefined
  readonly accuracyLoss?: number | undefined
  readonly accuracy?: number | undefined
  readonly labels?: readonly Label[] | undefined
  readonly scoresAt?: string | undefined
  readonly consistency?: 'leave' | 'swap' | undefined
}

const WAYS = ['percent', 'matrix', 'accuracyLoss'] as const

/** Makes a model answer with a wrong class, each row by itself. Two draws for each, so that more strength only adds to those hit. */
export const labelFlip: FaultKind<LabelFlipFields> = {
  summary: 'puts another class in the place of the one that was answered',
  stage: 'payload',
  onShadow: true,
  scales: 'the probability that a class is another',
  effect: 'with K labels, share p and accuracy a: a(1-p) + (1-a)p/(K-1); with a matrix M: confusion C becomes C*M; with accuracyLoss: a - accuracyLoss',
  fields: z.strictObject({
    kind: z.literal('label-flip'),
    at: targetField.optional().describe('where the classes are, `label` when left out: text, numbers or truth values'),
    percent: percent().refine((share) => share > 0, 'expected more than 0').optional().describe('how likely a class becomes another one of `labels`, each as likely, in percent'),
    matrix: z.record(z.string(), z.record(z.string(), z.number().min(0).max(1)).refine(sumsToOne, 'expected probabilities that sum to 1'))
      .refine(movesAny, 'expected a class that may become another').optional().describe('or how likely which class becomes which: {from: {to: probability}}; those without a row stay'),
    accuracyLoss: percent().refine((loss) => loss > 0, 'expected more than 0').optional().describe('or by how many percentage points the accuracy is to fall; with `accuracy` and `labels`'),
    accuracy: percent().optional().describe('with `accuracyLoss`: what the accuracy is, in percent'),
    labels: labelsField.optional().describe('the classes there are, others are left alone; with `scoresAt` in the order in which arrays have them'),
    scoresAt: targetField.optional().describe('where the probabilities of each class are, as many of them as classes and in the same order: arrays, or objects by class'),
    consistency: z.enum(['leave', 'swap']).optional().describe('with `scoresAt`: whether the probabilities of the old and the new class change places (`swap`, when left out), or stay (`leave`)')
  }).refine((fields) => WAYS.filter((way) => fields[way] !== undefined).length === 1, { path: ['percent'], message: 'expected one of percent, matrix, accuracyLoss' })
    .refine(({ matrix, labels }) => matrix !== undefined || labels !== undefined, { path: ['labels'], message: 'expected the classes there are' })
    .refine(({ matrix, labels, scoresAt }) => matrix === undefined || labels === undefined || scoresAt !== undefined, { path: ['labels'], message: 'expected no labels beside matrix but to say in which order scoresAt has them' })
    .refine(({ accuracyLoss, accuracy }) => (accuracyLoss === undefined) === (accuracy === undefined), { path: ['accuracy'], message: 'expected accuracyLoss and accuracy, or neither' })
    .refine(isPossible, { path: ['accuracyLoss'], message: 'expected no more than is lost when every class becomes another: accuracy - (100 - accuracy) / (labels - 1)' })
    .refine(({ scoresAt, consistency }) => consistency === undefined || scoresAt !== undefined, { path: ['consistency'], message: 'expected scoresAt beside it' }),
  build: (fields) => {
    const { at, labels, scoresAt, consistency = 'swap' } = fields
    const target = compileTarget(at ?? 'label')
    const scores = scoresAt === undefined || consistency === 'leave' ? undefined : compileTarget(scoresAt)
    const flips = flipsOf(fields)
    return () => ({ draws, strength }) => ({
      do: 'degrade',
      degrade: (answer) => {
        const found = target.find(answer)
        const beside = found.length === 0 ? undefined : scores?.find(answer).flatMap((span) => rowsAt(answer, span))
        if (beside !== undefined && beside.length !== found.length) return ROWS_DIFFER
        let row = 0
        return inTextOrder(editsOf(answer, found, (span) => {
          const values = beside?.[row++]
          const [hit, which] = [draws.uniform(), draws.uniform()]
          const from = labelAt(answer, span)
          if (from === undefined) return 'wrong_type'
          const flip = flips(from)
          if (flip === undefined) return 'no_match'
          if (hit >= flip.probability * strength) return []
          const to = flip.to(which)
          const edits = values === undefined ? [] : swapped(answer, values, labels, from, to)
          return typeof edits === 'string' ? edits : [{ ...span, text: labelText(to) }, ...edits]
        }))
      }
    })
  }
}

function flipsOf({ percent: share = 0, matrix, accuracyLoss, accuracy = 0, labels = [] }: LabelFlipFields): Flips {
  if (matrix !== undefined) return matrixFlips(matrix)
  return uniformFlips(labels, accuracyLoss === undefined ? share / 100 : flipProbability(accuracyLoss / 100, accuracy / 100, labels.length))
}

function isPossible({ accuracyLoss, accuracy, labels }: Omit<LabelFlipFields, 'kind'>): boolean {
  if (accuracyLoss === undefined || accuracy === undefined || labels === undefined) return true
  const probability = flipProbability(accuracyLoss / 100, accuracy / 100, labels.length)
  return probability > 0 && probability <= 1
}

function sumsToOne(row: Readonly<Record<string, number>>): boolean {
  return Math.abs(Object.values(row).reduce((sum, share) => sum + share, 0) - 1) <= 1e-6
}

function movesAny(matrix: Matrix): boolean {
  return Object.entries(matrix).some(([from, row]) => Object.entries(row).some(([to, share]) => to !== from && share > 0))
}
