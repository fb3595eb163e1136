import { z } from 'zod'
import type { Joined } from '../compare/truth/truth.ts'

/** What turned out to be true about a request. */
export interface Outcome {
  readonly requestId: string
  /** Whatever the config's `truth` compares a prediction with. */
  readonly value: unknown
}

/** How many outcomes were taken for what. `ignored`: no mirror's config names a truth. */
export type OutcomeCounts = Readonly<Record<Joined | 'ignored', number>>

export const NO_OUTCOMES: OutcomeCounts = { joined: 0, waiting: 0, late: 0, again: 0, ignored: 0 }

/** Outcomes in one call. */
const MAX_OUTCOMES = 10_000
const MAX_ID = 128

const outcome = z.strictObject({ requestId: z.string().min(1).max(MAX_ID), value: z.unknown() }).refine((fields) => fields.value !== undefined, 'value: it is missing')
const body = z.union([z.strictObject({ outcomes: z.array(outcome).max(MAX_OUTCOMES) }), outcome])

/** Reads `{ requestId, value }` or `{ outcomes: [...] }`; a text that says what is wrong when it is neither. */
export function readOutcomes(octets: Buffer): readonly Outcome[] | string {
  let json: unknown
  try {
    json = JSON.parse(octets.toString('utf8'))
  } catch {
    return 'the body is no JSON'
  }
  const parsed = body.safeParse(json)
  if (!parsed.success) return `expected { "requestId": ..., "value": ... } or { "outcomes": [...] } with at most ${MAX_OUTCOMES} of them`
  return 'outcomes' in parsed.data ? parsed.data.outcomes : [parsed.data]
}

/** Adds up what each mirror made of an outcome: joined by one is joined. */
export function countOutcome(counts: Record<Joined | 'ignored', number>, made: readonly Joined[]): void {
  counts[ORDER.find((one) => made.includes(one)) ?? 'ignored']++
}

const ORDER: readonly Joined[] = ['joined', 'again', 'late', 'waiting']
