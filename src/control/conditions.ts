import type { RouteConfig } from '../config/types.ts'
import type { Matcher } from '../route/matcher.ts'
import { matchers } from '../route/matchers/index.ts'

/** Conditions by the name of their matcher, in the order they are tried. */
export function compileMatchers(match: RouteConfig['match']): readonly Matcher[] {
  return matchers.filter(({ name }) => Object.hasOwn(match, name)).map(({ name, build }) => build(match[name]))
}
