import { type Extension, type Registered, register } from '../core/extension.ts'
import type { Key } from '../core/hash.ts'
import type { Edit } from '../core/json-edit.ts'
import type { RequestView } from '../core/request-view.ts'
import type { ModelAnswer } from './answers/model-answer.ts'
import type { Draws } from './draws.ts'
import type { EventScript, OctetScript } from './streams/script.ts'

/** Whether the backend has been asked by then: with `after` it has worked, and what it answered is lost or late. */
export type Phase = 'before' | 'after'

/** How a connection can be broken in place of an answer. */
export type Break =
  | { readonly how: 'reset' } // RST
  | { readonly how: 'hang' } // nothing, for as long as the client waits or the experiment runs
  | { readonly how: 'close', readonly octets: Buffer } // these octets as they are, and FIN

/** What a fault wants done to one request. Faults decide; only the data plane acts. */
export type Effect =
  | { readonly do: 'nothing', readonly reason: string } // does not apply to this request; counted by the reason
  | { readonly do: 'wait', readonly phase: Phase, readonly ms: number }
  | { readonly do: 'answer', readonly phase: Phase, readonly status: number, readonly headers: readonly (readonly [string, string])[], readonly body: string }
  | { readonly do: 'break', readonly phase: Phase, readonly break: Break }
  | { readonly do: 'degrade', readonly degrade: Degrade }
  | { readonly do: 'events', readonly script: EventScript }
  | { readonly do: 'octets', readonly script: OctetScript }

/** Changes a whole answer of a model, or says why it cannot. It may keep state from one answer to the next. Must not change the answer it is given. */
export type Degrade = (answer: ModelAnswer) => Degraded

/** What becomes of a whole answer. */
export type Degraded =
  | { readonly do: 'edit', readonly edits: readonly Edit[] } // in the order of its text, not overlapping; none is a skip
  | { readonly do: 'replace', readonly text: string } // another body altogether
  | { readonly do: 'skip', readonly reason: string } // passes untouched, counted by the reason: snake_case, a handful of values

/** What a fault knows when it strikes. */
export interface Blow {
  readonly draws: Draws
  /** How strong it is to be, 0..1 of what is configured: ramps move it. */
  readonly strength: number
  readonly request: RequestView
  /** Of whom the experiment draws by: the request, or its unit. */
  readonly key: Key
  /** Monotonic, ms. */
  readonly nowMs: number
}

/** Says what a fault does to a request it hits. */
export type Striker = (blow: Blow) => Effect

/** One fault, compiled: begins with new state each time its experiment starts. */
export type Fault = () => Striker

/** When a fault happens to a request that several hit: in this order. */
export type Stage = 'wait' | 'answer' | 'payload' | 'events' | 'octets'

/** One kind of fault: what a file of faults/ exports. */
export interface FaultKind<Fields> extends Extension<Fields, Fault> {
  readonly stage: Stage
  /** What `strength` multiplies, for the docs; absent where a ramp of it would mean nothing. */
  readonly scales?: string
  /** Whether it can be done to a shadow's answer as well as to a client's. */
  readonly onShadow: boolean
  /** What it does to a measure, as a formula: `accuracy a becomes a(1-p) + (1-a)p/(K-1)`. */
  readonly effect?: string
}

/** A fault under its `kind`. */
export interface RegisteredFault extends Registered<Fault> {
  readonly stage: Stage
  readonly scales: string | undefined
  readonly onShadow: boolean
  readonly effect: string | undefined
}

/** A line of the registry. */
export function registerFault<Fields>(name: string, kind: FaultKind<Fields>): RegisteredFault {
  const { stage, scales, onShadow, effect } = kind
  return { ...register(name, kind), stage, scales, onShadow, effect }
}
