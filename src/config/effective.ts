import type { Path } from './finding.ts'
import type { Mark } from './mark.ts'
import { isMapping, mappings, rootNode, type SchemaNode } from './schema-node.ts'
import { formatDuration } from '../core/scalars.ts'
import type { Config } from './types.ts'

/**
 * The config in the words of the YAML, with every default filled in and secrets left out: what came from a placeholder is
 * the placeholder again, and credentials in headers are "***".
 */
export function effective(data: unknown, mark: Mark, config: Config): unknown {
  const written = withoutSecrets(data, mark, [])
  if (!isMapping(written)) return written
  const { listen } = written
  const spelled = { ...written, listen: typeof listen === 'string' ? { address: listen } : listen, routes: routesOf(written['routes'], config) }
  return filled(rootNode(), spelled)
}

function withoutSecrets(value: unknown, mark: Mark | undefined, path: Path): unknown {
  if (mark?.written?.includes('${') === true) return mark.written
  if (Array.isArray(value)) return value.map((one: unknown, i) => withoutSecrets(one, mark?.members.get(i), [...path, i]))
  if (isMapping(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutSecrets(one, mark?.members.get(key), [...path, key])]))
  return typeof value === 'string' && value !== '' && isCredential(path) ? '***' : value
}

/** Whether a header's name says that its value is a credential. */
export const isCredentialName = (name: string): boolean => /^(?:proxy-)?authorization$|^(?:set-)?cookie2?$|^(?:x-)?api-?key$|token|secret|password/i.test(name)

// headers set on backends, headers of injected answers, and tests on headers: all are under a key called headers
function isCredential(path: Path): boolean {
  const at = path.indexOf('headers')
  return at >= 0 && path.slice(at + 1).some((step, i, below) => typeof step === 'string' && !(step === 'set' && i === 0 && below.length > 1) && isCredentialName(step))
}

function routesOf(routes: unknown, config: Config): unknown {
  if (!Array.isArray(routes)) return routes
  return routes.map((route: unknown, i) => {
    if (!isMapping(route)) return route
    const { backend, timeouts, ...rest } = route
    const connect = formatDuration(config.routes[i]?.timeouts.connect ?? 0)
    return {
      ...rest,
      split: backend === undefined ? rest['split'] : [{ backend, weight: 1 }],
      timeouts: { connect, ...isMapping(timeouts) ? timeouts : {} }
    }
  })
}

function filled(node: SchemaNode, given: unknown): unknown {
  const value = given === undefined ? node.default : given
  if (Array.isArray(value)) {
    const { items } = node
    return items === undefined ? value : value.map((one: unknown) => filled(items, one))
  }
  if (!isMapping(value)) return value
  const [mapping] = mappings(node, value)
  if (mapping === undefined) return value
  const { properties = {}, additionalProperties } = mapping
  const members = Object.entries(properties).map(([key, child]) => [key, filled(child, Object.hasOwn(value, key) ? value[key] : undefined)] as const)
  const others = Object.entries(value).filter(([key]) => !Object.hasOwn(properties, key))
    .map(([key, one]) => [key, typeof additionalProperties === 'object' ? filled(additionalProperties, one) : one] as const)
  return Object.fromEntries([...members, ...others].filter(([key, one]) => one !== undefined && key !== '$schema'))
}
