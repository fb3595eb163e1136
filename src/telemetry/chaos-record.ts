import type { Decision, Exchange, FaultRecord, Group } from '../core/exchange.ts'
import type { RecordReader, RecordWriter } from '../core/records.ts'

/** Records of what chaos decided in a handover begin with this octet. */
export const CHAOS_RECORD = 3

/** What chaos decided for one request. */
export interface ChaosRecord {
  readonly requestId: string
  /** Wall clock, ms since 1970. */
  readonly atMs: number
  readonly route: string
  readonly backend: string
  readonly decisions: readonly Decision[]
}

const GROUPS: readonly Group[] = ['experiment', 'control', 'rest']
const SIDES: readonly Decision['side'][] = ['primary', 'shadow']
const RESULTS: readonly FaultRecord['result'][] = ['planned', 'injected', 'skipped']

// of a text before or after a change; what is longer is not kept
const MAX_CHANGE_BYTES = 65_536

/** The record of an exchange. */
export const chaosRecordOf = ({ requestId, startedAtMs, route, backend, decisions }: Pick<Exchange, 'requestId' | 'startedAtMs' | 'route' | 'backend' | 'decisions'>): ChaosRecord =>
  ({ requestId, atMs: startedAtMs, route, backend, decisions })

/** About how many octets `writeChaosRecord` writes. */
export const chaosRecordSize = ({ decisions }: ChaosRecord): number =>
  decisions.reduce((sum, { faults }) => sum + faults.reduce((more, { change }) => more + (change === undefined ? 0 : change.before.length + change.after.length), 128), 256)

export function writeChaosRecord(writer: RecordWriter, { requestId, atMs, route, backend, decisions }: ChaosRecord): void {
  writer.text(requestId)
  writer.number(atMs)
  writer.word(route)
  writer.word(backend)
  writer.integer(decisions.length)
  for (const { experiment, side, group, drawn, share, skip, faults } of decisions) {
    writer.word(experiment)
    writer.byte(SIDES.indexOf(side))
    writer.byte(GROUPS.indexOf(group))
    writer.number(drawn)
    writer.number(share)
    writer.word(skip)
    writer.integer(faults.length)
    for (const fault of faults) writeFault(writer, fault)
  }
}

function writeFault(writer: RecordWriter, { kind, result, reason, detail, change }: FaultRecord): void {
  writer.word(kind)
  writer.byte(RESULTS.indexOf(result))
  writer.word(reason)
  writer.text(detail)
  const texts = change === undefined ? undefined : [Buffer.from(change.before, 'utf8'), Buffer.from(change.after, 'utf8')]
  const keeps = texts?.every(({ length }) => length <= MAX_CHANGE_BYTES) === true
  writer.byte(keeps ? 1 : 0)
  if (keeps) for (const text of texts) writer.octets([text], text.length)
}

export function readChaosRecord(reader: RecordReader): ChaosRecord {
  return {
    requestId: reader.text(),
    atMs: reader.number(),
    route: reader.word(),
    backend: reader.word(),
    decisions: Array.from({ length: reader.integer() }, (): Decision => ({
      experiment: reader.word(),
      side: SIDES[reader.byte()] ?? 'primary',
      group: GROUPS[reader.byte()] ?? 'rest',
      drawn: reader.number(),
      share: reader.number(),
      skip: reader.word(),
      faults: Array.from({ length: reader.integer() }, () => readFault(reader))
    }))
  }
}

function readFault(reader: RecordReader): FaultRecord {
  return {
    kind: reader.word(),
    result: RESULTS[reader.byte()] ?? 'skipped',
    reason: reader.word(),
    detail: reader.text(),
    change: reader.byte() === 0 ? undefined : { before: reader.octets().toString('utf8'), after: reader.octets().toString('utf8') }
  }
}
