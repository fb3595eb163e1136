/** Octets between two cuts, or a part of them. */
export interface CutPiece {
  readonly octets: Buffer
  /** Whether it goes up to a cut; what does not is gone on with in the next chunk. */
  readonly isWhole: boolean
}

/** Cuts octets at each multiple of `size`, counted over all chunks, so that the cuts are the same however the octets came. Nothing is copied or held back. */
export function cuttingAt(size: number): (chunk: Buffer) => readonly CutPiece[] {
  let left = size
  return (chunk) => {
    const pieces: CutPiece[] = []
    for (let at = 0; at < chunk.length;) {
      const end = Math.min(chunk.length, at + left)
      left -= end - at
      pieces.push({ octets: chunk.subarray(at, end), isWhole: left === 0 })
      if (left === 0) left = size
      at = end
    }
    return pieces
  }
}
