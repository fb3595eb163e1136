import { inputSchema } from './schema-node.ts'

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
type JsonObject = Readonly<Record<string, Json>>

const PLACEHOLDER = String.raw`\$\{`

/**
 * The JSON Schema (draft 7) of the YAML, for editors. It takes what `load` takes: keys of one's own that begin with `x-` at
 * the top, and placeholders wherever they are replaced.
 */
export function jsonSchema(): object {
  // the cast holds: a JSON Schema is JSON
  const { $schema, ...rest } = admitPlaceholders(inputSchema() as JsonObject) as JsonObject
  return { $schema, ...rest, patternProperties: { '^x-': { description: 'whatever you like, such as anchors for use below' } } }
}

/** The JSON Schema as the file that is kept with the source. */
export const jsonSchemaText = (): string => `${JSON.stringify(jsonSchema(), null, 2)}\n`

function admitPlaceholders(node: Json): Json {
  if (Array.isArray(node)) return node.map((one: Json) => admitPlaceholders(one))
  // a constant tells branches apart
  if (!isObject(node) || Object.hasOwn(node, 'const')) return node
  const { description, title, default: otherwise, ...rest } = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, PLAIN.has(key) ? value : admitPlaceholders(value)]))
  const about = { ...title !== undefined && { title }, ...description !== undefined && { description }, ...otherwise !== undefined && { default: otherwise } }
  const { type } = rest
  if (type === 'number' || type === 'integer' || type === 'boolean') return { ...about, ...rest, type: [type, 'string'], pattern: PLACEHOLDER }
  if (type === 'string' && Array.isArray(rest['enum'])) return { ...about, anyOf: [rest, { type: 'string', pattern: PLACEHOLDER }] }
  if (type === 'string' && typeof rest['pattern'] === 'string') return { ...about, ...rest, pattern: `(?:${rest['pattern']})|${PLACEHOLDER}` }
  return { ...about, ...rest }
}

// names of keys take no placeholders, and the rest is no schema
const PLAIN: ReadonlySet<string> = new Set(['propertyNames', 'enum', 'const', 'default', 'examples', 'required'])

const isObject = (node: Json): node is JsonObject => typeof node === 'object' && node !== null && !Array.isArray(node)
