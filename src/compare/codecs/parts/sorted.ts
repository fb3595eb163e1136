import { withoutUnsaid } from './members.ts'

/**
 * The blocks or items of an answer sorted by what they are. One that thinks before it speaks, or speaks in two paragraphs, has
 * other blocks at other places than one that does not; side by side, none of them would be held against its like.
 */
export class Sorted {
  // there is always a text: one that is missing is compared with one that is not as texts are
  private readonly texts = new Map<string, string>([['text', '']])
  private readonly lists = new Map<string, unknown[]>()
  private readonly others = new Map<string, unknown[]>()

  /** Goes on with a text. */
  text(name: 'text' | 'refusal' | 'reasoning' | 'thinking', more: unknown): void {
    if (typeof more === 'string') this.texts.set(name, (this.texts.get(name) ?? '') + more)
  }

  /** Goes on with a list. */
  all(name: 'annotations' | 'citations', more: unknown): void {
    if (Array.isArray(more)) for (const value of more) push(this.lists, name, value)
  }

  /** A tool call, in the form of a chat completion. */
  call(id: unknown, name: unknown, args: unknown): void {
    push(this.lists, 'tool_calls', { id: id ?? null, type: 'function', function: { name: name ?? null, arguments: args ?? null } })
  }

  /** Whatever else there is, by its type. */
  other(type: string, value: unknown): void {
    push(this.others, type, value)
  }

  value(): unknown {
    const { texts, lists, others } = this
    const rest = others.size === 0 ? undefined : Object.fromEntries(others)
    const text = texts.get('text') ?? ''
    return { ...withoutUnsaid({ ...Object.fromEntries(texts), ...Object.fromEntries(lists), other: rest }), text }
  }
}

function push(lists: Map<string, unknown[]>, name: string, value: unknown): void {
  const known = lists.get(name)
  if (known === undefined) lists.set(name, [value])
  else known.push(value)
}
