import type { z } from 'zod'
import type { Path } from './finding.ts'
import { find, type Mark } from './mark.ts'
import { either, show, typeName } from './messages.ts'
import type { Report } from './report.ts'
import { allowedKeys, isMapping, valueAt } from './schema-node.ts'
import { closest } from './suggest.ts'

type Issue = z.core.$ZodIssue

/** Puts what the schema has against the data into the report, with suggestions. */
export function reportIssues(issues: readonly Issue[], data: unknown, root: Mark, report: Report): void {
  new Translator(data, root, report).all(issues, [])
}

class Translator {
  private readonly data: unknown
  private readonly root: Mark
  private readonly report: Report

  constructor(data: unknown, root: Mark, report: Report) {
    this.data = data
    this.root = root
    this.report = report
  }

  all(issues: readonly Issue[], base: Path): void {
    // a key misspelt is one mistake, not one unknown key and one missing
    const meant = new Set<string>()
    for (const issue of issues) if (issue.code === 'unrecognized_keys') this.unknownKeys(issue.keys, [...base, ...stepsOf(issue)], meant)
    for (const issue of issues) if (issue.code !== 'unrecognized_keys') this.one(issue, [...base, ...stepsOf(issue)], meant)
  }

  private one(issue: Issue, path: Path, meant: ReadonlySet<string>): void {
    const value = valueAt(this.data, path)
    if (value === undefined && meant.has(JSON.stringify(path))) return
    switch (issue.code) {
      case 'invalid_union':
        if (issue.discriminator !== undefined) return this.choice(path, value, 'options' in issue ? (issue.options ?? []).map(String) : [])
        return this.union(issue.errors, path, value)
      case 'invalid_key': return this.key(issue.issues, path)
      case 'invalid_value': return this.report.error(path, issue.message, { suggestion: typeof value === 'string' ? closest(value, issue.values.map(String)) : undefined })
      case 'invalid_type': return this.wrongType(issue, path, value)
      default: return this.withTail(path, issue.message)
    }
  }

  private unknownKeys(keys: readonly string[], path: Path, meant: Set<string>): void {
    const allowed = allowedKeys(path, this.data)
    for (const key of keys) {
      const suggestion = closest(key, allowed)
      if (suggestion !== undefined) meant.add(JSON.stringify([...path, suggestion]))
      const hint = suggestion === undefined && allowed.length > 0 && allowed.length <= FEW_KEYS ? `; expected ${either(allowed)}` : ''
      this.report.error([...path, key], `unknown key${hint}`, { key: true, suggestion })
    }
  }

  private key(issues: readonly Issue[], path: Path): void {
    for (const { message } of issues) this.report.error(path, message, { key: true })
  }

  private wrongType(issue: z.core.$ZodIssueInvalidType, path: Path, value: unknown): void {
    const suggestion = issue.message.includes(TAIL) ? undefined : this.retyped(issue.expected, path, value)
    this.withTail(path, issue.message, suggestion)
  }

  // a number where text is wanted lacks quotes, and a number in quotes has them too many
  private retyped(expected: string, path: Path, value: unknown): string | undefined {
    if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
      return JSON.stringify(find(this.root, path).mark.written ?? String(value))
    }
    if (typeof value !== 'string') return expected === 'array' && typeof value === 'number' ? `[${value}]` : undefined
    if (expected === 'array') return `[${value}]`
    if ((expected === 'number' || expected === 'int') && /^-?\d+(?:\.\d+)?$/.test(value)) return value
    if (expected === 'boolean') return /^(?:yes|on|true)$/i.test(value) ? 'true' : /^(?:no|off|false)$/i.test(value) ? 'false' : undefined
    return undefined
  }

  private choice(path: Path, value: unknown, options: readonly string[]): void {
    const message = value === undefined ? `required: ${few(options)}` : `expected ${few(options)}; got ${show(value)}`
    this.report.error(path, message, { suggestion: typeof value === 'string' ? closest(value, options) : undefined })
  }

  /** Of all that a value may be, what it most likely was meant to be says what is wrong with it. */
  private union(branches: readonly (readonly Issue[])[], path: Path, value: unknown): void {
    const kin = branches.filter((issues) => !issues.some((issue) => issue.path.length === 0 && isOtherKind(issue)))
    const [only] = kin
    if (only === undefined) return this.otherKind(branches.flat(), path, value)
    if (kin.length === 1) return this.all(only, path)
    if (isMapping(value)) return this.mapping(kin, path, value)
    this.all(fewest(kin), path)
  }

  private otherKind(issues: readonly Issue[], path: Path, value: unknown): void {
    const wanted = new Set<string>()
    const alternatives = issues.filter((issue) => issue.code === 'invalid_type' && issue.expected === 'object' && issue.path.length === 0).length
    let suggestion: string | undefined
    for (const issue of issues) {
      if (issue.path.length > 0) continue
      if (issue.code === 'invalid_type') {
        wanted.add(issue.expected === 'object' && alternatives > 1 ? `a mapping with ${either(allowedKeys(path, this.data))}` : typeName(issue.expected))
        suggestion ??= TAIL_PATTERN.exec(issue.message)?.[1] ?? (issue.expected === 'array' ? undefined : this.retyped(issue.expected, path, value))
      } else if (issue.code === 'invalid_value') {
        for (const one of issue.values) wanted.add(String(one))
        if (typeof value === 'string') suggestion ??= closest(value, issue.values.map(String))
      }
    }
    this.report.error(path, value === undefined ? 'required' : `expected ${either([...wanted])}; got ${show(value)}`, { suggestion })
  }

  private mapping(branches: readonly (readonly Issue[])[], path: Path, value: Readonly<Record<string, unknown>>): void {
    const unknownOf = (issues: readonly Issue[]): readonly string[] => issues.flatMap((issue) => issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [])
    const unknown = Object.keys(value).filter((key) => branches.every((issues) => unknownOf(issues).includes(key)))
    const known = Object.keys(value).length - unknown.length
    const allowed = allowedKeys(path, this.data)
    this.unknownKeys(unknown, path, new Set())
    const best = fewest(branches)
    const foreign = unknownOf(best).filter((key) => !unknown.includes(key))
    if (known === 0) {
      if (unknown.every((key) => closest(key, allowed) === undefined)) this.report.error(path, `expected one of ${either(allowed)}`)
    } else if (foreign.length > 0) {
      this.report.error(path, `expected only one of ${either(Object.keys(value).filter((key) => !unknown.includes(key)))}`)
    } else {
      this.all(best.filter((issue) => !(issue.code === 'unrecognized_keys' && issue.path.length === 0)), path)
    }
  }

  /** Reports a message whose tail may hold a suggestion. */
  private withTail(path: Path, message: string, suggestion?: string): void {
    const found = TAIL_PATTERN.exec(message)
    if (found === null) this.report.error(path, message, { suggestion })
    else this.report.error(path, message.slice(0, found.index), { suggestion: found[1] })
  }
}

/** Keys that a message lists where none of them is like the wrong one. */
const FEW_KEYS = 8

const TAIL = ' - did you mean '
const TAIL_PATTERN = / - did you mean "?([^"]*)"?\?$/

const isOtherKind = (issue: Issue): boolean => issue.code === 'invalid_type' || issue.code === 'invalid_value'

const fewest = (branches: readonly (readonly Issue[])[]): readonly Issue[] => branches.reduce((best, issues) => issues.length < best.length ? issues : best)

// symbols are no keys of YAML
const stepsOf = ({ path }: Issue): Path => path.filter((step) => typeof step !== 'symbol')

// a screen full of names helps nobody who has misspelt one
const few = (options: readonly string[]): string => options.length <= MANY ? either(options) : `one of ${options.slice(0, 3).join(', ')} and so on`
const MANY = 20
