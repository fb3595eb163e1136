import { z } from 'zod'
import { readDuration } from './read-yaml.ts'
import { type Labels, type Matcher, parseSelector, selects } from './selector.ts'

/** Where an alert goes, and how long Alertmanager waits before it tells anyone, ms. */
export interface Destination {
  readonly receiver: string
  readonly groupWaitMs: number
}

/** How an Alertmanager routes. */
export interface Routing {
  /** Names of its receivers. */
  readonly receivers: readonly string[]
  /** All that an alert with these labels reaches, in the order of the config. */
  readonly route: (labels: Labels) => readonly Destination[]
}

interface Node {
  readonly receiver?: string | undefined
  readonly group_wait?: string | undefined
  readonly continue?: boolean | undefined
  readonly match?: Labels | null | undefined
  readonly match_re?: Labels | null | undefined
  readonly matchers?: readonly string[] | null | undefined
  readonly routes?: readonly Node[] | null | undefined
}

const texts = z.record(z.string(), z.coerce.string()).nullish()
const node: z.ZodType<Node> = z.lazy(() => z.object({
  receiver: z.string().optional(), group_wait: z.string().optional(), continue: z.boolean().optional(), match: texts, match_re: texts,
  matchers: z.array(z.string()).nullish(), routes: z.array(node).nullish()
}))
const CONFIG = z.object({ route: node, receivers: z.array(z.object({ name: z.string() })).default([]) })

/** What Alertmanager takes when its config says nothing. Source: Alertmanager, "Configuration", route. */
const DEFAULT_GROUP_WAIT_MS = 30_000

/** Reads the routes of an Alertmanager's config; undefined when they are not understood. */
export function routing(config: unknown): Routing | undefined {
  const parsed = CONFIG.safeParse(config)
  if (!parsed.success) return undefined
  const { route: top, receivers } = parsed.data
  return {
    receivers: receivers.map(({ name }) => name),
    route: (labels) => descend(top, labels, { receiver: top.receiver ?? '', groupWaitMs: DEFAULT_GROUP_WAIT_MS }) ?? []
  }
}

/**
 * The deepest routes that match: a node's children in turn, up to the first that matches and does not say `continue`; the node
 * itself when none does. What a node does not set it has from its parent. undefined when the node does not match.
 */
function descend(at: Node, labels: Labels, inherited: Destination): readonly Destination[] | undefined {
  if (!matches(at, labels)) return undefined
  const own = { receiver: at.receiver ?? inherited.receiver, groupWaitMs: readDuration(at.group_wait) ?? inherited.groupWaitMs }
  const found: Destination[] = []
  for (const child of at.routes ?? []) {
    const below = descend(child, labels, own)
    found.push(...below ?? [])
    if (below !== undefined && child.continue !== true) break
  }
  return found.length === 0 ? [own] : found
}

function matches({ match, match_re: patterns, matchers }: Node, labels: Labels): boolean {
  const conditions: Matcher[] = [
    ...Object.entries(match ?? {}).map(([label, value]): Matcher => ({ label, operator: '=', value })),
    ...Object.entries(patterns ?? {}).map(([label, value]): Matcher => ({ label, operator: '=~', value }))
  ]
  for (const text of matchers ?? []) {
    const selector = parseSelector(text)
    // one that is not understood is taken not to match
    if (typeof selector === 'string') return false
    conditions.push(...selector.matchers)
  }
  return selects({ matchers: conditions }, labels)
}
