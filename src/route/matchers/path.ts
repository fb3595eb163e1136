import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import { regex } from '../../core/text-test.ts'
import type { Matcher } from '../matcher.ts'

/** One test on the path. */
export type PathFields = { readonly exact: string } | { readonly prefix: string } | { readonly regex: string }

const START = 'expected a path that starts with "/"'
const exactPath = z.string().regex(/^(?:\/|\*$)/, START).describe('the whole path; "*" is that of OPTIONS *')
const pathPrefix = z.string().regex(/^\//, START).describe('how the path begins; plain text, so /v1/m also takes /v1/model')

/** The path without its query, compared after percent-decoding and with dot segments resolved. */
export const path: Extension<PathFields, Matcher> = {
  summary: 'the path, exactly, by prefix (plain text, not whole segments) or by regular expression',
  fields: z.union([z.strictObject({ exact: exactPath }), z.strictObject({ prefix: pathPrefix }), z.strictObject({ regex: regex() })]),
  build: (fields) => {
    if ('exact' in fields) {
      const { exact } = fields
      return { text: `path is ${exact}`, needsBody: false, matches: (request) => request.path === exact }
    }
    if ('prefix' in fields) {
      const { prefix } = fields
      return { text: `path starts with ${prefix}`, needsBody: false, matches: (request) => request.path.startsWith(prefix) }
    }
    const pattern = new RegExp(fields.regex)
    return { text: `path matches /${fields.regex}/`, needsBody: false, matches: (request) => pattern.test(request.path) }
  }
}
