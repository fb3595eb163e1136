interface Kept<V> {
  readonly number: number
  readonly value: V
}

/** Where an entry stands in line; it is there as long as its key has this number. */
interface Place<K> {
  readonly key: K
  readonly number: number
}

// places of entries that are no more, before the line is cleared of them
const SLACK = 1024

/**
 * A map that knows its oldest entry. The first key of a Map is found past the places of all that were deleted before it: one
 * that is always full, and gives up its oldest for each that is new, takes the longer the more it holds.
 */
export class OldestFirst<K, V> {
  private readonly entries = new Map<K, Kept<V>>()
  private line: Place<K>[] = []
  private head = 0
  private made = 0

  get size(): number {
    return this.entries.size
  }

  get(key: K): V | undefined {
    return this.entries.get(key)?.value
  }

  /** The entry is the newest then, whether or not the key is new. */
  set(key: K, value: V): void {
    const number = ++this.made
    this.entries.set(key, { number, value })
    if (this.line.length > 2 * this.entries.size + SLACK) {
      this.line = this.line.slice(this.head).filter((place) => this.isThere(place))
      this.head = 0
    }
    this.line.push({ key, number })
  }

  delete(key: K): void {
    this.entries.delete(key)
  }

  oldest(): { readonly key: K, readonly value: V } | undefined {
    for (; this.head < this.line.length; this.head++) {
      const place = this.line[this.head]
      const entry = place === undefined ? undefined : this.entries.get(place.key)
      if (place !== undefined && entry?.number === place.number) return { key: place.key, value: entry.value }
    }
    return undefined
  }

  private isThere({ key, number }: Place<K>): boolean {
    return this.entries.get(key)?.number === number
  }
}
