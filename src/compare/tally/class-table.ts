const OTHER = '(other)'
const MAX_NAME = 60

/** Which classes the primary's were taken for: plain data. */
export interface ClassReport {
  /** Names of rows and columns, those seen most first; beyond the cap all are `(other)`. */
  readonly names: readonly string[]
  /** Rows: what the primary said. Columns: what the other did. */
  readonly table: readonly (readonly number[])[]
}

/** Counts which class was taken for which, in bounded memory. */
export class ClassTable {
  private readonly maxClasses: number
  private readonly names: string[] = []
  private readonly indices = new Map<string, number>()
  private readonly counts: number[][] = []

  /** @param maxClasses classes told apart; what comes later is `(other)` */
  constructor(maxClasses: number = 20) {
    this.maxClasses = maxClasses
  }

  add(primary: string, other: string): void {
    const row = this.index(primary)
    const column = this.index(other)
    const counts = this.counts[row] ??= []
    counts[column] = (counts[column] ?? 0) + 1
  }

  report(): ClassReport | undefined {
    if (this.names.length === 0) return undefined
    const order = [...this.names.keys()].toSorted((a, b) => this.seen(b) - this.seen(a))
    return {
      names: order.map((i) => this.names[i] ?? ''),
      table: order.map((row) => order.map((column) => this.counts[row]?.[column] ?? 0))
    }
  }

  private index(class_: string): number {
    const name = class_.length > MAX_NAME ? `${class_.slice(0, MAX_NAME - 1)}…` : class_
    const known = this.indices.get(name)
    if (known !== undefined) return known
    if (this.names.length > this.maxClasses) return this.maxClasses
    const added = this.names.length === this.maxClasses ? OTHER : name
    this.indices.set(added, this.names.length)
    return this.names.push(added) - 1
  }

  private seen(index: number): number {
    let sum = 0
    for (let i = 0; i < this.names.length; i++) sum += (this.counts[index]?.[i] ?? 0) + (i === index ? 0 : this.counts[i]?.[index] ?? 0)
    return sum
  }
}
