/** One thing wrong, or doubtful, in a config. */
export interface Finding {
  readonly severity: 'error' | 'warning'
  /** Name of the file, as it was given. */
  readonly file: string
  /** Where in the data: `routes[0].split[1].wieght`; empty where the text is no YAML. */
  readonly path: string
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 units. */
  readonly column: number
  readonly message: string
  /** What to write instead. */
  readonly suggestion: string | undefined
  /** The line of the file. */
  readonly source: string
}

/** Keys and indexes that lead from the top to a value. */
export type Path = readonly (string | number)[]

/** `routes[0].match.body["/model"]`. */
export function formatPath(path: Path): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (/^[$A-Za-z_][\w-]*$/.test(step)) text += text === '' ? step : `.${step}`
    else text += `[${JSON.stringify(step)}]`
  }
  return text
}

/** Columns of a source line that are shown at most. */
const SHOWN = 160

/**
 * A finding as people read it: place, message, then the line of the file and a caret under the place.
 *
 *     windtunnel.yaml:15:9: routes[0].split[1].wieght: unknown key - did you mean "weight"?
 *           wieght: 5
 *           ^
 */
export function formatFinding(finding: Finding): string {
  const { file, line, column, path, message, severity } = finding
  const place = `${file}:${line}:${column}: ${severity === 'warning' ? 'warning: ' : ''}${path === '' ? '' : `${path}: `}`
  const start = column <= SHOWN ? 0 : column - Math.floor(SHOWN / 2)
  const shown = clip(finding.source, start)
  // tabs stay tabs, so that the caret stands under its place however wide they are shown
  const indent = shown.slice(0, column - 1 - start).replaceAll(/[^\t]/gu, ' ')
  const head = printable(`${place}${message}${suggested(finding.suggestion)}`)
  return shown.trim() === '' ? head : `${head}\n    ${printable(shown)}\n    ${indent}^`
}

// what a terminal would act on
const printable = (text: string): string => text.replaceAll(/(?!\t)\p{Cc}/gu, '\u00B7')

/** A finding as data for `--json`: the source line is cut where it is very long. */
export const findingToJson = (finding: Finding): Finding => ({ ...finding, source: clip(finding.source, 0) })

const clip = (line: string, start: number): string => line.slice(start, start + SHOWN)

// text goes in quotes; a number, or something whose quotes are the point, stands as it is
const suggested = (suggestion: string | undefined): string =>
  suggestion === undefined ? '' : ` - did you mean ${/^(?:".*"|-?\d+(?:\.\d+)?)$/.test(suggestion) ? suggestion : `"${suggestion}"`}?`
