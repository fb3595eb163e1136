import { z } from 'zod'
import type { Registered } from '../../core/extension.ts'

/** The mapping of one extension of a registry, told apart by the key `discriminator`; `shared` keys come on top of its own. */
export function oneOfKinds<Fields>(discriminator: string, registry: readonly Registered<unknown>[], shared: z.ZodRawShape = {}): z.ZodType<Fields> {
  const options = registry.map(({ name, summary, fields }) => {
    if (!(fields instanceof z.ZodObject)) throw new TypeError(`${discriminator} ${name}: its fields are no mapping`)
    return fields.safeExtend({ ...shared, [discriminator]: z.literal(name).describe(summary) }).meta({ title: name, description: summary })
  })
  const [first, ...rest] = options
  if (first === undefined) throw new TypeError(`no ${discriminator} is registered`)
  // the cast holds: each option is a mapping with its discriminator and what its own fields yield
  return z.discriminatedUnion(discriminator, [first, ...rest]) as unknown as z.ZodType<Fields>
}
