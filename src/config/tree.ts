import { type Alias, isAlias, isMap, isScalar, type Pair, type ParsedNode, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml'
import type { Path } from './finding.ts'
import { interpolate, type Interpolated, type Surroundings } from './interpolate.ts'
import type { Mark } from './mark.ts'
import type { Report } from './report.ts'

/** Values of a config at most, with those that aliases repeat, and how deep they may be nested. */
const MAX_VALUES = 100_000
const MAX_DEPTH = 64

const CORE_TAG = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/

/** The data of a config, and where each piece of it stands. */
export interface Tree {
  readonly data: unknown
  readonly mark: Mark
}

/**
 * Turns parsed YAML into plain data: aliases and merge keys followed, placeholders replaced, all within bounds. What is
 * wrong goes to the report; undefined when the bounds are broken.
 */
export function readTree(contents: ParsedNode | null, text: string, surroundings: Surroundings, report: Report): Tree | undefined {
  return new Reader(text, surroundings, report).read(contents)
}

class Overrun extends Error {}

type Members = Map<string | number, Mark>

const NOTHING = { written: undefined, value: undefined, placeholders: [], broken: false, members: new Map<string | number, Mark>() } as const

class Reader {
  private readonly text: string
  private readonly surroundings: Surroundings
  private readonly report: Report
  // anchors seen so far; an alias means the latest one before it, wherever it is repeated later
  private readonly anchors = new Map<string, ParsedNode>()
  private readonly targets = new Map<Alias, ParsedNode | undefined>()
  private readonly open = new Set<ParsedNode>()
  private values = 0
  private following = 0

  constructor(text: string, surroundings: Surroundings, report: Report) {
    this.text = text
    this.surroundings = surroundings
    this.report = report
  }

  read(contents: ParsedNode | null): Tree | undefined {
    try {
      return this.node(contents, [], undefined)
    } catch (error) {
      if (error instanceof Overrun) return undefined
      throw error
    }
  }

  private node(node: ParsedNode | null, path: Path, keyAt: number | undefined): Tree {
    const at = node?.range[0] ?? keyAt ?? 0
    if (++this.values > MAX_VALUES) this.overrun(at, `more than ${MAX_VALUES} values, counting what aliases repeat`)
    if (path.length > MAX_DEPTH) this.overrun(at, `nested more than ${MAX_DEPTH} deep`)
    if (node === null) return { data: null, mark: { ...NOTHING, keyAt, at: keyAt ?? at } }
    if (isAlias(node)) return this.alias(node, path, keyAt)
    // the parser has warned of it
    if (node.tag !== undefined && !CORE_TAG.test(node.tag)) return { data: undefined, mark: { ...NOTHING, keyAt, at, broken: true } }
    if (this.following === 0 && node.anchor !== undefined) this.anchors.set(node.anchor, node)
    if (isScalar(node)) return this.scalar(node, path, keyAt)
    this.open.add(node)
    const tree = isMap(node) ? this.mapping(node, path, keyAt) : this.list(node, path, keyAt)
    this.open.delete(node)
    return tree
  }

  private alias(node: Alias.Parsed, path: Path, keyAt: number | undefined): Tree {
    if (!this.targets.has(node)) this.targets.set(node, this.anchors.get(node.source))
    const target = this.targets.get(node)
    const [at] = node.range
    if (target === undefined || this.open.has(target)) {
      this.report.error(path, target === undefined ? `no anchor &${node.source} comes before this alias` : 'an alias inside what it stands for', { at })
      return { data: undefined, mark: { ...NOTHING, keyAt, at, broken: true } }
    }
    this.following++
    const { data, mark } = this.node(target, path, keyAt)
    this.following--
    return { data, mark }
  }

  private scalar(node: Scalar.Parsed, path: Path, keyAt: number | undefined): Tree {
    const { value } = node
    const [at] = node.range
    if (typeof value !== 'string') {
      // an empty value stands on whichever line comes next; its key says better where it is
      return { data: value, mark: { ...NOTHING, keyAt, at: node.source === '' ? keyAt ?? at : at, written: node.source } }
    }
    if (!value.includes('${')) return { data: value, mark: { ...NOTHING, keyAt, at, written: value, value } }
    const { text, placeholders } = this.replaced(node, value, path)
    return { data: text, mark: { ...NOTHING, keyAt, at, written: value, value: text, placeholders, broken: placeholders.some(({ problem }) => problem !== undefined) } }
  }

  private replaced(node: Scalar.Parsed, value: string, path: Path): Interpolated {
    const interpolated = interpolate(value, this.surroundings)
    let from = node.range[0]
    for (const { text, problem, suggestion } of interpolated.placeholders) {
      const found = this.text.indexOf(text, from)
      const at = found >= 0 && found < node.range[1] ? found : node.range[0]
      if (found >= 0) from = found + text.length
      if (problem !== undefined) this.report.error(path, problem, { at, suggestion })
    }
    return interpolated
  }

  private list(node: YAMLSeq.Parsed, path: Path, keyAt: number | undefined): Tree {
    const members: Members = new Map()
    const data = node.items.map((item, i) => {
      const child = this.node(item as ParsedNode, [...path, i], undefined) // holds: a parsed list has no pairs for items
      members.set(i, child.mark)
      return child.data
    })
    return { data, mark: { ...NOTHING, keyAt, at: node.range[0], members } }
  }

  private mapping(node: YAMLMap.Parsed, path: Path, keyAt: number | undefined): Tree {
    const data: Record<string, unknown> = {}
    const members: Members = new Map()
    const merges: Tree[] = []
    for (const pair of node.items) {
      const key = this.key(pair, path)
      if (key === undefined) continue
      if (key.merge) {
        merges.push(...this.merged(pair.value, path, key.at))
        continue
      }
      if (members.has(key.name)) {
        this.report.error([...path, key.name], 'duplicate key', { at: key.at })
        continue
      }
      const child = this.node(pair.value, [...path, key.name], key.at)
      data[key.name] = child.data
      members.set(key.name, child.mark)
    }
    for (const merge of merges) {
      for (const [name, mark] of merge.mark.members) {
        if (members.has(name)) continue
        data[name] = (merge.data as Record<string | number, unknown>)[name] // holds: `merged` lets only mappings through
        members.set(name, mark)
      }
    }
    return { data, mark: { ...NOTHING, keyAt, at: node.range[0], members } }
  }

  private key({ key }: Pair<ParsedNode, ParsedNode | null>, path: Path): { readonly name: string, readonly at: number, readonly merge: boolean } | undefined {
    const [at] = key.range
    if (!isScalar(key)) {
      this.report.error(path, 'a key must be text', { at })
    } else if (typeof key.value !== 'string') {
      this.report.error(path, 'a key must be text', { at, suggestion: key.source === '' ? undefined : JSON.stringify(key.source) })
    } else if (key.value === '__proto__') {
      this.report.error(path, 'no key may be called __proto__', { at })
    } else {
      if (this.following === 0 && key.anchor !== undefined) this.anchors.set(key.anchor, key)
      return { name: key.value, at, merge: key.value === '<<' && key.type === 'PLAIN' }
    }
    return undefined
  }

  /** What `<<` brings in, the strongest first. */
  private merged(value: ParsedNode | null, path: Path, keyAt: number): readonly Tree[] {
    const tree = this.node(value, path, keyAt)
    if (tree.mark.broken) return []
    const trees = Array.isArray(tree.data) ? tree.data.map((data: unknown, i) => ({ data, mark: tree.mark.members.get(i) ?? tree.mark })) : [tree]
    const sound = trees.filter(({ data, mark }) => mark.broken || (typeof data === 'object' && data !== null && !Array.isArray(data)))
    if (sound.length < trees.length) this.report.error(path, '<< takes a mapping or a list of mappings', { at: keyAt })
    return sound.filter(({ mark }) => !mark.broken)
  }

  private overrun(at: number, message: string): never {
    this.report.error([], message, { at })
    throw new Overrun()
  }
}
