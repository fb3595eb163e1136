import { Pieces } from '../core/pieces.ts'

/** The part of a request body that is kept to decide on, to send again or to mirror, up to a limit. */
export class KeptBody {
  /** Octets seen, kept or not. */
  bytes = 0
  private readonly kept = new Pieces()
  private limit: number
  private over = false

  constructor(limit: number) {
    this.limit = limit
  }

  /** Whether everything seen is still here. */
  get whole(): boolean {
    return !this.over
  }

  get pieces(): readonly Buffer[] {
    return this.kept.list
  }

  /** Raises the limit, before anything has been let go. */
  allow(limit: number): void {
    this.limit = Math.max(this.limit, limit)
  }

  add(chunk: Buffer): void {
    this.bytes += chunk.length
    if (this.over) return
    if (this.bytes > this.limit) this.drop()
    else this.kept.add(chunk)
  }

  /** What is kept, in one piece. */
  joined(): Buffer | undefined {
    return this.kept.joined()
  }

  /** Lets everything go. */
  drop(): void {
    this.over = true
    this.kept.clear()
  }
}
