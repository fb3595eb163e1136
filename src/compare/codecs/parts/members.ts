import { isObject } from '../../read/json-type.ts'

/** An object under construction: a Map, since its keys are whatever was sent, "__proto__" among them. */
export type Members = Map<string, unknown>

/** The object. */
export const built = (members: Members): Readonly<Record<string, unknown>> => Object.fromEntries(members)

/** The members of an untrusted value; none when it is no object. */
export const membersOf = (value: unknown): Members => new Map(isObject(value) ? Object.entries(value) : [])

/**
 * Adds what a piece of a stream says: strings of members in `texts` are continued, arrays extended, and of anything else the
 * last one counts, other than null. Members in `except` are left alone. Whether it has brought more of a text.
 */
export function addPiece(members: Members, piece: unknown, texts: ReadonlySet<string>, except: ReadonlySet<string> = NO_MEMBERS): boolean {
  let more = false
  if (!isObject(piece)) return more
  for (const key of Object.keys(piece)) {
    if (except.has(key)) continue
    const value = piece[key]
    const known = members.get(key)
    if (typeof value === 'string' && texts.has(key)) {
      members.set(key, typeof known === 'string' ? known + value : value)
      if (value !== '') more = true
    } else if (Array.isArray(value)) {
      members.set(key, Array.isArray(known) ? extended(known, value) : value)
      if (value.length > 0 && texts.has(key)) more = true
    } else if (known === undefined || !isUnsaid(value)) {
      members.set(key, value)
    }
  }
  return more
}

/** For a piece without such members. */
export const NO_MEMBERS: ReadonlySet<string> = new Set()

// in place: whatever is in members was parsed for them alone
function extended(known: unknown[], more: readonly unknown[]): unknown[] {
  for (const value of more) known.push(value)
  return known
}

/** Adds what a piece of a stream says of the whole: of each member the last one counts, other than null. */
export function addLast(members: Members, piece: unknown, except: ReadonlySet<string> = NO_MEMBERS): void {
  if (!isObject(piece)) return
  for (const key of Object.keys(piece)) {
    const value = piece[key]
    if (!except.has(key) && (!isUnsaid(value) || !members.has(key))) members.set(key, value)
  }
}

/** What servers send in place of a value they have not got yet. */
export const isUnsaid = (value: unknown): boolean => value === null || value === undefined || value === ''

/**
 * A copy without members that are null, an empty string or an empty array: some servers write them where others write
 * nothing, and nothing is what they mean.
 */
export function withoutUnsaid(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => !isUnsaid(member) && !(Array.isArray(member) && member.length === 0)))
}
