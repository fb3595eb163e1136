/** Compiles a glob, where `*` stands for any characters and all else for itself, into a test of whole strings. */
export function compileGlob(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*')
  const [first = '', ...rest] = parts
  if (rest.length === 0) return (text) => text === pattern
  const last = rest.pop() ?? ''
  // matched left to right without backtracking, so no pattern is slow
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
    let at = first.length
    const end = text.length - last.length
    for (const part of rest) {
      const found = text.indexOf(part, at)
      if (found < 0 || found + part.length > end) return false
      at = found + part.length
    }
    return true
  }
}
