import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import type { Matcher } from '../matcher.ts'

/** Host patterns, of which any will do. */
export type HostFields = string | readonly string[]

const pattern = z.string().regex(/^(?:\*\.)?[^*/\s]+$/, 'expected a host name, "*.example.com" or "name:port"')

/** Without a port the pattern takes any port; `*.` stands for one or more labels. */
export const host: Extension<HostFields, Matcher> = {
  summary: 'the host the client named: "name", "name:port" or "*.example.com", one or a list',
  fields: z.union([pattern, z.array(pattern).min(1)]),
  build: (fields) => {
    const patterns = (typeof fields === 'string' ? [fields] : [...fields]).map((one) => one.toLowerCase())
    const tests = patterns.map(compile)
    return { text: `host is ${patterns.join(' or ')}`, needsBody: false, matches: (request) => tests.some((test) => test(request.host)) }
  }
}

const PORT = /:\d*$/

function compile(wanted: string): (host: string) => boolean {
  const bare = PORT.test(wanted) ? (actual: string) => actual : (actual: string) => actual.replace(PORT, '')
  if (!wanted.startsWith('*.')) return (actual) => bare(actual) === wanted
  const suffix = wanted.slice(1)
  return (actual) => {
    const name = bare(actual)
    return name.length > suffix.length && name.endsWith(suffix)
  }
}
