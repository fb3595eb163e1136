import { Buffer } from 'node:buffer'

/**
 * Packs values one after another into a buffer that is given away whole. No keys, no JSON: writer and reader agree on the
 * order. Little-endian; text and octets carry their length.
 */
export class RecordWriter {
  private buffer: Buffer
  private view: DataView
  private at = 0
  private readonly words = new Map<string, number>()

  constructor(capacity: number) {
    this.buffer = Buffer.allocUnsafeSlow(capacity)
    this.view = viewOf(this.buffer)
  }

  /** Octets written. */
  get size(): number {
    return this.at
  }

  byte(value: number): void {
    this.room(1)
    this.view.setUint8(this.at, value)
    this.at += 1
  }

  /** Unsigned, 32 bits. */
  integer(value: number): void {
    this.room(4)
    this.view.setUint32(this.at, value, true)
    this.at += 4
  }

  number(value: number): void {
    this.room(8)
    this.view.setFloat64(this.at, value, true)
    this.at += 8
  }

  /** Text whose characters are octets, as from a message head. */
  text(value: string): void {
    const { length } = value
    this.integer(length)
    this.room(length)
    if (length > SHORT) this.buffer.write(value, this.at, 'latin1')
    else for (let i = 0; i < length; i++) this.view.setUint8(this.at + i, value.charCodeAt(i))
    this.at += length
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
    this.view = viewOf(EMPTY)
    return buffer as ArrayBuffer // holds: allocUnsafeSlow never takes shared memory
  }

  private room(size: number): void {
    if (this.at + size <= this.buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.at + size))
    this.buffer.copy(larger, 0, 0, this.at)
    this.buffer = larger
    this.view = viewOf(larger)
  }
}

const EMPTY = Buffer.alloc(0)
// characters that are written sooner than a native call is made
const SHORT = 48

// writes and reads numbers without the checks of a buffer's own methods, which cost more than the rest
const viewOf = ({ buffer, byteOffset, byteLength }: Buffer): DataView => new DataView(buffer, byteOffset, byteLength)

/** Reads back what a `RecordWriter` wrote, in the same order. */
export class RecordReader {
  private readonly buffer: Buffer
  private readonly view: DataView
  private at = 0
  private readonly words: string[] = []

  constructor(memory: ArrayBuffer, size: number) {
    this.buffer = Buffer.from(memory, 0, size)
    this.view = viewOf(this.buffer)
  }

  get done(): boolean {
    return this.at >= this.buffer.length
  }

  byte(): number {
    return this.view.getUint8(this.at++)
  }

  integer(): number {
    const value = this.view.getUint32(this.at, true)
    this.at += 4
    return value
  }

  number(): number {
    const value = this.view.getFloat64(this.at, true)
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
