import type { ModelAnswer } from '../answers/model-answer.ts'
import type { Target } from '../answers/target.ts'
import type { Degraded } from '../fault.ts'
import { replaceSpans, type Span } from '../../core/json-edit.ts'
import { membersIn } from '../../core/json-members.ts'
import { editsOf } from './edits.ts'
import { batchAt } from './rows.ts'

/** Where each row of a batch of `count` comes from: row i is to be the one that was at `order[i]`. */
export type Order = (count: number) => readonly number[]

/**
 * The rows of a batch in another order: the same for all lists of as many rows, as those of several outputs belong together.
 * Unless rows move whole, `index` and `id` stay at their places and say what they said there: a reader who goes by them would
 * put whole rows right again.
 */
export function reordering(answer: ModelAnswer, target: Target, order: Order, wholeRows: boolean): Degraded {
  const orders = new Map<number, readonly number[]>()
  return editsOf(answer, target.find(answer), (list) => {
    const batch = batchAt(answer, list)
    if (batch === undefined) return 'wrong_type'
    const { rows } = batch
    if (rows.length < 2) return 'one_row'
    const from = orders.get(rows.length) ?? order(rows.length)
    orders.set(rows.length, from)
    return rows.flatMap((row, i) => {
      const other = rows[from[i] ?? i]
      return other === undefined || other === row ? [] : { ...row, text: wholeRows ? answer.textOf(other) : renumbered(answer, other, row) }
    })
  })
}

const NUMBERING: ReadonlySet<string> = new Set(['index', 'id'])

/** The text of `row`, numbered as the row is whose place it takes. */
function renumbered(answer: ModelAnswer, row: Span, place: Span): string {
  const text = answer.textOf(row)
  const numbers = membersIn(answer.text, place).filter(({ name }) => NUMBERING.has(name))
  if (numbers.length === 0) return text
  return replaceSpans(text, membersIn(text, { start: 0, end: text.length }).flatMap(({ name, value }) => {
    const number = numbers.find((one) => one.name === name)
    return number === undefined ? [] : { ...value, text: answer.textOf(number.value) }
  }))
}
