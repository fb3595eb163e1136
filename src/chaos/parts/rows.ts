import { elementsOf, isList } from '../answers/lists.ts'
import type { ModelAnswer } from '../answers/model-answer.ts'
import { numberAt } from '../answers/scalars.ts'
import type { Span } from '../../core/json-edit.ts'
import { membersIn } from '../../core/json-members.ts'

/** What `at` is to the faults that move rows about. */
export const AT_ROWS = 'where the lists of rows are, `rows` when left out'

/** A batch, one row for each thing that was asked about. */
export interface Batch {
  readonly list: Span
  /** Each from its first element up to the end of its last one: in a tensor's flat data, a row is several. */
  readonly rows: readonly Span[]
  /** Where a tensor says how many rows it has. */
  readonly count: Span | undefined
}

/** The batch that stands at `list`; undefined for what is no list. */
export function batchAt(answer: ModelAnswer, list: Span): Batch | undefined {
  if (!isList(answer, list)) return undefined
  const elements = elementsOf(answer, list)
  const count = answer.codec === 'open-inference' ? countOf(answer, list) : undefined
  const width = count === undefined ? 1 : elements.length / (numberAt(answer, count) ?? 0)
  if (!Number.isInteger(width) || width <= 1) return { list, rows: elements, count: width === 1 ? count : undefined }
  const rows = elements.flatMap(({ start }, i) => i % width === 0 ? { start, end: elements[i + width - 1]?.end ?? start } : [])
  return { list, rows, count }
}

/** The first number of the shape of the tensor whose data is at `list`. */
function countOf(answer: ModelAnswer, list: Span): Span | undefined {
  for (const output of answer.find(OUTPUTS)) {
    if (list.start < output.start || list.end > output.end) continue
    const shape = membersIn(answer.text, output).find(({ name }) => name === 'shape')
    return shape && elementsOf(answer, shape.value)[0]
  }
  return undefined
}

const OUTPUTS = [['outputs', '*']]
