import type { RunRecord } from './record.ts'

/** Runs that are remembered. */
const MAX_RUNS = 50

/** The runs that ended last, the newest first. */
export class RunHistory {
  private records: readonly RunRecord[] = []

  add(record: RunRecord): void {
    this.records = [record, ...this.records].slice(0, MAX_RUNS)
  }

  list(): readonly RunRecord[] {
    return this.records
  }

  find(id: string): RunRecord | undefined {
    return this.records.find((record) => record.id === id)
  }
}
