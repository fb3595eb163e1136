import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { DrawOf } from '../../control/explain-chaos.ts'
import type { LedgerRow } from '../../control/ledger.ts'
import { type AdminOptions, callAdmin } from '../admin-client.ts'
import { CliError, type Io } from '../io.ts'
import { createStyle, type Style } from '../style.ts'

interface Explained { readonly draws: readonly DrawOf[], readonly decisions: readonly LedgerRow[] }

/** Says what chaos did to a request, as a running Windtunnel or a ledger has it, and what it would draw for it. */
export async function explainRequest(requestId: string, options: AdminOptions & { readonly json?: boolean, readonly ledger?: string }, io: Io): Promise<void> {
  const { ledger } = options
  const explained: Explained = ledger === undefined ? await callAdmin(options, 'GET', `/api/v1/chaos/requests/${encodeURIComponent(requestId)}`) : { draws: [], decisions: await rowsIn(ledger, requestId) }
  if (options.json === true) return io.out(`${JSON.stringify({ requestId, ...explained }, undefined, 2)}\n`)
  const style = createStyle(io.colour)
  const { decisions, draws } = explained
  if (decisions.length === 0) io.out(ledger === undefined ? 'nothing is remembered of this request: it was in no scope, was not drawn and is not recorded, or is long past\n' : 'the ledger has no line of this request\n')
  for (const row of decisions) io.out(`${style.bold(row.experiment)}${row.fault === undefined ? '' : ` ${row.fault}`}${row.arm === 'shadow' ? ' on a copy' : ''}: ${fate(row, style)}\n`)
  if (draws.length === 0) return
  io.out(style.dim('what each experiment would draw for this id, while it runs and the request is in its scope\n'))
  for (const { experiment, draw, percent, scope, wouldHit } of draws) {
    io.out(`  ${experiment}: ${wouldHit === undefined ? 'depends on more than the id' : `${wouldHit ? style.yellow('hit') : 'not hit'} (${draw} of ${percent} %)`}, for ${scope}\n`)
  }
}

function fate({ at, injected, skipped, group, drawn, share, detail, backend }: LedgerRow, style: Style): string {
  const what = injected ? style.yellow(`injected${detail === undefined ? '' : ` (${detail})`}`) : skipped === undefined ? group === 'control' ? 'left alone, as one of the control group' : 'not drawn' : `not injected: ${skipped.replaceAll('_', ' ')}`
  return `${what}${drawn === undefined ? '' : `, drew ${inPercent(drawn)} of ${inPercent(share)} %`}, at ${backend}, ${at}`
}

const inPercent = (share: number): number => Math.round(share * 1e6) / 1e4

async function rowsIn(file: string, requestId: string): Promise<readonly LedgerRow[]> {
  const rows: LedgerRow[] = []
  const wanted = JSON.stringify(requestId)
  try {
    for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
      if (!line.includes(wanted)) continue
      const row = parse(line)
      if (row?.requestId === requestId) rows.push(row)
    }
  } catch {
    throw new CliError(`--ledger: ${file} cannot be read`)
  }
  return rows
}

// a ledger that was cut off has half a line
function parse(line: string): LedgerRow | undefined {
  try {
    return JSON.parse(line) as LedgerRow // holds: a line of our own
  } catch {
    return undefined
  }
}
