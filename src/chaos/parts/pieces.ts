/** A buffer in pieces of `size` octets, the last one what is left; nothing is copied. An empty one is one empty piece. */
export function piecesOf(octets: Buffer, size: number): readonly Buffer[] {
  if (octets.length <= size) return [octets]
  const pieces: Buffer[] = []
  for (let at = 0; at < octets.length; at += size) pieces.push(octets.subarray(at, at + size))
  return pieces
}
