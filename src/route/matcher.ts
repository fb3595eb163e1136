import type { RequestTest } from '../core/request-tests.ts'

/** One condition on a request: what it wants (for `explain`), whether the body must be read for it, and the test. */
export type Matcher = RequestTest
