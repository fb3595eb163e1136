import { z } from 'zod'
import type { Checks } from '../../core/extension.ts'
import type { RawEvent } from '../streams/raw-event.ts'

/** Where in a stream something happens: after so many events, or so many characters of what they carry. */
export interface PositionFields {
  readonly events?: number | undefined
  readonly characters?: number | undefined
}

/** Fields to spread into those of a fault that happens somewhere in a stream. */
export const positionFields: Checks<PositionFields> = {
  events: z.int().min(0).max(1_000_000).optional().describe('after how many events'),
  characters: z.int().min(0).max(100_000_000).optional().describe('or after how many characters of what events carry')
}

/** Whether the fields say one thing, and one only. */
export const hasOnePosition = ({ events, characters }: PositionFields): boolean => (events === undefined) !== (characters === undefined)

/** What is said where they do not. */
export const ONE_POSITION: { readonly path: string[], readonly message: string } = { path: ['events'], message: 'expected one of events and characters' }

/** Tells of each event whether the position has been reached before it. Comments and the like are no events. */
export function positionOf({ events = Infinity, characters = Infinity }: PositionFields): (event: RawEvent) => boolean {
  let seenEvents = 0
  let seenCharacters = 0
  return (event) => {
    if (seenEvents >= events || seenCharacters >= characters) return true
    const data = event.data()
    if (data === undefined) return false
    seenEvents++
    seenCharacters += data.length
    return false
  }
}
