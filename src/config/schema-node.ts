import { z } from 'zod'
import type { Path } from './finding.ts'
import { config } from './schema/config.ts'

/** What of a JSON Schema is read here. */
export interface SchemaNode {
  readonly type?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly additionalProperties?: SchemaNode | boolean
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
  readonly oneOf?: readonly SchemaNode[]
  readonly const?: unknown
  readonly default?: unknown
}

/** The JSON Schema (draft 7) of what people write, as the checks have it. */
export function inputSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(config, { target: 'draft-7', io: 'input' })
}

let root: SchemaNode | undefined

/** The same, for walking along data. */
export function rootNode(): SchemaNode {
  // the cast holds: SchemaNode names keys of JSON Schema, with the types zod gives them
  root ??= inputSchema() as SchemaNode
  return root
}

/** The mappings a value may be, given what it holds: a branch whose constant differs from the value's own is none. */
export function mappings(node: SchemaNode, value: unknown): readonly SchemaNode[] {
  // `oneOf` beside properties only says which of them go together
  const branches = node.properties === undefined ? node.anyOf ?? node.oneOf : undefined
  if (branches !== undefined) return branches.filter((branch) => fits(branch, value)).flatMap((branch) => mappings(branch, value))
  return node.type === 'object' ? [node] : []
}

function fits({ properties = {} }: SchemaNode, value: unknown): boolean {
  if (!isMapping(value)) return true
  return Object.entries(properties).every(([key, { const: constant }]) => constant === undefined || !Object.hasOwn(value, key) || value[key] === constant)
}

/** Keys that may stand in the mapping at a path of the data. */
export function allowedKeys(path: Path, data: unknown): readonly string[] {
  let nodes: readonly SchemaNode[] = [rootNode()]
  let value = data
  for (const step of path) {
    nodes = nodes.flatMap((node) => children(node, step, value))
    value = member(value, step)
  }
  return [...new Set(nodes.flatMap((node) => mappings(node, value)).flatMap(({ properties = {} }) => Object.keys(properties)))]
}

function children(node: SchemaNode, step: string | number, value: unknown): readonly SchemaNode[] {
  if (typeof step === 'number') return [node, ...node.anyOf ?? [], ...node.oneOf ?? []].flatMap(({ items }) => items ?? [])
  return mappings(node, value).flatMap(({ properties = {}, additionalProperties }) => {
    if (Object.hasOwn(properties, step)) return properties[step] ?? []
    return typeof additionalProperties === 'object' ? additionalProperties : []
  })
}

/** A member of plain data, if it is there. */
export function member(value: unknown, step: string | number): unknown {
  if (Array.isArray(value)) return typeof step === 'number' ? value[step] : undefined
  return isMapping(value) && typeof step === 'string' && Object.hasOwn(value, step) ? value[step] : undefined
}

/** The value at a path of plain data. */
export const valueAt = (data: unknown, path: Path): unknown => path.reduce(member, data)

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
