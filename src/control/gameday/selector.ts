/** Labels of an alert, its name among them as `alertname`. */
export type Labels = Readonly<Record<string, string>>

/** One condition on a label; a label that is not there is empty. Source: Prometheus, "Querying basics", instant vector selectors. */
export interface Matcher {
  readonly label: string
  readonly operator: '=' | '!=' | '=~' | '!~'
  readonly value: string
}

/** Conditions that must all hold, and the text they were written as. */
export interface Selector {
  readonly text: string
  readonly matchers: readonly Matcher[]
}

const MATCHER = /^\s*(?:"([^"]+)"|([A-Za-z_]\w*))\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^",{}\s]*))\s*(?:,|$)/

/** Reads `HouseSlow`, `severity="page"` or `{severity=~"page|ticket", team!="x"}`; says what is wrong when it is none of these. */
export function parseSelector(text: string): Selector | string {
  const inner = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1] ?? text
  if (inner === text && !/[=!]/.test(text)) return { text, matchers: [{ label: 'alertname', operator: '=', value: text }] }
  const matchers: Matcher[] = []
  for (let rest = inner; rest.trim() !== '';) {
    const [whole, quoted, plain, operator, inQuotes, bare] = MATCHER.exec(rest) ?? []
    const label = quoted ?? plain
    if (whole === undefined || label === undefined || !isOperator(operator)) return `expected the name of an alert, or matchers such as severity="page"; got ${JSON.stringify(text)}`
    const value = inQuotes?.replaceAll(/\\(.)/gs, (_, escaped: string) => escaped === 'n' ? '\n' : escaped) ?? bare ?? ''
    if (operator.endsWith('~') && regexp(value) === undefined) return `not a regular expression: ${JSON.stringify(value)}`
    matchers.push({ label, operator, value })
    rest = rest.slice(whole.length)
  }
  return matchers.length === 0 ? 'expected at least one matcher' : { text, matchers }
}

const isOperator = (text: string | undefined): text is Matcher['operator'] => text === '=' || text === '!=' || text === '=~' || text === '!~'

/** Whether all conditions hold. */
export const selects = ({ matchers }: Pick<Selector, 'matchers'>, labels: Labels): boolean => matchers.every((matcher) => holds(matcher, labels))

function holds({ label, operator, value }: Matcher, labels: Labels): boolean {
  const actual = (Object.hasOwn(labels, label) ? labels[label] : undefined) ?? ''
  switch (operator) {
    case '=': return actual === value
    case '!=': return actual !== value
    case '=~': return regexp(value)?.test(actual) === true
    default: return regexp(value)?.test(actual) === false
  }
}

// anchored at both ends, as in Prometheus; what RE2 has and JavaScript has not is refused
function regexp(source: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${source})$`, 's')
  } catch {
    return undefined
  }
}

/** Whether an alert carries these labels, among others. */
export const carries = (labels: Labels, wanted: Labels): boolean =>
  Object.entries(wanted).every(([label, value]) => (Object.hasOwn(labels, label) ? labels[label] : '') === value)

/** Whether an alert is one that is expected. */
export const concerns = ({ alert, labels: wanted }: { readonly alert: string, readonly labels: Labels }, labels: Labels): boolean => labels['alertname'] === alert && carries(labels, wanted)

/** The same text for the same labels, whatever their order. */
export const keyOf = (labels: Labels): string => JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => a < b ? -1 : 1))

/** `HouseSlow{route="house"}`. */
export function alertText(labels: Labels): string {
  const rest = Object.entries(labels).filter(([label]) => label !== 'alertname').map(([label, value]) => `${label}=${JSON.stringify(value)}`)
  return `${labels['alertname'] ?? ''}${rest.length === 0 ? '' : `{${rest.join(', ')}}`}`
}
