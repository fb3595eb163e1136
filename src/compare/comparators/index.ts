import { type Registered, register } from '../../core/extension.ts'
import type { Comparator } from '../comparator.ts'
import { exact } from './exact.ts'
import { label } from './label.ts'
import { number } from './number.ts'

/** Every `as` a field may have. */
export const comparators: readonly Registered<Comparator>[] = [
  register('exact', exact),
  register('label', label),
  register('number', number)
]
