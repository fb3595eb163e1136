import type { MessagePort } from 'node:worker_threads'
import type { Config } from '../config/types.ts'
import type { Batch } from '../core/handover.ts'
import type { Series } from '../telemetry/thread-meter.ts'
import type { NamedFiles } from './config-store.ts'
import type { LedgerRow } from './ledger.ts'
import type { MirrorSnapshot } from './judges.ts'
import type { Outcome, OutcomeCounts } from './outcomes.ts'

/** A config on its way to a thread, with what the main thread has read and worked out once for all. */
export interface PlanMessage extends NamedFiles {
  readonly config: Config
  readonly hash: string
  /** Position of each backend's flag in the health memory. */
  readonly healthSlots: Readonly<Record<string, number>>
  /** Position of each mirror's word in the memory of budgets. */
  readonly budgetSlots: Readonly<Record<string, number>>
}

/** What a data-plane thread is started with. */
export interface DataPlaneStart {
  readonly thread: string
  /** Its number, from 0. */
  readonly index: number
  readonly plan: PlanMessage
  readonly threads: number
  /** Port to listen on; that of the config, unless it was 0 and another thread has been given one. */
  readonly port: number
  /** Tells this process from any other, in Via. */
  readonly instance: string
  readonly switchboard: SharedArrayBuffer
  /** int32 per backend: 1 when its active checks fail. */
  readonly health: SharedArrayBuffer
  /** int64 per mirror with a daily budget (budgets.ts). */
  readonly budgets: SharedArrayBuffer
}

/** To the analyst, from the thread that hands over. */
export interface AnalystLink {
  readonly port: MessagePort
  readonly memory: SharedArrayBuffer
}

export type ToDataPlane =
  | { readonly kind: 'prepare', readonly plan: PlanMessage }
  | { readonly kind: 'commit' }
  | { readonly kind: 'rollback' }
  | { readonly kind: 'analyst', readonly link: AnalystLink | undefined }
  | { readonly kind: 'release', readonly experiment: string | undefined }
  | { readonly kind: 'drain', readonly graceMs: number }

export type FromDataPlane =
  | { readonly kind: 'listening', readonly port: number }
  | { readonly kind: 'failed', readonly code: string, readonly message: string }
  | { readonly kind: 'prepared', readonly error: string | undefined }
  | { readonly kind: 'series', readonly series: Series }
  | { readonly kind: 'ejection', readonly backend: string, readonly out: boolean }
  | { readonly kind: 'drained' }

export interface AnalystStart {
  readonly thread: string
  readonly plan: PlanMessage
  /** Salts the hashes of redacted values: one for the process, so that they survive the thread. */
  readonly secret: string
}

export type ToAnalyst =
  | { readonly kind: 'plan', readonly plan: PlanMessage }
  | { readonly kind: 'link', readonly from: string, readonly link: AnalystLink }
  | { readonly kind: 'snapshot', readonly id: number }
  | { readonly kind: 'decisions', readonly id: number, readonly requestId: string }
  | { readonly kind: 'outcomes', readonly id: number, readonly outcomes: readonly Outcome[] }

export type FromAnalyst =
  | { readonly kind: 'ready' }
  | { readonly kind: 'series', readonly series: Series }
  | { readonly kind: 'snapshot', readonly id: number, readonly mirrors: readonly MirrorSnapshot[] }
  | { readonly kind: 'decided', readonly id: number, readonly rows: readonly LedgerRow[] }
  | { readonly kind: 'learned', readonly id: number, readonly counts: OutcomeCounts }

/** What travels over an `AnalystLink`. */
export type Handed = Batch
