import stringify from 'fast-json-stable-stringify'
import { formatDuration, formatSize } from '../core/scalars.ts'
import type { ChaosConfig } from './chaos-types.ts'
import type { BackendConfig, Config, MirrorConfig, RouteConfig } from './types.ts'

/**
 * What a reload changes, a line each, in a stable order: `route house-price: canary 5 % -> 10 %`. Never names the value of
 * a header or of anything else that may be secret.
 */
export function describeChanges(before: Config, after: Config): string[] {
  return [
    ...restarts(before, after),
    ...among('backend', before.backends, after.backends, backendChanges),
    ...among('route', byName(before.routes), byName(after.routes), routeChanges),
    ...orderChanges(before.routes, after.routes),
    ...chaosChanges(before.chaos, after.chaos),
    ...fields(before.log, after.log).map((line) => `log: ${line}`),
    ...fields(before.shutdown, after.shutdown).map((line) => `shutdown: ${line}`)
  ]
}

// what is made once, at the start
function restarts(before: Config, after: Config): string[] {
  const parts: readonly (readonly [string, unknown, unknown])[] = [
    ['listen', before.listen, after.listen], ['workers', before.workers, after.workers],
    ['admin address', before.admin.address, after.admin.address]
  ]
  return [
    ...parts.filter(([, old, now]) => !same(old, now)).map(([what]) => `${what} changed: takes effect after a restart`),
    ...fields({ ...before.admin, address: undefined }, { ...after.admin, address: undefined }).map((line) => `admin: ${line}`)
  ]
}

/** Things by name: which are new, which are gone, and how the rest differ. */
function among<T>(what: string, before: Readonly<Record<string, T>>, after: Readonly<Record<string, T>>, changes: (before: T, after: T) => readonly string[]): string[] {
  const names = [...Object.keys(after), ...Object.keys(before).filter((name) => !Object.hasOwn(after, name))]
  return names.flatMap((name) => {
    const old = Object.hasOwn(before, name) ? before[name] : undefined
    const now = Object.hasOwn(after, name) ? after[name] : undefined
    if (old === undefined) return [`${what} ${name} added`]
    if (now === undefined) return [`${what} ${name} removed`]
    return same(old, now) ? [] : changes(old, now).map((line) => `${what} ${name}: ${line}`)
  })
}

const byName = <T extends { readonly name: string }>(list: readonly T[]): Record<string, T> => Object.fromEntries(list.map((one) => [one.name, one]))

const backendChanges = (before: BackendConfig, after: BackendConfig): readonly string[] => fields(before, after)

function routeChanges(before: RouteConfig, after: RouteConfig): readonly string[] {
  const { split: oldSplit, mirrors: oldMirrors, ...old } = before
  const { split, mirrors, ...now } = after
  return [
    ...splitChanges(oldSplit, split),
    ...among('mirror to', byBackend(oldMirrors), byBackend(mirrors), fields),
    ...fields(old, now)
  ]
}

const byBackend = (mirrors: readonly MirrorConfig[]): Record<string, MirrorConfig> => Object.fromEntries(mirrors.map((mirror) => [mirror.backend, mirror]))

function splitChanges(before: RouteConfig['split'], after: RouteConfig['split']): readonly string[] {
  const old = shares(before)
  const now = shares(after)
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((backend) => {
    const [from, to] = [old.get(backend), now.get(backend)]
    if (from === undefined) return [`${backend} added at ${percentText(to ?? 0)}`]
    if (to === undefined) return [`${backend} removed, was at ${percentText(from)}`]
    return percentText(from) === percentText(to) ? [] : [`${backend} ${percentText(from)} -> ${percentText(to)}`]
  })
}

/** Percent of a split's units that each backend gets. */
export function shares(split: RouteConfig['split']): ReadonlyMap<string, number> {
  const total = split.reduce((sum, { weight }) => sum + weight, 0)
  return new Map(split.map(({ backend, weight }) => [backend, 100 * weight / total]))
}

const orderChanges = (before: readonly RouteConfig[], after: readonly RouteConfig[]): string[] =>
  same(namesAlsoIn(after, before), namesAlsoIn(before, after)) ? [] : ['routes in another order: the first that matches wins']

function namesAlsoIn(others: readonly RouteConfig[], routes: readonly RouteConfig[]): readonly string[] {
  const names = new Set(others.map(({ name }) => name))
  return routes.map(({ name }) => name).filter((name) => names.has(name))
}

function chaosChanges(before: ChaosConfig | undefined, after: ChaosConfig | undefined): string[] {
  const limits = before === undefined || after === undefined ? [] : fields(before.limits, after.limits).map((line) => `chaos limits: ${line}`)
  return [...limits, ...among('chaos', byName(before?.experiments ?? []), byName(after?.experiments ?? []), fields)]
}

/** Settings that differ: those of `SAID` with both values, any other by name alone. */
function fields(before: object, after: object): string[] {
  const old = new Map<string, unknown>(Object.entries(before))
  const now = new Map<string, unknown>(Object.entries(after))
  return [...new Set([...now.keys(), ...old.keys()])].filter((key) => !same(old.get(key), now.get(key))).map((key) => {
    const say = SAID.get(key)
    return say === undefined ? `${key} changed` : `${key} ${sayOrNone(say, old.get(key))} -> ${sayOrNone(say, now.get(key))}`
  })
}

const percentText = (percent: number): string => `${Number(percent.toPrecision(4))} %`

const numeric = (say: (value: number) => string) => (value: unknown): string => typeof value === 'number' ? say(value) : 'none'
const sayOrNone = (say: (value: unknown) => string, value: unknown): string => value === undefined ? 'none' : say(value)

const SAID: ReadonlyMap<string, (value: unknown) => string> = new Map<string, (value: unknown) => string>([
  ...['url', 'fallback', 'route', 'start', 'credentials', 'level', 'maxConnections', 'maxWaiting', 'maxInFlight', 'active'].map((key) => [key, String] as const),
  ...['timeout', 'duration', 'delay', 'grace'].map((key) => [key, numeric(formatDuration)] as const),
  ...['maxBuffer', 'maxBody', 'maxBytes'].map((key) => [key, numeric(formatSize)] as const),
  ...['percent', 'access'].map((key) => [key, numeric(percentText)] as const)
])

const same = (a: unknown, b: unknown): boolean => stringify({ value: a }) === stringify({ value: b })
