import { type EventFormat, RawEvent } from './raw-event.ts'

// larger events are given up on: nobody waits for so much before the first octet of it
const MAX_EVENT_BYTES = 1024 * 1024

const CR = 0x0d
const LF = 0x0a
const NOTHING = Buffer.alloc(0)

/**
 * Cuts a stream into events as its octets come, in pieces of any size. All events and the rest, one after the other, are the
 * octets that came: an event ends with the empty line behind it, whichever line ends it has (CR LF, LF or CR; HTML, Server-sent
 * events, section 9.2.6), or is a line.
 *
 *     a CR that nothing has come behind yet may be half of a CR LF: the event is let go, and a LF that follows goes with the next
 */
export class EventSplitter {
  /** Whether an event was too large; from then on all passes uncut, as the rest. */
  overflow = false
  private readonly format: EventFormat
  private pieces: Buffer[] = []
  private bytes = 0
  private lineIsEmpty = true
  private afterCr = false
  /** Whether anything but line ends is in the event that is under way. */
  private hasContent = false

  constructor(format: EventFormat) {
    this.format = format
  }

  /** Octets of an event that is not whole yet. */
  get held(): number {
    return this.bytes
  }

  /** The events that are whole now. */
  push(octets: Buffer): readonly RawEvent[] {
    const events: RawEvent[] = []
    let start = 0
    if (!this.overflow) {
      for (let i = 0; i < octets.length; i++) {
        if (!this.endsEvent(octets[i] ?? 0)) continue
        if (this.afterCr && octets[i + 1] === LF) {
          this.afterCr = false
          i++
        }
        events.push(new RawEvent(this.format, this.take(octets.subarray(start, i + 1))))
        start = i + 1
      }
    }
    if (start < octets.length) {
      this.pieces.push(octets.subarray(start))
      this.bytes += octets.length - start
    }
    if (this.bytes > MAX_EVENT_BYTES) this.overflow = true
    return events
  }

  /** What is left: no whole event, or empty. */
  rest(): Buffer {
    return this.take(NOTHING)
  }

  private take(last: Buffer): Buffer {
    const { pieces } = this
    this.pieces = []
    this.bytes = 0
    this.hasContent = false
    return pieces.length === 0 ? last : Buffer.concat([...pieces, last])
  }

  private endsEvent(octet: number): boolean {
    if (this.format === 'lines') return octet === LF
    if (octet === LF && this.afterCr) {
      this.afterCr = false // the other half of a line end that has been counted
      return false
    }
    this.afterCr = octet === CR
    if (octet !== CR && octet !== LF) {
      this.lineIsEmpty = false
      this.hasContent = true
      return false
    }
    const ends = this.lineIsEmpty && this.hasContent
    this.lineIsEmpty = true
    return ends
  }
}
