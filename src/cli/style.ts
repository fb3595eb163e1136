import { stripVTControlCharacters, styleText } from 'node:util'

/** Text as a terminal shows it, or plain. */
export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly yellow: (text: string) => string
  readonly green: (text: string) => string
}

type Format = 'bold' | 'dim' | 'red' | 'yellow' | 'green'

export function createStyle(colour: boolean): Style {
  const format = (name: Format) => (text: string): string => colour ? styleText(name, text, { validateStream: false }) : text
  return { bold: format('bold'), dim: format('dim'), red: format('red'), yellow: format('yellow'), green: format('green') }
}

/** Rows in columns as wide as their widest cell; columns named in `right` are flush right. Cells may be styled. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, i) => { widths[i] = Math.max(widths[i] ?? 0, widthOf(cell)) })
  return rows.map((row) => row.map((cell, i) => {
    const padding = ' '.repeat((widths[i] ?? 0) - widthOf(cell))
    return right.includes(i) ? padding + cell : cell + padding
  }).join('  ').trimEnd()).join('\n')
}

const widthOf = (cell: string): number => stripVTControlCharacters(cell).length
