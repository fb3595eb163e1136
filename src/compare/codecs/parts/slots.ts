/** Choices, tool calls, blocks or items of one answer at most; what comes at an index past that is left out. */
export const MAX_SLOTS = 1024

/** The parts of an answer that come in pieces, each piece with the index of its part: in any order, and not all from 0 on. */
export class Slots<T> {
  private readonly slots = new Map<number, T>()
  private readonly make: () => T

  constructor(make: () => T) {
    this.make = make
  }

  /** The part at an untrusted index, made when it is new; undefined when it is no index. */
  at(index: unknown): T | undefined {
    if (!isSlot(index)) return undefined
    const known = this.slots.get(index)
    if (known !== undefined) return known
    const made = this.make()
    this.slots.set(index, made)
    return made
  }

  /** Puts another part there, if that is an index. */
  put(index: unknown, slot: T): void {
    if (isSlot(index)) this.slots.set(index, slot)
  }

  clear(): void {
    this.slots.clear()
  }

  get size(): number {
    return this.slots.size
  }

  /** By index, without gaps. */
  entries(): readonly (readonly [index: number, slot: T])[] {
    return [...this.slots].toSorted(([a], [b]) => a - b)
  }

  list(): readonly T[] {
    return this.entries().map(([, slot]) => slot)
  }
}

const isSlot = (index: unknown): index is number => typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < MAX_SLOTS
