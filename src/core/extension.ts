import type { z } from 'zod'

/**
 * The one shape of every extension point (matcher, fault, comparator ...): what it may be given, and what is made of that.
 * `fields` checks and types the YAML; `build` reads it once, when a config is loaded, and returns a closure.
 */
export interface Extension<Fields, Built> {
  /** One sentence for help, docs and the JSON Schema. */
  readonly summary: string
  readonly fields: z.ZodType<Fields>
  readonly build: (fields: Fields) => Built
}

/** An extension under its name in YAML. */
export interface Registered<Built> {
  readonly name: string
  readonly summary: string
  readonly fields: z.ZodType
  /** Takes what `fields` has passed. */
  readonly build: (fields: unknown) => Built
}

/** Checks of some fields, to spread into the mapping of an extension that shares them with others. */
export type Checks<Fields> = { readonly [Key in keyof Fields]-?: z.ZodType<Fields[Key]> }

/** A line of a registry. */
export function register<Fields, Built>(name: string, extension: Extension<Fields, Built>): Registered<Built> {
  // the cast holds: a config reaches `build` only through `fields`, and `fields` yields Fields
  return { name, summary: extension.summary, fields: extension.fields, build: (fields) => extension.build(fields as Fields) }
}
