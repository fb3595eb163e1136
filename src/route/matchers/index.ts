import { type Registered, register } from '../../core/extension.ts'
import type { Matcher } from '../matcher.ts'
import { body } from './body.ts'
import { headers } from './headers.ts'
import { host } from './host.ts'
import { method } from './method.ts'
import { path } from './path.ts'
import { query } from './query.ts'

/** Every key `match` may hold, cheapest first: that is the order they are tried in, and the body is read for the last. */
export const matchers: readonly Registered<Matcher>[] = [
  register('method', method),
  register('path', path),
  register('host', host),
  register('headers', headers),
  register('query', query),
  register('body', body)
]
