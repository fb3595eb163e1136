import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import type { Matcher } from '../matcher.ts'

/** Methods, of which any will do. */
export type MethodFields = readonly string[]

/** Upper and lower case are different methods (RFC 9110 section 9.1), so only capitals are taken. */
export const method: Extension<MethodFields, Matcher> = {
  summary: 'the method, one of a list',
  fields: z.array(z.string().regex(/^[A-Z][A-Z-]*$/, 'expected a method in capitals, such as POST')).min(1),
  build: (methods) => {
    const [only] = methods
    const text = `method is ${methods.join(' or ')}`
    if (methods.length === 1) return { text, needsBody: false, matches: (request) => request.method === only }
    const allowed = new Set(methods)
    return { text, needsBody: false, matches: (request) => allowed.has(request.method) }
  }
}
