import type { StreamEvent } from '../codec.ts'

/** Events read of one stream; what follows is left unread. */
export const MAX_EVENTS = 100_000

/** What a stream consists of. */
export interface EventList {
  readonly events: readonly StreamEvent[]
  /** What is left behind the last whole event; empty when it ended as it should. Of a stream that was cut, most likely. */
  readonly trailing: string
  /** Whether there were more than MAX_EVENTS: then it is unknown what follows them, and nothing trails. */
  readonly full: boolean
}
