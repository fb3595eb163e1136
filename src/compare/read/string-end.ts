/** The closing quote of the string that opens at `open`; the end of the text when there is none. */
export function stringEnd(text: string, open: number): number {
  for (let close = text.indexOf('"', open + 1); close !== -1; close = text.indexOf('"', close + 1)) {
    let escapes = close
    while (text.charCodeAt(escapes - 1) === BACKSLASH) escapes--
    if ((close - escapes) % 2 === 0) return close
  }
  return text.length
}

const BACKSLASH = 0x5c
