import { type Finding, formatPath, type Path } from './finding.ts'
import { find, type Mark } from './mark.ts'
import type { Source } from './source.ts'

/** Findings that are shown at most; a text that is no config at all could have thousands. */
const MAX_FINDINGS = 100
/** Findings beyond which no more time goes into suggestions. */
const MAX_SUGGESTIONS = 1000

export interface Details {
  readonly suggestion?: string | (() => string | undefined) | undefined
  /** Whether the key is at fault, rather than the value. */
  readonly key?: boolean
  /** Offset, where it is known better than by the path. */
  readonly at?: number
}

/** Gathers findings and knows where they are. Values that came from placeholders are kept out of what they say. */
export class Report {
  private readonly source: Source
  private readonly findings = new Map<string, Finding>()
  /** Marks of the data, as soon as there are any. */
  root: Mark | undefined

  constructor(source: Source) {
    this.source = source
  }

  /** Whether there are errors, in the whole or under one key of the top. */
  hasErrors(key = ''): boolean {
    return this.findings.values().some(({ severity, path }) => severity === 'error' && path.startsWith(key))
  }

  error(path: Path, message: string, details: Details = {}): void {
    this.add('error', path, message, details)
  }

  warning(path: Path, message: string, details: Details = {}): void {
    this.add('warning', path, message, details)
  }

  /** Everything found so far, in the order of the file. */
  list(): readonly Finding[] {
    const sorted = [...this.findings.values()].toSorted((a, b) => a.line - b.line || a.column - b.column || a.severity.localeCompare(b.severity) || (a.path < b.path ? -1 : 1))
    const shown = sorted.slice(0, MAX_FINDINGS)
    const next = sorted[MAX_FINDINGS]
    if (next === undefined) return shown
    const severity = sorted.slice(MAX_FINDINGS).some((finding) => finding.severity === 'error') ? 'error' : 'warning'
    return [...shown, { ...next, severity, path: '', message: `${sorted.length - MAX_FINDINGS} more problems are not shown`, suggestion: undefined }]
  }

  private add(severity: Finding['severity'], path: Path, message: string, { suggestion, key = false, at }: Details): void {
    const found = this.root === undefined ? undefined : find(this.root, path)
    if (found?.mark.broken === true && at === undefined && !key) return
    const offset = at ?? (found === undefined ? 0 : key || !found.whole ? found.mark.keyAt ?? found.mark.at : found.mark.at)
    const secret = at === undefined && !key && found?.whole === true && found.mark.placeholders.length > 0
    const { line, column } = this.source.place(offset)
    const said = secret ? withoutValues(message, found.mark) : message
    const id = `${offset} ${said}`
    // a value used twice through an alias is wrong once
    if (this.findings.has(id)) return
    const proposed = typeof suggestion === 'function' && this.findings.size < MAX_SUGGESTIONS ? suggestion() : suggestion
    this.findings.set(id, {
      severity, file: this.source.file, path: formatPath(path), line, column,
      message: said, suggestion: secret || typeof proposed === 'function' ? undefined : proposed, source: this.source.line(line)
    })
  }
}

function withoutValues(message: string, { placeholders, value }: Mark): string {
  const got = message.indexOf('; got ')
  if (got >= 0) return `${message.slice(0, got)}; got the value of ${placeholders.map(({ text }) => text).join(' and ')}`
  let said = message
  for (const secret of [value, ...placeholders.map((placeholder) => placeholder.value)]) {
    if (secret !== undefined && secret.length > 2) said = said.replaceAll(secret, '...')
  }
  return said
}
