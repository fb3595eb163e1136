import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import { parsePointer } from '../../core/json-pointer.ts'
import type { KeyedElements } from '../comparator.ts'

/** Where an element says which one it is. */
export interface KeyedFields {
  readonly key: string
}

/** An array whose elements belong together by a key of theirs and not by their place; each is compared field by field. */
export const keyed: Extension<KeyedFields, KeyedElements> = {
  summary: 'an array of objects that belong together by a key and not by their place, compared field by field',
  fields: z.strictObject({ key: z.string().refine((text) => parsePointer(text) !== undefined, 'expected a JSON Pointer such as /id').describe('JSON Pointer within an element to what it is known by') }),
  build: ({ key }) => ({ key: parsePointer(key) ?? [] })
}
