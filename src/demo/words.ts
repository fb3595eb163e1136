/** A token of the demo's language model: a word in lower case, a number, or a mark. */
export type Word = string

const WORDS = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*|[.,;:?!]/gu

/** The words and marks of a text; everything else is dropped. */
export function splitWords(text: string): readonly Word[] {
  return text.toLowerCase().match(WORDS) ?? []
}

/** Whether a token is a punctuation mark. */
export const isMark = (word: Word): boolean => /^[.,;:?!]$/.test(word)

/** How `word` is written after `before` (undefined at the start of a text): with its space, and a capital where a sentence begins. */
export function writeWord(word: Word, before: Word | undefined): string {
  if (isMark(word)) return word
  const capital = before === undefined || /^[.?!]$/.test(before)
  return (before === undefined ? '' : ' ') + (capital ? word.charAt(0).toUpperCase() + word.slice(1) : word)
}
