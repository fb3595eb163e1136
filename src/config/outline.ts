import type { Path } from './finding.ts'
import { isMapping, member } from './schema-node.ts'

/** A name that refers to something, and where it does. */
export interface Reference {
  readonly name: string
  readonly path: Path
}

export interface ArmOutline {
  readonly path: Path
  readonly backend: Reference | undefined
  /** undefined where it is no usable number. */
  readonly weight: number | undefined
}

export interface RouteOutline {
  readonly path: Path
  readonly name: Reference | undefined
  readonly match: Readonly<Record<string, unknown>> | undefined
  readonly hasSplit: boolean
  readonly hasShorthand: boolean
  readonly arms: readonly ArmOutline[]
  readonly fallback: Reference | undefined
  readonly mirrors: readonly { readonly backend: Reference | undefined, readonly baseline: Reference | undefined }[]
}

export interface ExperimentOutline {
  readonly path: Path
  readonly name: Reference | undefined
  readonly route: Reference | undefined
  /** Whether `where` says anything about backends, usable or not. */
  readonly hasBackend: boolean
  readonly backend: Reference | undefined
  readonly percent: number | undefined
  /** Whether only copies are hit, which no client notices. */
  readonly isOnShadow: boolean
  /** Whether copies are hit too. */
  readonly isOnBoth: boolean
}

/** What of a config refers to something else, read from whatever there is, so that one mistake hides no other. */
export interface Outline {
  /** undefined where the backends cannot be read at all. */
  readonly backends: readonly Reference[] | undefined
  readonly routes: readonly RouteOutline[]
  readonly experiments: readonly ExperimentOutline[]
  /** Percent of all requests that experiments may hit. */
  readonly chaosLimit: number | undefined
  /** Routes no experiment may be on. */
  readonly protected: readonly Reference[]
}

export function outline(data: unknown): Outline {
  const backends = member(data, 'backends')
  const chaos = member(data, 'chaos')
  return {
    backends: isMapping(backends) ? Object.keys(backends).map((name) => ({ name, path: ['backends', name] })) : undefined,
    routes: items(data, 'routes', []).map(route),
    experiments: items(chaos, 'experiments', ['chaos']).map(experiment),
    chaosLimit: number(member(member(chaos, 'limits'), 'percent')),
    protected: items(chaos, 'protect', ['chaos']).flatMap(([name, path]) => typeof name === 'string' ? [{ name, path }] : [])
  }
}

type Item = readonly [value: unknown, path: Path]

function items(parent: unknown, key: string, path: Path): readonly Item[] {
  const list = member(parent, key)
  return Array.isArray(list) ? list.map((value: unknown, i): Item => [value, [...path, key, i]]) : []
}

const number = (value: unknown): number | undefined => typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined

function reference(parent: unknown, key: string, path: Path): Reference | undefined {
  const name = member(parent, key)
  return typeof name === 'string' ? { name, path: [...path, key] } : undefined
}

function route([value, path]: Item): RouteOutline {
  const shorthand = reference(value, 'backend', path)
  const arms = items(value, 'split', path).map(([arm, armPath]): ArmOutline => ({
    path: armPath, backend: reference(arm, 'backend', armPath), weight: number(member(arm, 'weight'))
  }))
  const match = member(value, 'match')
  return {
    path,
    name: reference(value, 'name', path),
    match: match === undefined ? {} : isMapping(match) ? match : undefined,
    hasSplit: member(value, 'split') !== undefined,
    hasShorthand: member(value, 'backend') !== undefined,
    arms: shorthand === undefined ? arms : [...arms, { path: shorthand.path, backend: shorthand, weight: 1 }],
    fallback: reference(value, 'fallback', path),
    mirrors: items(value, 'mirrors', path).map(([mirror, at]) => ({
      backend: reference(mirror, 'backend', at), baseline: reference(member(mirror, 'baseline'), 'backend', [...at, 'baseline'])
    }))
  }
}

function experiment([value, path]: Item): ExperimentOutline {
  const where = member(value, 'where')
  return {
    path,
    name: reference(value, 'name', path),
    route: reference(value, 'route', path),
    hasBackend: member(where, 'backend') !== undefined,
    backend: reference(where, 'backend', [...path, 'where']),
    percent: together(number(member(value, 'percent')), items(value, 'faults', path).map(([fault]) => member(fault, 'hitPercent'))),
    isOnShadow: member(where, 'arm') === 'shadow',
    isOnBoth: member(where, 'arm') === 'both'
  }
}

/** Percent that an experiment and faults with a percent of their own may hit together. */
function together(percent: number | undefined, own: readonly unknown[]): number | undefined {
  if (percent === undefined || own.every((one) => one === undefined)) return percent
  const shared = own.includes(undefined) ? percent : 0
  return Math.min(100, own.reduce<number>((sum, one) => sum + (number(one) ?? 0), shared))
}
