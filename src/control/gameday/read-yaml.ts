import { parse } from '../../config/parse.ts'
import { Report } from '../../config/report.ts'
import { Source } from '../../config/source.ts'
import { readTree } from '../../config/tree.ts'

/** The data of someone else's YAML, in which `${1}` is no placeholder of ours; undefined when it is none. */
export function readYaml(text: string): unknown {
  const source = new Source('', text)
  const report = new Report(source)
  const parsed = parse(source, report)
  if (parsed === undefined || parsed.soundUntil < Infinity) return undefined
  const surroundings = { env: {}, readFile: (): string => { throw new Error('no file is read for it') } }
  return readTree(parsed.contents, source.text, surroundings, report)?.data
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['ms', 1], ['s', 1000], ['m', 60_000], ['h', 3_600_000], ['d', 86_400_000], ['w', 604_800_000], ['y', 31_536_000_000]
])

/** A duration as Prometheus and Alertmanager write it (`1m30s`, `1w`), ms; undefined when it is none. Source: Prometheus, "Configuration". */
export function readDuration(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^(?:\d+(?:ms|[smhdwy]))+$/.test(value)) return undefined
  return [...value.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS.get(unit ?? '') ?? Number.NaN), 0)
}
