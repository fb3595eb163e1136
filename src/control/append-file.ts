import { closeSync, createWriteStream, openSync, readSync, statSync, type WriteStream } from 'node:fs'

// octets that wait for the disk
const MAX_WAITING_BYTES = 8 * 1024 * 1024

/** What became of a line. */
export type LineFate = 'written' | 'over_size' | 'behind' | 'failed'

/** A file that lines are added to, up to a size. */
export class AppendFile {
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

  /** Whether there is use in making a line; otherwise `refusal` says why not. */
  takes(): boolean {
    return !this.failed && (this.stream ??= this.open()).writableLength <= MAX_WAITING_BYTES
  }

  get refusal(): LineFate {
    return this.failed ? 'failed' : 'behind'
  }

  /** Adds a line, without its end. Never waits for the disk. */
  write(line: string): LineFate {
    if (!this.takes()) return this.refusal
    const size = Buffer.byteLength(line) + 1
    if (this.bytes + size > this.maxBytes) return 'over_size'
    this.bytes += size
    this.stream?.write(`${line}\n`)
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
