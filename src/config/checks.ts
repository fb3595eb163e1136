import { either } from './messages.ts'
import type { ExperimentOutline, Outline, Reference, RouteOutline } from './outline.ts'
import type { Report } from './report.ts'
import { closest } from './suggest.ts'

/** Errors between parts of a config: names that lead nowhere, names used twice, sums that do not come out. */
export function checkReferences(outline: Outline, report: Report): void {
  unique('route', outline.routes.map(({ name }) => name), report)
  unique('experiment', outline.experiments.map(({ name }) => name), report)
  for (const route of outline.routes) {
    checkSplit(route, report)
    unique('mirror to', route.mirrors.map(({ backend }) => backend), report)
  }
  checkBackends(outline, report)
  const routes = new Set(outline.routes.flatMap(({ name }) => name?.name ?? []))
  for (const route of outline.protected) known('route', route, routes, report)
  for (const experiment of outline.experiments) checkTarget(experiment, outline, routes, report)
  checkBlastRadius(outline, report)
}

function unique(what: string, references: readonly (Reference | undefined)[], report: Report): void {
  const seen = new Set<string>()
  for (const reference of references) {
    if (reference === undefined) continue
    if (seen.has(reference.name)) report.error(reference.path, `a second ${what} ${JSON.stringify(reference.name)}`)
    seen.add(reference.name)
  }
}

function checkSplit({ path, hasSplit, hasShorthand, arms }: RouteOutline, report: Report): void {
  if (hasSplit && hasShorthand) report.error([...path, 'backend'], 'either `backend` or `split`, not both', { key: true })
  if (!hasSplit && !hasShorthand) report.error([...path, 'split'], 'required, or `backend` for a single one')
  if (!hasSplit || hasShorthand) return
  unique('arm for', arms.map(({ backend }) => backend), report)
  if (arms.length > 0 && arms.every(({ weight }) => weight === 0)) report.error([...path, 'split'], 'all weights are 0: no backend would be asked')
}

function checkBackends({ backends, routes }: Outline, report: Report): void {
  if (backends === undefined) return
  const names = new Set(backends.map(({ name }) => name))
  const check = (reference: Reference | undefined): void => {
    if (reference !== undefined) known('backend', reference, names, report)
  }
  for (const { arms, fallback, mirrors } of routes) {
    for (const { backend } of arms) check(backend)
    check(fallback)
    for (const { backend, baseline } of mirrors) {
      check(backend)
      check(baseline)
    }
  }
}

function known(what: string, { name, path }: Reference, names: ReadonlySet<string>, report: Report): boolean {
  if (names.has(name)) return true
  report.error(path, `no ${what} is called ${JSON.stringify(name)}`, { suggestion: () => closest(name, names) })
  return false
}

function checkTarget({ route, backend, isOnShadow, isOnBoth }: ExperimentOutline, { routes, protected: barred }: Outline, routeNames: ReadonlySet<string>, report: Report): void {
  if (route === undefined || !known('route', route, routeNames, report)) return
  if (barred.some(({ name }) => name === route.name)) report.error(route.path, `route ${route.name} is under chaos.protect: no experiment may be on it`)
  const arms = armsOf(route.name, routes)
  if (backend === undefined || arms.length === 0 || arms.some((arm) => arm.backend === undefined)) return
  const mirrors = routes.find(({ name }) => name?.name === route.name)?.mirrors.flatMap((mirror) => mirror.backend?.name ?? []) ?? []
  const names = [...isOnShadow ? [] : arms.flatMap((arm) => arm.backend?.name ?? []), ...isOnShadow || isOnBoth ? mirrors : []]
  if (names.includes(backend.name)) return
  if (isOnShadow && names.length === 0) return report.error(backend.path, `route ${route.name} has no mirrors, and so no shadows`)
  report.error(backend.path, `route ${route.name} has no ${isOnShadow ? 'mirror to' : 'arm for'} ${JSON.stringify(backend.name)}, only for ${either(names)}`, { suggestion: closest(backend.name, names) })
}

const armsOf = (route: string, routes: readonly RouteOutline[]): RouteOutline['arms'] => routes.find(({ name }) => name?.name === route)?.arms ?? []

// what the limit is compared with: each experiment's share of its route, as if all traffic came by that route
function checkBlastRadius({ experiments, routes, chaosLimit }: Outline, report: Report): void {
  if (chaosLimit === undefined) return
  const shares = experiments.map((experiment) => expectedPercent(experiment, routes))
  const total = shares.reduce((sum: number, share) => sum + (share ?? 0), 0)
  if (total <= chaosLimit + 1e-9) return
  const parts = experiments.map(({ name, path }, i) => `${name?.name ?? String(path.at(-1))} ${inPercent(shares[i] ?? 0)}`)
  const shown = parts.length > 6 ? [...parts.slice(0, 5), `${parts.length - 5} more`] : parts
  report.error(['chaos', 'limits', 'percent'], `experiments may hit ${inPercent(total)} of requests together (${shown.join(', ')}), over this limit of ${inPercent(chaosLimit)}`)
}

function expectedPercent({ percent, route, hasBackend, backend, isOnShadow }: ExperimentOutline, routes: readonly RouteOutline[]): number | undefined {
  if (isOnShadow) return 0
  if (percent === undefined || !hasBackend) return percent
  const arms = route === undefined ? [] : armsOf(route.name, routes)
  const total = arms.reduce((sum, { weight }) => sum + (weight ?? Number.NaN), 0)
  const share = (arms.find((arm) => arm.backend !== undefined && arm.backend.name === backend?.name)?.weight ?? Number.NaN) / total
  return Number.isFinite(share) ? percent * share : undefined
}

const inPercent = (percent: number): string => `${Number(percent.toPrecision(4))} %`
