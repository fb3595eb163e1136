import { closeSync, createWriteStream, openSync, readSync, statSync, type WriteStream } from 'node:fs'
import { captureTrial, compilePointers } from '../compare/captured-trial.ts'
import type { Config } from '../config/types.ts'
import { draw, type Key, keyOf, octets, saltOf } from '../core/hash.ts'
import type { Pointer } from '../core/json-pointer.ts'
import type { Meter } from '../core/meter.ts'
import type { Trial } from '../core/trial.ts'
import { keyOf as mirrorKey } from './judges.ts'

// octets that wait for the disk
const MAX_WAITING_BYTES = 8 * 1024 * 1024

/** What became of a trial that was drawn for capture. */
type Fate = 'written' | 'over_size' | 'behind' | 'unredactable' | 'failed'

interface Sink {
  readonly route: string
  readonly mirror: string
  readonly share: number
  readonly salt: Key
  readonly redact: readonly Pointer[]
  readonly file: CaptureFile
}

/** Writes trials to files for comparing them again: a bounded sample, never waited for, one line each. */
export class Captures {
  private readonly meter: Meter
  private readonly onFailure: (file: string, error: Error) => void
  private sinks = new Map<string, Sink>()
  private files = new Map<string, CaptureFile>()

  constructor(meter: Meter, onFailure: (file: string, error: Error) => void) {
    this.meter = meter
    this.onFailure = onFailure
  }

  /** Takes over what a config says; files that it names no more are closed. */
  take(config: Config): void {
    const files = new Map<string, CaptureFile>()
    this.sinks = new Map()
    for (const { name: route, mirrors } of config.routes) {
      for (const { backend: mirror, capture, compare } of mirrors) {
        if (capture === undefined) continue
        const file = files.get(capture.file) ?? this.kept(capture.file) ?? new CaptureFile(capture.file, (error) => this.onFailure(capture.file, error))
        file.maxBytes = capture.maxBytes
        files.set(capture.file, file)
        this.sinks.set(mirrorKey({ route, mirror }), { route, mirror, share: capture.percent / 100, salt: saltOf('capture', route, mirror), redact: compilePointers(compare.redact), file })
      }
    }
    for (const [path, file] of this.files) if (!files.has(path)) file.close()
    this.files = files
  }

  // one that failed is tried again by the next config
  private kept(path: string): CaptureFile | undefined {
    const file = this.files.get(path)
    return file?.failed === true ? undefined : file
  }

  offer(trial: Trial): void {
    const sink = this.sinks.get(mirrorKey(trial))
    if (sink === undefined || draw(sink.salt, keyOf(octets(trial.requestId))) >= sink.share) return
    const { route, mirror, file, redact } = sink
    const result = file.write(trial, redact)
    this.meter.counter('mirror_captures_total', { route, mirror, result }).add()
  }
}

/** A file that lines are added to, up to a size. */
class CaptureFile {
  maxBytes = 0
  private readonly path: string
  private readonly onFailure: (error: Error) => void
  private stream: WriteStream | undefined
  private bytes = 0
  failed = false

  constructor(path: string, onFailure: (error: Error) => void) {
    this.path = path
    this.onFailure = onFailure
  }

  write(trial: Trial, redact: readonly Pointer[]): Fate {
    if (this.failed) return 'failed'
    const stream = this.stream ??= this.open()
    if (stream.writableLength > MAX_WAITING_BYTES) return 'behind'
    const line = captureTrial(trial, redact)
    if (line === undefined) return 'unredactable'
    const size = Buffer.byteLength(line) + 1
    if (this.bytes + size > this.maxBytes) return 'over_size'
    this.bytes += size
    stream.write(`${line}\n`)
    return 'written'
  }

  close(): void {
    this.stream?.end()
  }

  private open(): WriteStream {
    const stream = createWriteStream(this.path, { flags: 'a', mode: 0o600 }).on('error', (error) => {
      this.failed = true
      this.onFailure(error)
    })
    const { size, isCut } = endOf(this.path)
    this.bytes = size
    // whoever was killed while writing has left half a line: it is to spoil no other
    if (isCut) stream.write('\n')
    return stream
  }
}

/** How large a file is, and whether its last line has no end; of one that is not there or cannot be read, nothing is known. */
function endOf(path: string): { readonly size: number, readonly isCut: boolean } {
  let file: number | undefined
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    // opening a pipe waits for whoever is at its other end
    if (stats?.isFile() !== true) return { size: 0, isCut: false }
    const { size } = stats
    file = openSync(path, 'r')
    const last = Buffer.alloc(1)
    return { size, isCut: size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE }
  } catch {
    return { size: 0, isCut: false }
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

const NEWLINE = 0x0a
