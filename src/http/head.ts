import { fieldId, NOMINATED, OTHER } from './field-id.ts'
import * as problems from './problems.ts'
import type { Problem } from './problems.ts'
import { isBlank, isTokenChar, isValueChar } from './syntax.ts'

const CR = 0x0d
const LF = 0x0a
const COLON = 0x3a

// how a field is kept in `marks`: four positions in `text`, then its number from field-id.ts
const WIDTH = 5
const LINE = 0
const NAME_END = 1
const VALUE = 2
const VALUE_END = 3
const ID = 4

/**
 * One message head as it was read: the text, and where its lines and fields stand in it. Nothing is copied out until
 * someone asks, and forwarding slices runs of whole lines, so order, case and duplicates stay as they came.
 */
export class Head {
  /** Start line, field lines and the empty line, latin1. */
  text = ''
  /** Just past the start line's CR LF. */
  fieldsStart = 0
  /** Just before the empty line. */
  fieldsEnd = 0
  count = 0
  /** Bit n: the field with number n (field-id.ts) is here. */
  seen = 0
  /** Bit n: it is here more than once. */
  repeated = 0
  /** 0 for HTTP/1.0, 1 for HTTP/1.1. */
  minor = 1
  private readonly marks: number[] = []

  has(id: number): boolean {
    return (this.seen & (1 << id)) !== 0
  }

  /** Index of the first field with this number, or -1. */
  indexOf(id: number): number {
    if (!this.has(id)) return -1
    for (let i = 0; i < this.count; i++) if (this.mark(i, ID) === id) return i
    return -1
  }

  name(index: number): string {
    return this.text.slice(this.mark(index, LINE), this.mark(index, NAME_END))
  }

  value(index: number): string {
    return this.text.slice(this.mark(index, VALUE), this.mark(index, VALUE_END))
  }

  /** Value of a known field; several lines are joined with ", " (RFC 9110 section 5.3). */
  known(id: number): string | undefined {
    const at = this.indexOf(id)
    if (at < 0) return undefined
    if ((this.repeated & (1 << id)) === 0) return this.value(at)
    return this.join((index) => this.mark(index, ID) === id)
  }

  /** The white space behind the value of the first field with this number. */
  padding(id: number): string {
    const at = this.indexOf(id)
    return this.text.slice(this.mark(at, VALUE_END), this.text.indexOf('\r', this.mark(at, VALUE_END)))
  }

  /** Value of the field with this lower-case name; several lines are joined with ", " (RFC 9110 section 5.3). */
  get(name: string): string | undefined {
    let found = -1
    for (let i = 0; i < this.count; i++) {
      const line = this.mark(i, LINE)
      if (this.mark(i, NAME_END) - line !== name.length || !sameName(this.text, line, name)) continue
      if (found >= 0) return this.join((index) => this.name(index).toLowerCase() === name)
      found = i
    }
    return found < 0 ? undefined : this.value(found)
  }

  /**
   * The field lines, CR LF included, without those whose bit is in `drop` or whose lower-case name is in `names`. The usual
   * case, nothing or one line to drop, is one or two slices.
   * @param from where in the text to begin: 0 has the start line with them
   */
  lines(drop: number, names?: ReadonlySet<string>, from: number = this.fieldsStart): string {
    if ((this.seen & drop) === 0 && names === undefined) return this.text.slice(from, this.fieldsEnd)
    let out = ''
    let run = from
    for (let i = 0; i < this.count; i++) {
      if (((1 << this.mark(i, ID)) & drop) === 0 && names?.has(this.name(i).toLowerCase()) !== true) continue
      const line = this.mark(i, LINE)
      if (line > run) out += this.text.slice(run, line)
      run = i + 1 < this.count ? this.mark(i + 1, LINE) : this.fieldsEnd
    }
    return run < this.fieldsEnd ? out + this.text.slice(run, this.fieldsEnd) : out
  }

  /** Marks every field with one of these lower-case names as one for this hop alone; `lines` then drops it with NOMINATED. */
  nominate(names: ReadonlySet<string>): void {
    for (let i = 0; i < this.count; i++) {
      if (!names.has(this.name(i).toLowerCase())) continue
      this.marks[i * WIDTH + ID] = NOMINATED
      this.seen |= 1 << NOMINATED
    }
  }

  /** Renumbers the fields with number `from`, so that `lines` treats them as the number `to`. */
  renumber(from: number, to: number): void {
    for (let i = 0; i < this.count; i++) if (this.mark(i, ID) === from) this.marks[i * WIDTH + ID] = to
    this.seen = (this.seen & ~(1 << from)) | (1 << to)
  }

  /**
   * Reads the field lines of `text` from `at` to the empty line (RFC 9112 section 5), which must be there: the caller
   * has seen CR LF CR LF. `input` holds the same octets as `text`, `base` further on.
   */
  parseFields(input: Uint8Array, base: number, at: number, maxFields: number): Problem | undefined {
    const { marks } = this
    this.fieldsStart = at
    let seen = 0
    let repeated = 0
    let count = 0
    let i = base + at
    for (;;) {
      const line = i
      let c = input[i] ?? 0
      if (c === CR && input[i + 1] === LF) break
      while (isTokenChar(c)) c = input[++i] ?? 0
      if (c !== COLON || i === line) {
        if (i === line && isBlank(c)) return problems.foldedField
        return c === LF || (c === CR && input[i + 1] !== LF) ? problems.bareLineEnd : problems.badFieldName
      }
      if (count === maxFields) return problems.headTooLarge
      const nameEnd = i
      do c = input[++i] ?? 0; while (isBlank(c))
      const value = i
      while (isValueChar(c)) c = input[++i] ?? 0
      if (c !== CR || input[i + 1] !== LF) return c === CR || c === LF ? problems.bareLineEnd : problems.badFieldValue
      let valueEnd = i
      while (valueEnd > value && isBlank(input[valueEnd - 1])) valueEnd--
      i += 2
      const id = fieldId(input, line, nameEnd)
      if (id !== OTHER) {
        const bit = 1 << id
        repeated |= seen & bit
        seen |= bit
      }
      const m = count * WIDTH
      marks[m] = line - base
      marks[m + NAME_END] = nameEnd - base
      marks[m + VALUE] = value - base
      marks[m + VALUE_END] = valueEnd - base
      marks[m + ID] = id
      count++
    }
    this.fieldsEnd = i - base
    this.count = count
    this.seen = seen
    this.repeated = repeated
    return undefined
  }

  /** Reads field lines that stand alone, as in a trailer section; `text` ends with the empty line. */
  parseLines(text: string, maxFields: number): Problem | undefined {
    this.text = text
    return this.parseFields(Buffer.from(text, 'latin1'), 0, 0, maxFields)
  }

  private mark(index: number, part: number): number {
    return this.marks[index * WIDTH + part] ?? 0
  }

  private join(wanted: (index: number) => boolean): string {
    const values: string[] = []
    for (let i = 0; i < this.count; i++) if (wanted(i)) values.push(this.value(i))
    return values.join(', ')
  }
}

// whether `text` holds the lower-case `name` at `at`, in any case
function sameName(text: string, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const c = text.charCodeAt(at + i)
    const want = name.charCodeAt(i)
    if (c !== want && (c < 0x41 || c > 0x5a || c + 32 !== want)) return false
  }
  return true
}
