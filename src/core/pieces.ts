import { Buffer } from 'node:buffer'

// pieces that are joined when there are so many: each costs some 200 octets beside its own
const MERGED_PIECES = 32
// octets of the read a piece came in that are kept for its sake, beyond as many as it has itself
const MAX_WASTE = 4096
// of the blocks of memory that small buffers share; no other is of just this size
const SHARED_BYTES = Buffer.allocUnsafe(1).buffer.byteLength

/** Octets kept as they were read: by reference as a rule, and copied where keeping the reference would cost more. */
export class Pieces {
  /** In the order they came. */
  list: Buffer[] = []
  private merged = 0

  add(chunk: Buffer): void {
    // a view keeps the whole read alive, and most of that may be a head; in shared memory a copy would lie beside that head again
    const { byteLength } = chunk.buffer
    const wasteful = byteLength > 2 * chunk.length + MAX_WASTE && byteLength !== SHARED_BYTES
    this.list.push(wasteful ? Buffer.from(chunk) : chunk)
    if (this.list.length - this.merged === MERGED_PIECES) this.list.push(Buffer.concat(this.list.splice(this.merged++)))
  }

  /** All of it in one piece; undefined when there is nothing. */
  joined(): Buffer | undefined {
    return this.list.length > 1 ? Buffer.concat(this.list) : this.list[0]
  }

  clear(): void {
    this.list = []
    this.merged = 0
  }
}
