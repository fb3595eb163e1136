import { type Registered, register } from '../../core/extension.ts'
import type { Fault } from '../fault.ts'
import { abort } from './abort.ts'
import { delay } from './delay.ts'

/** Every `kind` a fault may have. */
export const faults: readonly Registered<Fault>[] = [
  register('abort', abort),
  register('delay', delay)
]
