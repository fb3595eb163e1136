/** The text of a config with its lines, for turning offsets into places. */
export class Source {
  readonly file: string
  /** Without a byte order mark. */
  readonly text: string
  private readonly starts: readonly number[]

  constructor(file: string, text: string) {
    this.file = file
    this.text = text.startsWith('\uFEFF') ? text.slice(1) : text
    const starts = [0]
    for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) starts.push(at + 1)
    this.starts = starts
  }

  /** Line and column of an offset, from 1; an offset at the very end is on the last line that has text. */
  place(offset: number): { readonly line: number, readonly column: number } {
    let at = Math.max(0, Math.min(offset, this.text.length))
    while (at === this.text.length && at > 0 && this.text[at - 1] === '\n') at--
    let low = 0
    let high = this.starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.starts[middle] ?? 0) <= at) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: at - (this.starts[low] ?? 0) + 1 }
  }

  /** A line by number, from 1, without its end. */
  line(number: number): string {
    const start = this.starts[number - 1] ?? this.text.length
    return this.text.slice(start, this.starts[number] ?? this.text.length).replace(/\r?\n$/, '')
  }
}
