import type { Document } from '../document.ts'
import type { LatencyComparison, LatencyName } from '../judgement.ts'
import { PairedLatency } from './paired-latency.ts'

/** When an answer came, by what is timed; NaN where it is not known. */
type Times = Readonly<Record<LatencyName, number>>

const NAMES: readonly LatencyName[] = ['firstByte', 'duration', 'firstToken', 'tokenGap']

/** What is timed of an answer. */
export function timesOf({ firstByteMs, durationMs }: Document['answer'], document: Document | string): Times {
  const stream = typeof document !== 'string' && 'stream' in document ? document.stream : undefined
  return { firstByte: firstByteMs, duration: durationMs, firstToken: stream?.firstContentMs ?? Number.NaN, tokenGap: stream?.gapMs ?? Number.NaN }
}

/** Compares times, request by request. */
export class Latencies {
  private readonly shadow = comparisons()
  private readonly shadowToBaseline = comparisons()
  private readonly warmUp: number
  private requests = 0

  /** @param warmUp requests left out at the beginning: connections and caches are cold */
  constructor(warmUp: number) {
    this.warmUp = warmUp
  }

  add(primary: Times, shadow: Times | undefined, baseline: Times | undefined): void {
    if (shadow === undefined || ++this.requests <= this.warmUp) return
    for (const name of NAMES) {
      this.shadow[name].add(primary[name], shadow[name])
      if (baseline !== undefined) this.shadowToBaseline[name].add(baseline[name], shadow[name])
    }
  }

  report(confidence: number): Readonly<Record<LatencyName, LatencyComparison>> {
    const of = (name: LatencyName): LatencyComparison => ({ shadow: this.shadow[name].report(confidence), shadowToBaseline: this.shadowToBaseline[name].report(confidence) })
    return { firstByte: of('firstByte'), duration: of('duration'), firstToken: of('firstToken'), tokenGap: of('tokenGap') }
  }
}

const comparisons = (): Readonly<Record<LatencyName, PairedLatency>> =>
  ({ firstByte: new PairedLatency(), duration: new PairedLatency(), firstToken: new PairedLatency(), tokenGap: new PairedLatency() })
