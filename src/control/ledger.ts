import { createHash } from 'node:crypto'
import { compilePointers } from '../compare/captured-trial.ts'
import type { LedgerConfig } from '../config/chaos-types.ts'
import type { Config } from '../config/types.ts'
import type { Decision, FaultRecord } from '../core/exchange.ts'
import { findSpans, replaceSpans } from '../core/json-edit.ts'
import type { Pointer } from '../core/json-pointer.ts'
import type { Meter } from '../core/meter.ts'
import type { ChaosRecord } from '../telemetry/chaos-record.ts'
import { AppendFile } from './append-file.ts'

/** One line of the ledger: what was decided about one fault of one request, or about a request that no fault hits. */
export interface LedgerRow {
  /** ISO 8601. */
  readonly at: string
  readonly experiment: string
  /** Absent where no fault was drawn. */
  readonly fault?: string
  readonly requestId: string
  readonly route: string
  readonly backend: string
  readonly arm: Decision['side']
  readonly group: Decision['group']
  /** The draw and the share it was held against, 0..1; no draw where shares are taken in blocks. */
  readonly drawn?: number
  readonly share: number
  readonly injected: boolean
  /** Why a fault that was drawn was not had. */
  readonly skipped?: string
  /** What was drawn: ms, a status. */
  readonly detail?: string
  /** SHA-256 of the answer's text, or the text. */
  readonly before?: string
  readonly after?: string
}

// requests whose rows can be asked for, and rows from before for one that comes again
const MAX_REMEMBERED = 20_000
const MAX_EARLIER_ROWS = 16

interface Settings {
  readonly changes: LedgerConfig['changes']
  readonly redact: readonly Pointer[]
  readonly file: AppendFile
  readonly path: string
}

/** Keeps what chaos decided: the last of it in memory, all of it in a file where the config names one. */
export class Ledger {
  private readonly meter: Meter
  private readonly onFailure: (file: string, error: Error) => void
  private settings: Settings | undefined
  // without texts: of these there may be more than memory is for
  private readonly remembered = new Map<string, readonly LedgerRow[]>()

  constructor(meter: Meter, onFailure: (file: string, error: Error) => void) {
    this.meter = meter
    this.onFailure = onFailure
  }

  take({ chaos }: Config): void {
    const ledger = chaos?.ledger
    const before = this.settings
    if (before !== undefined && (before.path !== ledger?.file || before.file.failed)) before.file.close()
    if (ledger === undefined) return void (this.settings = undefined)
    const { file: path, maxBytes, changes, redact } = ledger
    const kept = before?.path === path && !before.file.failed ? before.file : undefined
    const file = kept ?? new AppendFile(path, (error) => this.onFailure(path, error))
    file.maxBytes = maxBytes
    this.settings = { changes, redact: compilePointers(redact), file, path }
  }

  add(record: ChaosRecord): void {
    const { remembered, settings } = this
    const rows = rowsOf(record, settings?.changes === 'none' ? 'none' : 'hashes', [])
    const others = remembered.get(record.requestId)
    // a request and its copies are decided on apart
    remembered.delete(record.requestId)
    remembered.set(record.requestId, others === undefined ? rows : [...others.slice(-MAX_EARLIER_ROWS), ...rows])
    if (remembered.size > MAX_REMEMBERED) for (const oldest of remembered.keys()) {
      remembered.delete(oldest)
      break
    }
    if (settings === undefined) return
    for (const row of settings.changes === 'values' ? rowsOf(record, 'values', settings.redact) : rows) {
      const result = settings.file.write(JSON.stringify(row))
      this.meter.counter('chaos_ledger_rows_total', { result }).add()
    }
  }

  /** What was decided about a request, if it is one of the last; without texts, which are for whoever may read the file. */
  find(requestId: string): readonly LedgerRow[] {
    return this.remembered.get(requestId) ?? []
  }
}

function rowsOf(record: ChaosRecord, changes: LedgerConfig['changes'], redact: readonly Pointer[]): readonly LedgerRow[] {
  const { requestId, atMs, route, backend, decisions } = record
  const at = new Date(atMs).toISOString()
  return decisions.flatMap((decision): readonly LedgerRow[] => {
    const { experiment, side, group, drawn, share, skip, faults } = decision
    const common = { at, experiment, requestId, route, backend, arm: side, group, ...drawn >= 0 && { drawn }, share }
    if (faults.length === 0) return [{ ...common, injected: false, ...skip !== '' && { skipped: skip } }]
    return faults.map((fault) => ({ ...common, fault: fault.kind, ...fateOf(fault), ...changeOf(fault, changes, redact) }))
  })
}

function fateOf({ result, reason, detail }: FaultRecord): Pick<LedgerRow, 'injected' | 'skipped' | 'detail'> {
  return { injected: result === 'injected', ...reason !== '' && { skipped: reason }, ...detail !== '' && { detail } }
}

function changeOf({ change }: FaultRecord, changes: LedgerConfig['changes'], redact: readonly Pointer[]): Pick<LedgerRow, 'before' | 'after'> {
  if (change === undefined || changes === 'none') return {}
  if (changes === 'hashes') return { before: hash(change.before), after: hash(change.after) }
  return { before: redacted(change.before, redact), after: redacted(change.after, redact) }
}

const hash = (text: string): string => `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`

// a text that cannot be redacted is not shown
function redacted(text: string, redact: readonly Pointer[]): string {
  if (redact.length === 0) return text
  const spans = findSpans(text, redact)
  return spans === undefined ? hash(text) : replaceSpans(text, spans.map((span) => ({ ...span, text: '"(redacted)"' })))
}
