import type { Counter, Gauge } from './meter.ts'
import { RecordWriter } from './records.ts'

/** A batch of records on its way to another thread. */
export interface Batch {
  readonly memory: ArrayBuffer
  /** Octets used. */
  readonly size: number
}

/** Who counts a record by what becomes of it. */
export interface RecordFate {
  /** Of records that never arrive. */
  readonly lost: Counter
  /** Of records that have been posted to a receiver which has not died on them. */
  readonly posted?: Gauge
}

/** Octets of shared memory a handover and its receiver need: octets under way, batches taken. */
export const HANDOVER_MEMORY_BYTES = 8

const BATCH_BYTES = 65_536
const FLUSH_MS = 20
const UNDER_WAY = 0
const TAKEN = 1

/**
 * Hands records to another thread in batches, within a bound on the octets that are under way: once that is reached,
 * records are refused, and whoever offers them counts that. What the receiver has done with is told through shared memory, so knowing
 * costs no message. If the receiver dies, every record it had not done with is counted as lost: once, and by name.
 *
 *     open, close -> batch (64 KiB or 20 ms) -> post -> [ under way: bounded ] -> taken
 */
export class Handover {
  private readonly maxBytes: number
  private post: ((batch: Batch) => void) | undefined
  private shared: Int32Array = new Int32Array(2)
  private writer: RecordWriter | undefined
  /** Of the records gathered. */
  private gathered: RecordFate[] = []
  /** For each batch under way those of its records, oldest first. */
  private posted: RecordFate[][] = []
  private seen = 0
  private timer: NodeJS.Timeout | undefined

  /** @param maxBytes octets under way at most, 2 GiB or less */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  /** Octets gathered, posted and not yet taken. */
  get bytes(): number {
    return Atomics.load(this.shared, UNDER_WAY) + (this.writer?.size ?? 0)
  }

  /**
   * Connects a receiver, in place of one that is gone.
   * @param memory `HANDOVER_MEMORY_BYTES` shared with the receiver alone, which calls `taken`
   */
  connect(post: (batch: Batch) => void, memory: SharedArrayBuffer): void {
    this.disconnect()
    this.post = post
    this.shared = new Int32Array(memory)
    this.seen = 0
  }

  /** The receiver is gone: counts what it had not done with, and refuses records until another is connected. */
  disconnect(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.settle()
    for (const { lost, posted } of this.posted.flat()) {
      lost.add()
      posted?.add(-1)
    }
    for (const { lost } of this.gathered) lost.add()
    this.posted = []
    this.gathered = []
    this.writer = undefined
    this.post = undefined
    this.shared = new Int32Array(2)
  }

  /**
   * A writer for one record of about `size` octets, or undefined when there is no room: by what is under way and not by the
   * record, so that large ones are refused no more often than small ones. Call `close` after writing.
   */
  open(size: number): RecordWriter | undefined {
    if (this.post === undefined || this.bytes >= this.maxBytes) return undefined
    this.writer ??= new RecordWriter(Math.max(BATCH_BYTES + 4096, size + 512))
    return this.writer
  }

  /** The record is written. */
  close(fate: RecordFate): void {
    this.gathered.push(fate)
    if ((this.writer?.size ?? 0) >= BATCH_BYTES) this.flush()
    else this.timer ??= setTimeout(() => this.flush(), FLUSH_MS)
  }

  /** Posts what has been gathered. */
  flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const { writer, gathered, post } = this
    if (writer === undefined || post === undefined) return
    this.writer = undefined
    this.gathered = []
    this.settle()
    this.posted.push(gathered)
    for (const { posted } of gathered) posted?.add(1)
    const { size } = writer
    Atomics.add(this.shared, UNDER_WAY, size)
    post({ memory: writer.release(), size })
  }

  // forgets batches the receiver has done with
  private settle(): void {
    const done = Atomics.load(this.shared, TAKEN)
    if (done === this.seen) return
    this.posted.splice(0, done - this.seen)
    this.seen = done
  }
}

/** Tells the sender that the receiver has done with its oldest batch, of `size` octets. */
export function taken(memory: SharedArrayBuffer, size: number): void {
  const shared = new Int32Array(memory)
  Atomics.add(shared, TAKEN, 1)
  Atomics.sub(shared, UNDER_WAY, size)
}
