import { type Registered, register } from '../../core/extension.ts'
import type { Comparator, KeyedElements } from '../comparator.ts'
import { boxes } from './boxes.ts'
import { embedding } from './embedding.ts'
import { exact } from './exact.ts'
import { json } from './json.ts'
import { keyed } from './keyed.ts'
import { label } from './label.ts'
import { multiset } from './multiset.ts'
import { number } from './number.ts'
import { probabilities } from './probabilities.ts'
import { ranking } from './ranking.ts'
import { regression } from './regression.ts'
import { schema } from './schema.ts'
import { set } from './set.ts'
import { text } from './text.ts'
import { tools } from './tools.ts'
import { vector } from './vector.ts'

/** Every `as` a field may have. */
export const comparators: readonly Registered<Comparator | KeyedElements>[] = [
  register('exact', exact),
  register('number', number),
  register('regression', regression),
  register('label', label),
  register('probabilities', probabilities),
  register('vector', vector),
  register('embedding', embedding),
  register('ranking', ranking),
  register('boxes', boxes),
  register('text', text),
  register('json', json),
  register('schema', schema),
  register('tools', tools),
  register('set', set),
  register('multiset', multiset),
  register('keyed', keyed)
]
