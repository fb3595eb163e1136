/** Counts the octets of a chunked body (RFC 9112 section 7.1) as it arrives in pieces, and knows its end. */
export class ChunkCounter {
  /** Octets of content so far. */
  bytes = 0
  done = false
  private left = 0 // of the chunk at hand, with the line end behind it
  private line = ''
  private last = false

  /** @throws Error when it is not chunked */
  take(piece: Buffer): void {
    let at = 0
    while (at < piece.length && !this.done) {
      if (this.left > 0) {
        const some = Math.min(this.left, piece.length - at)
        this.bytes += Math.max(0, Math.min(some, this.left - 2))
        this.left -= some
        at += some
        continue
      }
      const end = piece.indexOf('\n', at)
      this.line += piece.toString('latin1', at, end < 0 ? undefined : end)
      if (end < 0) return
      at = end + 1
      this.takeLine(this.line.trimEnd())
      this.line = ''
    }
  }

  private takeLine(line: string): void {
    if (this.last) {
      this.done = line === '' // else a trailer
      return
    }
    const size = /^([0-9a-f]+)(?:;.*)?$/i.exec(line)?.[1]
    if (size === undefined) throw new Error(`not the size of a chunk: ${line.slice(0, 40)}`)
    const bytes = Number.parseInt(size, 16)
    if (bytes === 0) this.last = true
    else this.left = bytes + 2
  }
}
