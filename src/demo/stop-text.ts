/**
 * Passes pieces of text on until one of `stops` appears in them. A stop may be spread over pieces, so what could be its
 * beginning is held back until that is known. Neither the stop nor what follows is passed on.
 */
export function* untilStop(pieces: Iterable<string>, stops: readonly string[]): Generator<string, void> {
  let held = ''
  for (const piece of pieces) {
    held += piece
    const found = Math.min(...stops.map((stop) => held.indexOf(stop)).filter((at) => at >= 0))
    if (found < Infinity) {
      if (found > 0) yield held.slice(0, found)
      return
    }
    const safe = held.length - longestBeginning(held, stops)
    if (safe > 0) yield held.slice(0, safe)
    held = held.slice(safe)
  }
  if (held !== '') yield held
}

/** Length of the longest end of `text` that a stop begins with. */
function longestBeginning(text: string, stops: readonly string[]): number {
  let longest = 0
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(stop.slice(0, length))) longest = length
    }
  }
  return longest
}
