import { captureTrial, compilePointers } from '../compare/captured-trial.ts'
import type { Config } from '../config/types.ts'
import { draw, type Key, keyOf, octets, saltOf } from '../core/hash.ts'
import type { Pointer } from '../core/json-pointer.ts'
import type { Meter } from '../core/meter.ts'
import type { Trial } from '../core/trial.ts'
import { AppendFile, type LineFate } from './append-file.ts'
import { keyOf as mirrorKey } from './judges.ts'

/** What became of a trial that was drawn for capture. */
type Fate = LineFate | 'unredactable'

interface Sink {
  readonly route: string
  readonly mirror: string
  readonly share: number
  readonly salt: Key
  readonly redact: readonly Pointer[]
  readonly file: AppendFile
}

/** Writes trials to files for comparing them again: a bounded sample, never waited for, one line each. */
export class Captures {
  private readonly meter: Meter
  private readonly onFailure: (file: string, error: Error) => void
  private sinks = new Map<string, Sink>()
  private files = new Map<string, AppendFile>()

  constructor(meter: Meter, onFailure: (file: string, error: Error) => void) {
    this.meter = meter
    this.onFailure = onFailure
  }

  /** Takes over what a config says; files that it names no more are closed. */
  take(config: Config): void {
    const files = new Map<string, AppendFile>()
    this.sinks = new Map()
    for (const { name: route, mirrors } of config.routes) {
      for (const { backend: mirror, capture, compare } of mirrors) {
        if (capture === undefined) continue
        const file = files.get(capture.file) ?? this.kept(capture.file) ?? new AppendFile(capture.file, (error) => this.onFailure(capture.file, error))
        file.maxBytes = capture.maxBytes
        files.set(capture.file, file)
        this.sinks.set(mirrorKey({ route, mirror }), { route, mirror, share: capture.percent / 100, salt: saltOf('capture', route, mirror), redact: compilePointers(compare.redact), file })
      }
    }
    for (const [path, file] of this.files) if (!files.has(path)) file.close()
    this.files = files
  }

  // one that failed is tried again by the next config
  private kept(path: string): AppendFile | undefined {
    const file = this.files.get(path)
    return file?.failed === true ? undefined : file
  }

  offer(trial: Trial): void {
    const sink = this.sinks.get(mirrorKey(trial))
    if (sink === undefined || draw(sink.salt, keyOf(octets(trial.requestId))) >= sink.share) return
    const { route, mirror, file, redact } = sink
    const result = write(file, trial, redact)
    this.meter.counter('mirror_captures_total', { route, mirror, result }).add()
  }
}

function write(file: AppendFile, trial: Trial, redact: readonly Pointer[]): Fate {
  if (!file.takes()) return file.refusal
  const line = captureTrial(trial, redact)
  return line === undefined ? 'unredactable' : file.write(line)
}
