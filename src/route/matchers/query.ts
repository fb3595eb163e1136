import type { Extension } from '../../core/extension.ts'
import { compileQueryTests, queryTests, type Tests } from '../../core/request-tests.ts'
import type { Matcher } from '../matcher.ts'

/** Tests on query parameters, decoded. */
export const query: Extension<Tests, Matcher> = {
  summary: 'query parameters by name, each a glob or { exact | prefix | regex | present }; all must hold',
  fields: queryTests,
  build: compileQueryTests
}
