import { isObject } from '../../read/json-type.ts'
import { addPiece, built, type Members, membersOf, NO_MEMBERS } from './members.ts'
import { own, ownText } from './own.ts'
import { Slots } from './slots.ts'

/** An item of a response's output under construction; some have parts in one of two lists, others members of their own. */
interface Item {
  members: Members
  /** By the name of the list. */
  readonly parts: ReadonlyMap<string, Slots<Members>>
}

/** Where the text of a kind of event goes: a member of an item, or of a part in a list of it; and what these are if new. */
interface Target {
  readonly member: string
  readonly item: string
  readonly list?: 'content' | 'summary'
  readonly part?: string
}

/** By the event's type without `.delta` or `.done`. Of any other, the item itself is awaited (`response.output_item.done`). */
const TEXTS: ReadonlyMap<string, Target> = new Map<string, Target>([
  ['response.output_text', { member: 'text', item: 'message', list: 'content', part: 'output_text' }],
  ['response.refusal', { member: 'refusal', item: 'message', list: 'content', part: 'refusal' }],
  ['response.reasoning_text', { member: 'text', item: 'reasoning', list: 'content', part: 'reasoning_text' }],
  ['response.reasoning_summary_text', { member: 'text', item: 'reasoning', list: 'summary', part: 'summary_text' }],
  ['response.function_call_arguments', { member: 'arguments', item: 'function_call' }],
  ['response.custom_tool_call_input', { member: 'input', item: 'custom_tool_call' }],
  ['response.mcp_call_arguments', { member: 'arguments', item: 'mcp_call' }],
  ['response.code_interpreter_call_code', { member: 'code', item: 'code_interpreter_call' }]
])

/** The output of a response, put together from the events of its stream. */
export class ResponseOutput {
  private readonly items = new Slots<Item>(() => ({ members: new Map(), parts: new Map([['content', new Slots(newPart)], ['summary', new Slots(newPart)]]) }))

  get size(): number {
    return this.items.size
  }

  /** Takes an event; whether it brought something to read: text, or the name of what is called. */
  add(type: string, event: unknown): boolean {
    const dot = type.lastIndexOf('.')
    const subject = type.slice(0, dot)
    const phase = type.slice(dot + 1)
    const target = TEXTS.get(subject)
    if (target !== undefined) return this.addText(target, phase, event)
    switch (subject) {
      case 'response.output_item': return this.setItem(event)
      case 'response.content_part': return this.setPart('content', event)
      case 'response.reasoning_summary_part': return this.setPart('summary', event)
      case 'response.output_text.annotation': return this.addAnnotation(event)
      default: return false
    }
  }

  list(): readonly unknown[] {
    return this.items.list().map(({ members, parts }) => {
      for (const [name, slots] of parts) if (slots.size > 0) members.set(name, slots.list().map(built))
      return built(members)
    })
  }

  private addText({ member, item: itemType, list, part: partType }: Target, phase: string, event: unknown): boolean {
    const item = this.items.at(own(event, 'output_index'))
    if (item === undefined) return false
    if (!item.members.has('type')) item.members.set('type', itemType)
    const part = list === undefined ? item.members : item.parts.get(list)?.at(own(event, `${list}_index`))
    if (part === undefined) return false
    if (partType !== undefined && !part.has('type')) part.set('type', partType)
    const before = part.get(member)
    const known = typeof before === 'string' ? before : ''
    // what is done is told once more, and as a whole
    const text = phase === 'delta' ? known + ownText(event, 'delta') : phase === 'done' ? ownText(event, member) || known : known
    part.set(member, text)
    return text.length > known.length
  }

  private setItem(event: unknown): boolean {
    const value = own(event, 'item')
    const item = this.items.at(own(event, 'output_index'))
    if (item === undefined || !isObject(value)) return false
    const isNew = item.members.size === 0
    item.members = membersOf(value)
    let said = ownText(value, 'name') !== ''
    for (const [name, slots] of item.parts) {
      const parts = own(value, name)
      if (!Array.isArray(parts)) continue
      slots.clear()
      for (const [i, part] of parts.entries()) {
        slots.put(i, membersOf(part))
        if (ownText(part, 'text') !== '') said = true
      }
    }
    return isNew && said
  }

  private setPart(list: 'content' | 'summary', event: unknown): boolean {
    const value = own(event, 'part')
    if (isObject(value)) this.items.at(own(event, 'output_index'))?.parts.get(list)?.put(own(event, `${list}_index`), membersOf(value))
    return false
  }

  private addAnnotation(event: unknown): boolean {
    const part = this.items.at(own(event, 'output_index'))?.parts.get('content')?.at(own(event, 'content_index'))
    const annotation = own(event, 'annotation')
    if (part !== undefined && isObject(annotation)) addPiece(part, { annotations: [annotation] }, NO_MEMBERS)
    return false
  }
}

const newPart = (): Members => new Map()
