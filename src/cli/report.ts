import { writeFileSync } from 'node:fs'
import type { MirrorReport } from '../control/mirror-report.ts'
import { type AdminOptions, callAdmin, withAdmin } from './admin-client.ts'
import { CliError, type Io, USAGE } from './io.ts'
import { reportHtml } from './report/html.ts'
import { mirrorText } from './report/text.ts'
import { createStyle } from './style.ts'
import { examples, type Verb } from './verb.ts'

const MAX_FIELDS = 30

interface Options extends AdminOptions {
  readonly json?: boolean
  readonly html?: string
  readonly diffy?: boolean
  readonly examples: string
}

export const report: Verb = (program, io) => {
  withAdmin(program.command('report').summary('what shadow models answer differently, and whether that is noise'))
    .option('--json', 'print JSON')
    .option('--html <file>', 'write a page that needs nothing else, with plots')
    .option('--diffy', 'show what Diffy\'s rule would report beside the verdicts')
    .option('--examples <n>', 'examples per mirror', '5')
    .addHelpText('before', examples('report', 'report --examples 20', 'report --html report.html', 'report --json'))
    .action(async (options: Options) => {
      const maxExamples = wholeNumber('--examples', options.examples)
      const found = await callAdmin<{ readonly mirrors: readonly MirrorReport[] }>(options, 'GET', '/api/v1/mirrors')
      if (options.json === true) return io.out(`${JSON.stringify(found, undefined, 2)}\n`)
      if (options.html !== undefined) return writePage(options.html, reportHtml(found.mirrors, new Date(io.wallClock()).toISOString()), io)
      if (found.mirrors.length === 0) return io.out('no route has a mirror\n')
      const style = createStyle(io.colour)
      for (const mirror of found.mirrors) io.out(mirrorText(mirror, { style, maxFields: MAX_FIELDS, maxExamples, diffy: options.diffy === true }))
    })
}

/** Writes a page and says so. @throws CliError when it cannot be written */
export function writePage(file: string, html: string, io: Io): void {
  try {
    writeFileSync(file, html)
  } catch (error) {
    throw new CliError(`--html: ${file} cannot be written (${error instanceof Error && 'code' in error ? String(error.code) : String(error)})`)
  }
  io.out(`written to ${file}\n`)
}

/** @throws CliError when it is none */
export function wholeNumber(option: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new CliError(`${option}: expected a whole number; got ${text}`, USAGE)
  return value
}
