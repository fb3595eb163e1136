import { RecordWriter } from './records.ts'

/** A batch of records on its way to another thread. */
export interface Batch {
  readonly memory: ArrayBuffer
  /** Octets used. */
  readonly size: number
  readonly records: number
}

const BATCH_BYTES = 65_536
const FLUSH_MS = 20

/**
 * Hands records to another thread in batches, within a bound on the octets that are under way: beyond it records are
 * refused, and the one who offers counts them. What has been taken off is told through shared memory, so knowing costs no
 * message.
 *
 *     offer -> batch (64 KiB or 20 ms) -> post -> [ under way: bounded ] -> taken
 */
export class Handover {
  private readonly post: (batch: Batch) => void
  private readonly underWay: Int32Array
  private readonly maxBytes: number
  private writer: RecordWriter | undefined
  private records = 0
  private timer: NodeJS.Timeout | undefined

  /**
   * @param memory 4 octets shared with the receiver, which calls `taken`
   * @param maxBytes octets under way at most, 2 GiB or less
   */
  constructor(post: (batch: Batch) => void, memory: SharedArrayBuffer, maxBytes: number) {
    this.post = post
    this.underWay = new Int32Array(memory)
    this.maxBytes = maxBytes
  }

  /** Octets posted and not yet taken, and those about to be. */
  get bytes(): number {
    return Atomics.load(this.underWay, 0) + (this.writer?.size ?? 0)
  }

  /** A writer for one record of about `size` octets, or undefined when there is no room. Call `close` after writing. */
  open(size: number): RecordWriter | undefined {
    if (this.bytes + size > this.maxBytes) return undefined
    this.writer ??= new RecordWriter(Math.max(BATCH_BYTES + 4096, size + 512))
    return this.writer
  }

  close(): void {
    this.records++
    if ((this.writer?.size ?? 0) >= BATCH_BYTES) this.flush()
    else this.timer ??= setTimeout(() => this.flush(), FLUSH_MS)
  }

  /** Posts what has been gathered. */
  flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const { writer, records } = this
    if (writer === undefined || writer.size === 0) return
    this.writer = undefined
    this.records = 0
    const { size } = writer
    Atomics.add(this.underWay, 0, size)
    this.post({ memory: writer.release(), size, records })
  }
}

/** The receiver has done with a batch of `size` octets. */
export function taken(memory: SharedArrayBuffer, size: number): void {
  Atomics.sub(new Int32Array(memory), 0, size)
}
