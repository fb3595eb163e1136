import type { RawEvent } from './raw-event.ts'

/** What is done to an answer on its way, one step after the other. */
export type Step =
  | { readonly do: 'send', readonly octets: Buffer }
  | PauseStep

/** Steps that are alike for events and octets. */
export type PauseStep =
  | { readonly do: 'wait', readonly ms: number } // Infinity: for as long as the experiment runs
  | { readonly do: 'cut', readonly how: Cut } // and nothing after it

/** How an answer ends before its end: whole as HTTP has it, by FIN in the middle of the transfer, or by RST. */
export type Cut = 'end' | 'fin' | 'rst'

/** As `Step`, for streams of events. */
export type EventStep =
  | { readonly do: 'pass', readonly event: RawEvent }
  | PauseStep

/** What one fault does to one answer's octets as they come. */
export interface OctetScript {
  data(octets: Buffer): readonly Step[]
  /** All has come: what is still held back, and whatever is to happen before the end. */
  end(): readonly Step[]
  /** Whether it has done anything by now that a client could notice; asked at the end. */
  readonly fired: boolean
}

/** What one fault does to one stream of events as they come. */
export interface EventScript {
  event(event: RawEvent): readonly EventStep[]
  end(): readonly EventStep[]
  readonly fired: boolean
}
