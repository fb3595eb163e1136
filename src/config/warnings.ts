import stringify from 'fast-json-stable-stringify'
import type { Outline, RouteOutline } from './outline.ts'
import type { Report } from './report.ts'
import { isMapping } from './schema-node.ts'

/** What will run, but hardly as it was meant. */
export function checkDoubts(outline: Outline, report: Report): void {
  checkReachable(outline.routes, report)
  for (const route of outline.routes) {
    checkArms(route, report)
    checkMirrors(route, report)
  }
  checkUsed(outline, report)
}

/** Conditions of a route by name, each also as text that is equal for equal ones. */
type Conditions = ReadonlyMap<string, { readonly value: unknown, readonly text: string }>

function checkReachable(routes: readonly RouteOutline[], report: Report): void {
  const before: { readonly route: RouteOutline, readonly conditions: Conditions }[] = []
  for (const route of routes) {
    if (route.match === undefined) continue
    const conditions: Conditions = new Map(Object.entries(route.match).map(([key, value]) => [key, { value, text: stringify(value) }]))
    const first = before.find((earlier) => covers(earlier.conditions, conditions))?.route
    if (first !== undefined) {
      const which = first.name === undefined ? `routes[${String(first.path.at(-1))}]` : `route ${first.name.name}`
      report.warning(route.path, `never reached: ${which} above takes every request that would match`)
    }
    before.push({ route, conditions })
  }
}

/** Whether every request that matches `later` matches `earlier` as well; false wherever it takes more than a look to know. */
function covers(earlier: Conditions, later: Conditions): boolean {
  for (const [key, wanted] of earlier) {
    const has = later.get(key)
    if (has !== undefined && wanted.text === has.text) continue
    if (key === 'path' && coversPath(wanted.value, has?.value)) continue
    if (has !== undefined && Array.isArray(wanted.value) && Array.isArray(has.value) && isSubset(has.value, wanted.value)) continue
    return false
  }
  return true
}

// lists are alternatives: methods, hosts
const isSubset = (part: readonly unknown[], whole: readonly unknown[]): boolean => part.every((one) => whole.includes(one))

function coversPath(earlier: unknown, later: unknown): boolean {
  if (!isMapping(earlier) || typeof earlier['prefix'] !== 'string') return false
  const { prefix } = earlier
  // all paths but that of `OPTIONS *` begin with a slash
  if (prefix === '/') return !(isMapping(later) && later['exact'] === '*')
  const start = isMapping(later) ? later['exact'] ?? later['prefix'] : undefined
  return typeof start === 'string' && start.startsWith(prefix)
}

function checkArms({ path, arms, fallback }: RouteOutline, report: Report): void {
  const live = arms.filter(({ weight }) => weight !== 0)
  const [only] = live
  if (live.length !== 1 || only?.backend === undefined) return
  if (arms.length > 1) report.warning([...path, 'split'], `all weight is on ${only.backend.name}`)
  if (fallback !== undefined && fallback.name === only.backend.name) report.warning(fallback.path, `${fallback.name} is the only backend there is, so it is no fallback`)
}

function checkMirrors({ arms, mirrors }: RouteOutline, report: Report): void {
  const names = new Set(arms.flatMap(({ backend }) => backend?.name ?? []))
  for (const { backend, baseline } of mirrors) {
    if (backend !== undefined && names.has(backend.name)) report.warning(backend.path, `${backend.name} also answers this route: it would be compared with itself`)
    if (baseline !== undefined && !names.has(baseline.name)) {
      report.warning(baseline.path, `${baseline.name} does not answer this route; a baseline is a second copy to a backend that does`)
    }
  }
}

function checkUsed({ backends = [], routes }: Outline, report: Report): void {
  const used = new Set<string | undefined>()
  for (const { arms, fallback, mirrors } of routes) {
    for (const { backend } of arms) used.add(backend?.name)
    used.add(fallback?.name)
    for (const { backend, baseline } of mirrors) used.add(backend?.name).add(baseline?.name)
  }
  for (const { name, path } of backends) if (!used.has(name)) report.warning(path, 'no route uses this backend', { key: true })
}
