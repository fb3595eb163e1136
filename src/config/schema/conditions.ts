import { z } from 'zod'
import type { Registered } from '../../core/extension.ts'

/** Conditions on a request by the name of their matcher, all of which must hold; none matches everything. */
export const conditions = (matchers: readonly Registered<unknown>[]): z.ZodType<Readonly<Record<string, unknown>>> =>
  z.strictObject(Object.fromEntries(matchers.map(({ name, fields, summary }) => [name, fields.meta({ title: name, description: summary }).optional()]))).prefault({})
