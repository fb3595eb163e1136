import { formatDuration, formatSize } from '../core/scalars.ts'
import { isCredentialName } from './effective.ts'
import { formatPath, type Path } from './finding.ts'
import { isLoopback } from './settings.ts'
import type { BackendConfig, Config, MirrorConfig, RouteConfig } from './types.ts'

/** Something a config allows that may hurt one day. */
export interface Advice {
  /** `high` exposes secrets or clients; `medium` hurts when something fails; `low` is worth knowing. */
  readonly severity: 'high' | 'medium' | 'low'
  readonly path: string
  readonly advice: string
}

/** Waits for a first byte beyond which clients have long given up, ms. */
const LONG_FIRST_BYTE_MS = 300_000
/** Memory for copies beyond which a sidecar's own limit is near, octets. */
const LARGE_MIRROR_BYTES = 256 * 1024 ** 2
/** Percent of all requests beyond which chaos is no longer a small blast radius. */
const LARGE_CHAOS_PERCENT = 20

/** What is unbounded or unsafe in a config that is otherwise right, the worst first. */
export function doctor(config: Config): Advice[] {
  const advice: Advice[] = []
  const say: Say = (severity, path, text) => {
    advice.push({ severity, path: formatPath(path), advice: text })
  }
  ofProcess(config, say)
  for (const [name, backend] of Object.entries(config.backends)) ofBackend(backend, ['backends', name], isLive(name, config), say)
  config.routes.forEach((route, i) => ofRoute(route, ['routes', i], say))
  config.routes.forEach((route, i) => route.mirrors.forEach((mirror, j) => ofMirror(mirror, ['routes', i, 'mirrors', j], config, say)))
  ofMirrorMemory(config, say)
  ofChaos(config, say)
  return advice.toSorted((a, b) => RANK.indexOf(a.severity) - RANK.indexOf(b.severity))
}

type Say = (severity: Advice['severity'], path: Path, text: string) => void

const RANK: readonly Advice['severity'][] = ['high', 'medium', 'low']

function ofProcess({ listen, admin, shutdown }: Config, say: Say): void {
  if (!isLoopback(admin.address.host)) {
    say('high', ['admin', 'listen'], 'the admin API can be reached from other machines; anyone there can read the config and metrics, so keep it on a loopback address or behind a network policy')
  }
  if (!isLoopback(listen.address.host) && listen.tls === undefined) {
    say('low', ['listen'], 'clients on other machines are served without TLS; make sure that something in front of this ends it')
  }
  if (listen.timeouts.idle === 0) say('medium', ['listen', 'timeouts', 'idle'], 'a client that stops in the middle of a body is waited for for ever; set a time')
  if (listen.forwarded.trust.some((network) => network.endsWith('/0'))) {
    say('high', ['listen', 'forwarded', 'trust'], 'anyone may say where a request comes from; trust only the proxies in front of this one')
  }
  if (shutdown.grace === 0) say('medium', ['shutdown', 'grace'], 'requests under way are cut off at once when the process is told to stop; give them some seconds')
}

/** Whether clients wait for this backend. */
const isLive = (name: string, { routes }: Config): boolean => routes.some(({ split, fallback }) => fallback === name || split.some(({ backend }) => backend === name))

function ofBackend({ url, headers, tls, health, timeouts }: BackendConfig, path: Path, live: boolean, say: Say): void {
  const { protocol, hostname } = new URL(url)
  const secret = Object.keys(headers.set).find(isCredentialName)
  if (protocol === 'http:' && !isLoopback(hostname) && secret !== undefined) {
    say('high', [...path, 'url'], `${secret} is sent to another machine without TLS, where it can be read on the way; use https:`)
  }
  if (protocol === 'https:' && !tls.verify) say('high', [...path, 'tls', 'verify'], 'the certificate is not checked, so anyone can stand in for this backend; give its authority as `ca` instead')
  if (live && health === undefined) say('medium', [...path, 'health'], 'there is no health check: only failing requests of clients show that this backend is down')
  if (timeouts.connect > 30_000) say('medium', [...path, 'timeouts', 'connect'], `a backend that is gone is noticed only after ${formatDuration(timeouts.connect)}; a few seconds are enough`)
}

function ofRoute({ split, fallback, timeouts, unit }: RouteConfig, path: Path, say: Say): void {
  const live = split.filter(({ weight }) => weight > 0)
  if (live.length > 1 && fallback === undefined) {
    say('medium', [...path, 'fallback'], 'the split has no fallback: when the newer model fails, the clients it was picked for see errors; name the older one')
  }
  if (live.length > 1 && 'request' in unit) say('low', [...path, 'unit'], 'each request is assigned by itself, so one user meets several models; name a header, cookie or field that tells users apart')
  if (timeouts.firstByte === 0) say('high', [...path, 'timeouts', 'firstByte'], 'a backend that never answers is waited for for ever; set a time')
  else if (timeouts.firstByte > LONG_FIRST_BYTE_MS) say('low', [...path, 'timeouts', 'firstByte'], `an answer may take ${formatDuration(timeouts.firstByte)} to begin; clients that gave up before that keep the model busy if they do not hang up`)
  if (timeouts.idle === 0) say('high', [...path, 'timeouts', 'idle'], 'an answer that stops in the middle is waited for for ever; set a time')
}

function ofMirror({ backend, credentials, maxBody, maxBytes }: MirrorConfig, path: Path, { backends }: Config, say: Say): void {
  if (credentials === 'keep') {
    const url = backends[backend]?.url
    const open = url !== undefined && url.startsWith('http:') && !isLoopback(new URL(url).hostname)
    say(open ? 'high' : 'medium', [...path, 'credentials'], `copies carry the clients' credentials${open ? ', to another machine and without TLS' : ''}; strip them, or give the shadow credentials of its own`)
  }
  if (maxBody > maxBytes) say('medium', [...path, 'maxBody'], `a body of ${formatSize(maxBody)} is never copied, as all copies together may hold ${formatSize(maxBytes)}`)
}

function ofMirrorMemory({ routes }: Config, say: Say): void {
  // a baseline is a mirror of its own, with the same bounds
  const total = routes.flatMap(({ mirrors }) => mirrors).reduce((sum, { maxBytes, baseline }) => sum + maxBytes * (baseline === undefined ? 1 : 2), 0)
  if (total > LARGE_MIRROR_BYTES) say('medium', ['routes'], `copies under way may hold ${formatMiB(total)} in all; lower \`maxBytes\` or make sure that the process may use so much`)
}

const formatMiB = (octets: number): string => formatSize(Math.ceil(octets / 1024 ** 2) * 1024 ** 2)

function ofChaos({ chaos }: Config, say: Say): void {
  if (chaos === undefined) return
  if (chaos.limits.percent > LARGE_CHAOS_PERCENT) {
    say('high', ['chaos', 'limits', 'percent'], `experiments may hit ${chaos.limits.percent} % of all requests; start with a few percent`)
  }
  chaos.experiments.forEach(({ start, duration, where }, i) => {
    const path: Path = ['chaos', 'experiments', i]
    if (start === 'on-load') say('medium', [...path, 'start'], 'it starts with each load of the config, also after a crash in the night; start it by hand')
    if (duration > 24 * 3_600_000) say('medium', [...path, 'duration'], `it runs for ${formatDuration(duration)}, longer than anyone watches`)
    if (where.backend === undefined && where.headers === undefined && where.body === undefined) say('low', [...path, 'where'], 'it may hit any request of its route; narrow it to the backend or the users it is about')
  })
}
