/** What a scenario has found, as plain data. */
export interface Report {
  readonly title: string
  /** How it was measured, in sentences. */
  readonly method: readonly string[]
  readonly tables: readonly Table[]
  readonly verdicts: readonly Verdict[]
  /** What a reader should know: what was skipped, what went wrong. */
  readonly notes: readonly string[]
  /** Everything that was measured, round by round. */
  readonly rounds: unknown
}

export interface Table {
  readonly title: string
  /** The first column is left-aligned, the others to the right. */
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A number beside its target. */
export interface Verdict {
  readonly what: string
  readonly value: number
  readonly rule: '<=' | '<' | '='
  readonly target: number
  readonly unit: string
  /** What would be better still. */
  readonly aim: number | undefined
  readonly met: boolean
}

/** Judges a number. NaN meets nothing. */
export function judge(what: string, value: number, rule: Verdict['rule'], target: number, unit: string, aim?: number): Verdict {
  const met = rule === '<=' ? value <= target : rule === '<' ? value < target : value === target
  return { what, value, rule, target, unit, aim, met }
}

const OPPOSITE = { '<=': '>', '<': '>=', '=': 'not' } as const

/** Such as "met: CPU per request, of nginx: 1.31 <= 1.6 times (aim 1.2)". */
export function describeVerdict({ what, value, rule, target, unit, aim, met }: Verdict): string {
  const shown = Number.isNaN(value) ? 'not measured' : String(Number(value.toPrecision(value >= 100 ? 4 : 3)))
  const relation = met ? rule : OPPOSITE[rule]
  return `${met ? 'met' : 'missed'}: ${what}: ${shown} ${relation} ${Number(target.toPrecision(3))} ${unit}${aim === undefined ? '' : ` (aim ${aim})`}`
}

/** A scenario, in a file of its own under scenarios/. */
export interface Outcome {
  readonly name: string
  readonly seconds: number
  /** Load average before and after. */
  readonly load: readonly [readonly number[], readonly number[]]
  readonly report: Report
}

/** A report as text for a terminal or a file. */
export function renderText({ report, seconds, load }: Outcome): string {
  const { title, method, tables, verdicts, notes } = report
  return [
    `== ${title}`,
    ...method,
    '',
    ...tables.flatMap((table) => [...table.title === '' ? [] : [table.title], alignedTable(table), '']),
    ...verdicts.map(describeVerdict),
    ...notes.map((note) => `note: ${note}`),
    `(${seconds.toFixed(0)} s; load average ${load[0].join(' ')} before, ${load[1].join(' ')} after)`,
    ''
  ].join('\n')
}

/** The same as a section of Markdown. */
export function renderMarkdown({ report, seconds, load }: Outcome): string {
  const { title, method, tables, verdicts, notes } = report
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    `## ${title}`,
    '',
    method.join(' '),
    '',
    ...tables.flatMap(({ title: caption, columns, rows }) => [
      ...caption === '' ? [] : [`**${caption}**`, ''],
      line(columns),
      line(columns.map((_, index) => index === 0 ? '---' : '---:')),
      ...rows.map(line),
      ''
    ]),
    ...verdicts.map((verdict) => `- ${describeVerdict(verdict).replace(/^(met|missed)/, '**$1**')}`),
    ...notes.map((note) => `- note: ${note}`),
    '',
    `Took ${seconds.toFixed(0)} s; load average ${load[0].join(' ')} before, ${load[1].join(' ')} after.`,
    ''
  ].join('\n')
}

function alignedTable({ columns, rows }: Table): string {
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells.map((cell, index) => index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)).join('  ').trimEnd()
  return [line(columns), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n')
}
