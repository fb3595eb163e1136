import { isObject } from '../../read/json-type.ts'
import { addPiece, built, type Members, NO_MEMBERS } from './members.ts'
import { own, ownText } from './own.ts'
import { MAX_SLOTS, Slots } from './slots.ts'

interface Call {
  readonly members: Members
  /** The members that are objects, `function` or `custom`, under construction too. */
  readonly inner: Map<string, Members>
}

/** The tool calls of one message of OpenAI's chat, put together from deltas: by index, with their arguments continued. */
export class ToolCalls {
  private readonly calls = new Slots<Call>(() => ({ members: new Map(), inner: new Map() }))
  private readonly indices = new Map<string, number>()
  private last = 0

  get size(): number {
    return this.calls.size
  }

  /** Takes an element of a delta's `tool_calls`; whether it said what is called, or with what. */
  add(piece: unknown): boolean {
    if (!isObject(piece)) return false
    const call = this.calls.at(this.indexOf(piece))
    if (call === undefined) return false
    let said = false
    for (const key of Object.keys(piece)) {
      const value = piece[key]
      if (key === 'index') continue
      if (!isObject(value)) {
        addPiece(call.members, { [key]: value }, NO_MEMBERS)
        continue
      }
      const known = call.inner.get(key)
      const inner = known ?? new Map<string, unknown>()
      if (known === undefined) call.inner.set(key, inner)
      if (addPiece(inner, value, TEXTS) || ownText(value, 'name') !== '') said = true
    }
    return said
  }

  list(): readonly unknown[] {
    return this.calls.list().map(({ members, inner }) => {
      for (const [key, value] of inner) members.set(key, built(value))
      return built(members)
    })
  }

  /** Some servers send no index: then each new id begins a call, and what has none goes on with the last. */
  private indexOf(piece: Readonly<Record<string, unknown>>): unknown {
    const index = own(piece, 'index')
    if (index !== undefined && index !== null) return index
    const id = ownText(piece, 'id')
    if (id === '') return this.last
    const known = this.indices.get(id)
    this.last = known ?? Math.min(this.calls.size, MAX_SLOTS)
    if (known === undefined) this.indices.set(id, this.last)
    return this.last
  }
}

/** `input` is what custom tools call their arguments. */
const TEXTS: ReadonlySet<string> = new Set(['arguments', 'input'])
