// single characters of scripts that set no spaces, words of the others with what joins them, and every other mark by itself
const TOKEN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[[\p{L}\p{M}\p{N}_]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]]+(?:['’][\p{Script=Latin}\p{M}]+)*|[^\s]/gv

/**
 * The tokens of a text: words and numbers, and punctuation mark by mark; white space is none. Linear in the length of the text.
 * @param most no more than this many are returned, and one more where there are more
 * @example tokensOf("It isn't 3.5", 9) // ['It', "isn't", '3', '.', '5']
 */
export function tokensOf(text: string, most: number): readonly string[] {
  const tokens: string[] = []
  for (const [token] of text.matchAll(TOKEN)) if (tokens.push(token) > most) break
  return tokens
}

/** How many tokens two lists have in common from the start. */
export function commonStart(a: readonly string[], b: readonly string[]): number {
  const length = Math.min(a.length, b.length)
  let at = 0
  while (at < length && a[at] === b[at]) at++
  return at
}
