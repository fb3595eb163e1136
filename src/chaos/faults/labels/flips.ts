import { type Label, labelLike } from './label.ts'

/** What becomes of one class. */
export interface Flip {
  /** That it becomes another one. */
  readonly probability: number
  /** Which one, by a draw that is uniform in (0, 1). */
  to(draw: number): Label
}

/** What becomes of each class; undefined for one that is left alone. */
export type Flips = (from: Label) => Flip | undefined

/** Rows by the class that was answered: how likely it becomes which. */
export type Matrix = Readonly<Record<string, Readonly<Record<string, number>>>>

/** Each class becomes any of the others, each as likely. */
export function uniformFlips(labels: readonly Label[], probability: number): Flips {
  const indices = new Map(labels.map((label, i) => [label, i]))
  return (from) => {
    const own = indices.get(from)
    if (own === undefined) return undefined
    return {
      probability,
      to: (draw) => {
        const other = Math.floor(draw * (labels.length - 1))
        return labels[other < own ? other : other + 1] ?? from
      }
    }
  }
}

/** Each class becomes another as the rows of a matrix say. */
export function matrixFlips(matrix: Matrix): Flips {
  const rows = new Map(Object.entries(matrix).map(([from, row]) => [from, flipOfRow(from, row)]))
  return (from) => {
    const row = rows.get(String(from))
    return row && { probability: row.probability, to: (draw) => labelLike(from, row.to(draw)) }
  }
}

function flipOfRow(from: string, row: Readonly<Record<string, number>>): { readonly probability: number, to(draw: number): string } {
  const others = Object.entries(row).filter(([to, share]) => to !== from && share > 0)
  const moving = others.reduce((sum, [, share]) => sum + share, 0)
  return {
    // rows sum to 1 but for rounding
    probability: moving / (moving + (Object.hasOwn(row, from) ? row[from] ?? 0 : 0)),
    to: (draw) => {
      let left = draw * moving
      for (const [to, share] of others) {
        left -= share
        if (left < 0) return to
      }
      return others.at(-1)?.[0] ?? from
    }
  }
}

/**
 * How likely a class has to become another of `classes` for the accuracy to fall by so much: what is right and flipped is
 * lost, and of what is wrong and flipped one in K-1 becomes right. Below 0, above 1 or not finite where that cannot be done.
 * @param accuracyLoss and @param accuracy from 0 to 1
 */
export const flipProbability = (accuracyLoss: number, accuracy: number, classes: number): number => accuracyLoss / (accuracy - (1 - accuracy) / (classes - 1))
