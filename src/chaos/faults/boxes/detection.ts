import type { ModelAnswer } from '../../answers/model-answer.ts'
import { numberAt, stringAt } from '../../answers/scalars.ts'
import type { Span } from '../../../core/json-edit.ts'
import { type Member, membersIn } from '../../../core/json-members.ts'
import { boxInArray, boxInMembers, type BoxFormat, type WrittenBox } from './geometry.ts'

/** A class by name or number. */
export type ClassName = string | number

/** What a detection's members may be called. */
export interface Keys {
  readonly box: readonly string[]
  /** Whether the numbers of the box may be members of the detection itself. */
  readonly isFlat: boolean
  readonly format: BoxFormat
  readonly class: readonly string[]
  readonly score: readonly string[]
}

/** One detected object in an answer. What it does not have, or what is of a wrong type, is undefined; read when asked for, as no fault asks for all of it. */
export class Detection {
  readonly span: Span
  private readonly answer: ModelAnswer
  private readonly members: readonly Member[]
  private readonly keys: Keys

  constructor(answer: ModelAnswer, span: Span, keys: Keys) {
    this.answer = answer
    this.span = span
    this.members = membersIn(answer.text, span)
    this.keys = keys
  }

  get box(): WrittenBox | undefined {
    const { box, isFlat, format } = this.keys
    const at = valueOf(this.members, box)
    if (at === undefined) return isFlat ? boxInMembers(this.answer, this.members, format) : undefined
    return boxInArray(this.answer, at, format) ?? boxInMembers(this.answer, membersIn(this.answer.text, at), format)
  }

  get class(): { readonly span: Span, readonly name: ClassName } | undefined {
    const at = valueOf(this.members, this.keys.class)
    const name = at && (stringAt(this.answer, at) ?? numberAt(this.answer, at))
    return at === undefined || name === undefined ? undefined : { span: at, name }
  }

  get score(): { readonly span: Span, readonly value: number } | undefined {
    const at = valueOf(this.members, this.keys.score)
    const value = at && numberAt(this.answer, at)
    return at === undefined || value === undefined || !Number.isFinite(value) ? undefined : { span: at, value }
  }
}

function valueOf(members: readonly Member[], names: readonly string[]): Span | undefined {
  for (const wanted of names) {
    const found = members.findLast(({ name }) => name === wanted)
    if (found !== undefined) return found.value
  }
  return undefined
}
