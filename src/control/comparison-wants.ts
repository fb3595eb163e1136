import type { CompareConfig } from '../config/types.ts'

/** What the comparison wants to know of requests and answers, beside the answers' bodies. */
export interface ComparisonWants {
  readonly requestBody: boolean
  /** Lower-case names, in the order in which a trial carries their values. */
  readonly requestHeaders: readonly string[]
  /** Lower-case names. */
  readonly answerHeaders: readonly string[]
}

/** What a config's comparison looks at. */
export function wantsOf({ slices, headers }: CompareConfig): ComparisonWants {
  return {
    requestBody: slices.some(({ request }) => request !== undefined),
    requestHeaders: [...new Set(slices.flatMap(({ header }) => header ?? []))],
    answerHeaders: headers.filter((name) => name !== 'content-type')
  }
}
