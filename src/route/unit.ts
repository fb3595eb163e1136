import { octets } from '../core/hash.ts'
import { parsePointer, textAt } from '../core/json-pointer.ts'
import type { RequestView } from '../core/request-view.ts'

/** Who an assignment sticks to, as YAML says it. */
export type UnitFields =
  | { readonly header: string }
  | { readonly cookie: string }
  | { readonly body: string }
  | { readonly request: true }

/** Reads the unit out of a request. */
export interface UnitReader {
  /** What it reads, for `explain`: `header x-user-id`. */
  readonly text: string
  readonly needsBody: boolean
  /** The unit's octets; undefined when the request does not carry it, and then the request itself is the unit. */
  read(request: RequestView): string | undefined
}

const ofRequest: UnitReader = { text: 'the request', needsBody: false, read: () => undefined }

/** Compiles a unit. A header that is empty or a body field that is no string, number or boolean counts as absent. */
export function compileUnit(fields: UnitFields): UnitReader {
  if ('header' in fields) {
    const name = fields.header.toLowerCase()
    return { text: `header ${name}`, needsBody: false, read: (request) => nonEmpty(request.header(name)) }
  }
  if ('cookie' in fields) {
    return { text: `cookie ${fields.cookie}`, needsBody: false, read: (request) => nonEmpty(request.cookie(fields.cookie)) }
  }
  if ('body' in fields) {
    const pointer = parsePointer(fields.body) ?? []
    return {
      text: `body ${fields.body}`,
      needsBody: true,
      read: (request) => nonEmpty(octets(textAt(request.json(), pointer) ?? ''))
    }
  }
  return ofRequest
}

const nonEmpty = (text: string | undefined): string | undefined => text === '' ? undefined : text
