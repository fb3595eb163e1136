import { z } from 'zod'
import type { BackendConfig, Config, RouteConfig } from '../types.ts'
import { backend } from './backend.ts'
import { chaos } from './chaos.ts'
import { listen } from './listen.ts'
import { admin, log, shutdown, workers } from './process.ts'
import { type CheckedRoute, route } from './route.ts'
import { name } from './texts.ts'

/** The whole of the YAML. What refers to something else is checked apart, so that one mistake hides no other. */
export const config: z.ZodType<Config> = z.strictObject({
  $schema: z.string().optional().describe('where editors find the JSON Schema'),
  version: z.literal(1).describe('version of this format'),
  listen,
  workers,
  admin,
  log,
  shutdown,
  backends: z.record(name(), backend).meta({ title: 'backends', description: 'model servers by name; the name is used everywhere else' }),
  routes: z.array(route).min(1).meta({ title: 'routes', description: 'which requests go where; the first that matches wins' }),
  chaos: chaos.optional()
}).transform((all): Config => {
  const { version, listen: clients, workers: threads, admin: api, log: lines, shutdown: end, backends, routes } = all
  return { version, listen: clients, workers: threads, admin: api, log: lines, shutdown: end, backends, routes: routes.map((one) => finish(one, backends)), chaos: all.chaos }
})
  .meta({ title: 'Windtunnel', description: 'configuration of Windtunnel, version 1. A text or number may be "${NAME}", "${NAME:-default}" or "${file:/path}".' })

function finish(checked: CheckedRoute, backends: Readonly<Record<string, BackendConfig>>): RouteConfig {
  const names = [...checked.split.map(({ backend: one }) => one), ...checked.fallback === undefined ? [] : [checked.fallback]]
  // names that are not there are reported elsewhere, and then this config is not used
  const connects = names.map((one) => Object.hasOwn(backends, one) ? backends[one]?.timeouts.connect ?? 0 : 0)
  return { ...checked, timeouts: { ...checked.timeouts, connect: checked.timeouts.connect ?? Math.max(0, ...connects) } }
}
