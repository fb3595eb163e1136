import type { Assembled, StreamEvent } from '../../codec.ts'
import { isObject } from '../../read/json-type.ts'
import { createEventReader } from '../../streams/event-json.ts'
import { addLast, addPiece, built, isUnsaid, type Members, NO_MEMBERS } from './members.ts'
import { own, ownList, ownText } from './own.ts'
import { Slots } from './slots.ts'

/** A choice under construction. */
export interface ChoiceParts {
  /** Takes what a chunk says of it; whether that was something to read. */
  add(piece: Readonly<Record<string, unknown>>): boolean
  /** What it would be in an answer in one piece, but for its index. */
  members(): Members
}

/**
 * Puts a stream of OpenAI's chunks together: choices by index, and whatever else a chunk says, of which the last counts.
 * `[DONE]` ends it; a chunk with an `error` is no chunk.
 *
 * @param object what the answer in one piece calls itself
 */
export function assembleChunks(events: readonly StreamEvent[], object: string, makeChoice: () => ChoiceParts): Assembled {
  const read = createEventReader('doubles')
  const head: Members = new Map()
  const choices = new Slots(makeChoice)
  const content: number[] = []
  let complete = false
  let error: unknown
  for (const [i, event] of events.entries()) {
    if (event.data.trim() === END) {
      complete = true
      break
    }
    const chunk = read(event.data)
    const failure = errorOf(event, chunk)
    if (failure !== undefined) {
      error ??= failure
    } else if (isObject(chunk)) {
      addLast(head, chunk, isUnsaid(own(chunk, 'usage')) ? NOT_OF_HEAD_WITHOUT_USAGE : NOT_OF_HEAD)
      let brought = false
      // some servers give their only choice no index
      for (const piece of ownList(chunk, 'choices')) if (isObject(piece) && choices.at(own(piece, 'index') ?? 0)?.add(piece) === true) brought = true
      if (brought) content.push(i)
    }
  }
  head.set('object', object)
  head.set('choices', choices.entries().map(([index, choice]) => built(choice.members().set('index', index))))
  return { document: built(head), content, complete, error }
}

const END = '[DONE]'

/** Members that an answer in one piece does not have, or has in another way. `obfuscation` is padding against eavesdroppers. */
const NOT_OF_HEAD: ReadonlySet<string> = new Set(['choices', 'object', 'error', 'obfuscation'])
// it comes with the last chunk, and is null in those before
const NOT_OF_HEAD_WITHOUT_USAGE: ReadonlySet<string> = new Set([...NOT_OF_HEAD, 'usage'])

function errorOf({ type, data }: StreamEvent, chunk: unknown): unknown {
  const error = own(chunk, 'error')
  if (error !== undefined && error !== null) return error
  return type === 'error' || ownText(chunk, 'object') === 'error' ? chunk ?? data : undefined
}

/** What a choice says beside what was generated: why it ended, log-probabilities token by token, and what servers add of their own. */
export class ChoiceFrame {
  private readonly members: Members = new Map()
  private readonly logprobs: Members = new Map()
  private readonly apart: ReadonlySet<string>

  /** @param generated the member of a chunk's choice that is put together elsewhere */
  constructor(generated: string) {
    this.apart = new Set(['index', generated])
  }

  add(piece: Readonly<Record<string, unknown>>): void {
    addLast(this.members, piece, this.apart)
    addPiece(this.logprobs, own(piece, 'logprobs'), NO_MEMBERS)
  }

  /** The choice, with what was generated as its member `key`. */
  around(key: string, value: unknown): Members {
    if (this.logprobs.size > 0) this.members.set('logprobs', built(this.logprobs))
    return this.members.set(key, value)
  }
}
