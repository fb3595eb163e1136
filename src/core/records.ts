/**
 * Packs values one after another into a buffer that is given away whole. No keys, no JSON: writer and reader agree on the
 * order. Little-endian; text and octets carry their length.
 */
export class RecordWriter {
  private buffer: Buffer
  private at = 0
  private readonly words = new Map<string, number>()

  constructor(capacity: number) {
    this.buffer = Buffer.allocUnsafeSlow(capacity)
  }

  /** Octets written. */
  get size(): number {
    return this.at
  }

  byte(value: number): void {
    this.room(1)
    this.at = this.buffer.writeUInt8(value, this.at)
  }

  /** Unsigned, 32 bits. */
  integer(value: number): void {
    this.room(4)
    this.at = this.buffer.writeUInt32LE(value, this.at)
  }

  number(value: number): void {
    this.room(8)
    this.at = this.buffer.writeDoubleLE(value, this.at)
  }

  /** Text whose characters are octets, as from a message head. */
  text(value: string): void {
    this.integer(value.length)
    this.room(value.length)
    this.at += this.buffer.write(value, this.at, 'latin1')
  }

  /** Text that is said again and again, as names are: written whole the first time, as a number from then on. */
  word(value: string): void {
    const known = this.words.get(value)
    if (known !== undefined) return this.integer(known)
    this.integer(this.words.size)
    this.words.set(value, this.words.size)
    this.text(value)
  }

  /** Octets in pieces; read back as one. */
  octets(pieces: readonly Buffer[], size: number): void {
    this.integer(size)
    this.room(size)
    for (const piece of pieces) {
      piece.copy(this.buffer, this.at)
      this.at += piece.length
    }
  }

  /** Gives the memory away; the writer is done. The octets used are the first `size`. */
  release(): ArrayBuffer {
    const { buffer } = this.buffer
    this.buffer = EMPTY
    return buffer as ArrayBuffer // holds: allocUnsafeSlow never takes shared memory
  }

  private room(size: number): void {
    if (this.at + size <= this.buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.at + size))
    this.buffer.copy(larger, 0, 0, this.at)
    this.buffer = larger
  }
}

const EMPTY = Buffer.alloc(0)

/** Reads back what a `RecordWriter` wrote, in the same order. */
export class RecordReader {
  private readonly buffer: Buffer
  private at = 0
  private readonly words: string[] = []

  constructor(memory: ArrayBuffer, size: number) {
    this.buffer = Buffer.from(memory, 0, size)
  }

  get done(): boolean {
    return this.at >= this.buffer.length
  }

  byte(): number {
    return this.buffer.readUInt8(this.at++)
  }

  integer(): number {
    const value = this.buffer.readUInt32LE(this.at)
    this.at += 4
    return value
  }

  number(): number {
    const value = this.buffer.readDoubleLE(this.at)
    this.at += 8
    return value
  }

  text(): string {
    const end = this.integer() + this.at
    const value = this.buffer.toString('latin1', this.at, end)
    this.at = end
    return value
  }

  word(): string {
    const number = this.integer()
    const known = this.words[number]
    if (known !== undefined) return known
    const value = this.text()
    this.words.push(value)
    return value
  }

  /** A view, not a copy. */
  octets(): Buffer {
    const end = this.integer() + this.at
    const value = this.buffer.subarray(this.at, end)
    this.at = end
    return value
  }
}
