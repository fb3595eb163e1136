import type { RequestView } from '../core/request-view.ts'
import type { Matcher } from './matcher.ts'

/** What a route needs for it to be found: its conditions, cheapest first and those that read the body last. */
export interface Matchable {
  readonly matchers: readonly Matcher[]
}

/** The first route all of whose matchers hold. With `bodyRead` false it stops at the first route the body would decide. */
export function findRoute<R extends Matchable>(routes: readonly R[], request: RequestView, bodyRead: boolean): R | 'body' | undefined {
  for (const route of routes) {
    const verdict = holds(route.matchers, request, bodyRead)
    if (verdict === 'body') return 'body'
    if (verdict) return route
  }
  return undefined
}

function holds(matchers: readonly Matcher[], request: RequestView, bodyRead: boolean): boolean | 'body' {
  for (const matcher of matchers) {
    if (matcher.needsBody && !bodyRead) return 'body'
    if (!matcher.matches(request)) return false
  }
  return true
}
