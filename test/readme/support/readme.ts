import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../support/windtunnel.ts'

const TEXT = readFileSync(join(ROOT, 'README.md'), 'utf8')

/** Blocks of code in this language, in order. */
export const blocks = (language: string): readonly string[] =>
  [...TEXT.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].flatMap(([, found, text = '']) => found === language ? [text] : [])

/** Commands a reader would type into a shell, without the comments behind them. */
export const commands: readonly string[] = blocks('sh').flatMap((block) => block.split('\n')).map((line) => line.replace(/\s+#.*$/, '').trim()).filter((line) => line !== '')

/** Rows of the table whose head begins so, each as its cells; without head and rule. */
export function table(head: string): readonly (readonly string[])[] {
  const lines = TEXT.split('\n')
  const at = lines.findIndex((line) => line.startsWith(`| ${head}`))
  if (at < 0) throw new Error(`no table begins with | ${head}`)
  const rest = lines.slice(at + 2)
  const end = rest.findIndex((line) => !line.startsWith('|'))
  return rest.slice(0, end < 0 ? undefined : end).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()))
}

/** What stands between backquotes. */
export const codes = (cell = ''): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
