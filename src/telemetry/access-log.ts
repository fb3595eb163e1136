import type { Exchange, Ending, Injection } from '../core/exchange.ts'
import type { RecordReader, RecordWriter } from '../core/records.ts'

/** Records of exchanges in a handover begin with this octet. */
export const EXCHANGE_RECORD = 2

const ENDINGS: readonly Ending[] = ['answered', 'local', 'client_gone', 'broken', 'tunnel']

/** About how many octets `writeExchange` writes. */
export const exchangeSize = (exchange: Exchange): number => exchange.path.length + exchange.host.length + 512

export function writeExchange(writer: RecordWriter, exchange: Exchange): void {
  writer.text(exchange.requestId)
  writer.number(exchange.startedAtMs)
  writer.word(exchange.method)
  writer.text(exchange.path)
  writer.word(exchange.host)
  writer.text(exchange.client)
  writer.word(exchange.route)
  writer.word(exchange.backend)
  writer.word(exchange.arm)
  writer.integer(exchange.status)
  writer.byte(ENDINGS.indexOf(exchange.ending))
  writer.word(exchange.code)
  writer.number(exchange.requestBytes)
  writer.number(exchange.responseBytes)
  writer.number(exchange.firstByteMs)
  writer.number(exchange.durationMs)
  writer.byte(exchange.attempts)
  writer.integer(exchange.injected.length)
  for (const { experiment, fault } of exchange.injected) {
    writer.text(experiment)
    writer.text(fault)
  }
}

export function readExchange(reader: RecordReader): Exchange {
  return {
    requestId: reader.text(),
    startedAtMs: reader.number(),
    method: reader.word(),
    path: reader.text(),
    host: reader.word(),
    client: reader.text(),
    route: reader.word(),
    backend: reader.word(),
    arm: reader.word(),
    status: reader.integer(),
    ending: ENDINGS[reader.byte()] ?? 'answered',
    code: reader.word(),
    requestBytes: reader.number(),
    responseBytes: reader.number(),
    firstByteMs: reader.number(),
    durationMs: reader.number(),
    attempts: reader.byte(),
    injected: Array.from({ length: reader.integer() }, (): Injection => ({ experiment: reader.text(), fault: reader.text() })),
    decisions: [] // these go into the ledger
  }
}

/** The fields of an access line; what says nothing is left out. */
export function accessLine(exchange: Exchange): Record<string, unknown> {
  const { startedAtMs, firstByteMs, durationMs, code, arm, backend, route, injected, attempts, decisions: _, ...rest } = exchange
  return {
    at: new Date(startedAtMs).toISOString(),
    ...rest,
    ...(route !== '' && { route }),
    ...(backend !== '' && { backend }),
    ...(arm !== backend && arm !== '' && { arm }),
    ...(code !== '' && { code }),
    ...(attempts > 1 && { attempts }),
    ...(firstByteMs >= 0 && { firstByteMs: round(firstByteMs) }),
    durationMs: round(durationMs),
    ...(injected.length > 0 && { injected })
  }
}

const round = (ms: number): number => Math.round(ms * 1000) / 1000
