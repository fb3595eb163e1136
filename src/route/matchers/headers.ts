import type { Extension } from '../../core/extension.ts'
import { compileHeaderTests, headerTests, type Tests } from '../../core/request-tests.ts'
import type { Matcher } from '../matcher.ts'

/** Tests on headers, the same that say whom a chaos experiment may hit. */
export const headers: Extension<Tests, Matcher> = {
  summary: 'headers by name, each a glob or { exact | prefix | regex | present }; all must hold',
  fields: headerTests,
  build: compileHeaderTests
}
