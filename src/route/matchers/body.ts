import type { Extension } from '../../core/extension.ts'
import { compileBodyTests, bodyTests, type Tests } from '../../core/request-tests.ts'
import type { Matcher } from '../matcher.ts'

/** Tests on the body, which is read before the route is known; one that is not JSON matches nothing. */
export const body: Extension<Tests, Matcher> = {
  summary: 'fields of a JSON body by JSON Pointer, each a glob or { exact | prefix | regex | present }; all must hold',
  fields: bodyTests,
  build: compileBodyTests
}
