import type { Pointer } from '../../core/json-pointer.ts'
import type { Comparator, KeyedElements } from '../comparator.ts'

/** What is said of the values at `at`, in which `*` is any key or index. Of the rules on a place the first holds. */
export interface Rule {
  readonly at: Pointer
  /** Undefined: they and all below them are ignored. */
  readonly comparator: Comparator | KeyedElements | undefined
}

/** Places remembered at most; beyond that they are made anew each time, at some cost and with the same outcome. */
const MAX_PLACES = 5000
const MAX_PATH = 300

/** More members than this and an object is a map from data to values, not a record of fields. */
const MAX_FIELDS = 50
/** A field's name; a key that is longer, begins with a digit or holds other characters is data: an id, a word, a URL. */
const FIELD_NAME = /^[A-Za-z_$@][\w.\-/~]{0,63}$/

/** Where a document begins. */
export function rootPlace(rules: readonly Rule[]): Place {
  return new Place({ kept: 1 }, '', rules.map((rule) => ({ rule, tokens: 0 })), true)
}

/**
 * A place in documents: its path as it is reported, and the rules that hold there or may hold below. Places are found once
 * and then remembered, so that comparing a field takes a look-up and not a match against every rule.
 */
export class Place {
  readonly path: string
  readonly ignored: boolean
  readonly comparator: Comparator | undefined
  /** Where the elements of an array here have the key by which they belong together; undefined where they do by their index. */
  readonly elementKey: Pointer | undefined
  /** Whether something below may be ignored. */
  readonly ignoresBelow: boolean
  private readonly tree: { kept: number }
  private readonly kept: boolean
  /** Rules that have matched so far and want more tokens. */
  private readonly pending: readonly Pending[]
  /** Keys and indices that these rules name here. */
  private readonly named: ReadonlySet<string> | undefined
  private members: Map<string, Place> | undefined
  private nameless: Map<string, Place> | undefined
  private any: Place | undefined
  private last: Layout | undefined

  constructor(tree: { kept: number }, path: string, matches: readonly Pending[], kept: boolean) {
    this.tree = tree
    this.path = path
    this.kept = kept
    const first = matches.find(({ rule, tokens }) => tokens === rule.at.length)?.rule
    this.ignored = first !== undefined && first.comparator === undefined
    this.comparator = first?.comparator !== undefined && 'compare' in first.comparator ? first.comparator : undefined
    this.elementKey = first?.comparator !== undefined && 'key' in first.comparator ? first.comparator.key : undefined
    this.pending = matches.filter(({ rule, tokens }) => tokens < rule.at.length)
    this.ignoresBelow = this.pending.some(({ rule }) => rule.comparator === undefined)
    const named = new Set(this.pending.map((match) => nextToken(match)).filter((token) => token !== '*'))
    this.named = named.size === 0 ? undefined : named
  }

  /** How the members of an object with these keys are laid out. Answers of one kind list the same keys, so the last one is remembered. */
  layout(keys: readonly string[]): Layout {
    const { last } = this
    if (last !== undefined && sameKeys(last.keys, keys)) return last
    const layout: Layout = { keys, isMap: this.isMap(keys), places: [] }
    if (this.kept && keys.length <= MAX_FIELDS) this.last = layout
    return layout
  }

  /** The place of the member of a layout with this number. */
  memberOf({ keys, isMap, places }: Layout, number: number): Place {
    const known = places[number]
    if (known !== undefined) return known
    const key = keys[number] ?? ''
    const place = isMap ? this.element(key) : this.member(key)
    if (place.kept) places[number] = place
    return place
  }

  /** Whether an object with these keys is a map: its keys are not reported then. */
  isMap(keys: readonly string[]): boolean {
    if (keys.length > MAX_FIELDS) return true
    const { members } = this
    for (const key of keys) if (members?.has(key) !== true && !FIELD_NAME.test(key)) return true
    return false
  }

  /** The place of an object's member. */
  member(key: string): Place {
    const known = this.members?.get(key)
    if (known !== undefined) return known
    const place = this.below(key.replaceAll('~', '~0').replaceAll('/', '~1'), key)
    if (place.kept || !this.kept) (this.members ??= new Map()).set(key, place)
    return place
  }

  /** The place of an array's element or a map's member, which all have the same path; rules still tell them apart. */
  element(token: string | number): Place {
    if (this.named === undefined || !this.named.has(String(token))) {
      if (this.any !== undefined) return this.any
      const place = this.below('*', undefined)
      if (place.kept || !this.kept) this.any = place
      return place
    }
    const key = String(token)
    const known = this.nameless?.get(key)
    if (known !== undefined) return known
    const place = this.below('*', key)
    if (place.kept || !this.kept) (this.nameless ??= new Map()).set(key, place)
    return place
  }

  /** `token` undefined: one that no rule names. */
  private below(shown: string, token: string | undefined): Place {
    const path = `${this.path}/${shown}`
    const matches = this.pending.filter((match) => nextToken(match) === '*' || nextToken(match) === token)
      .map(({ rule, tokens }) => ({ rule, tokens: tokens + 1 }))
    const kept = this.kept && this.tree.kept < MAX_PLACES && path.length <= MAX_PATH
    if (kept) this.tree.kept++
    return new Place(this.tree, path, matches, kept)
  }
}

/** The keys of an object, in order. */
export interface Layout {
  readonly keys: readonly string[]
  /** Whether it is a map. */
  readonly isMap: boolean
  /** Those of its members that have been found and are remembered, by number. */
  readonly places: (Place | undefined)[]
}

/** Whether two lists of keys are the same, in order. */
export function sameKeys(keys: readonly string[], others: readonly string[]): boolean {
  if (keys.length !== others.length) return false
  for (let i = 0; i < keys.length; i++) if (keys[i] !== others[i]) return false
  return true
}

/** A rule and how many of its tokens have matched. */
interface Pending {
  readonly rule: Rule
  readonly tokens: number
}

// there is one: a rule is pending only while it wants more tokens
const nextToken = ({ rule, tokens }: Pending): string => rule.at[tokens] ?? ''
