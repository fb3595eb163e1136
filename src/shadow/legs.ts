import type { Key } from '../core/hash.ts'
import type { RecordFate } from '../core/handover.ts'
import type { RequestView } from '../core/request-view.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { Mirror } from './mirror.ts'
import { TRIAL_RECORD, type TrialDraft, trialSize, writeTrial } from './trial.ts'

/** What mirroring looks at of a request that is about to be sent. */
export interface MirroredRequest {
  readonly head: RequestHead
  readonly view: RequestView
  readonly requestId: string
  readonly requestKey: Key
  /** Whom the route's assignment sticks to. */
  readonly unitKey: Key
}

export interface LegsOptions {
  /** Copies go to the shadow ... */
  readonly shadow: Mirror
  /** ... and some of them a second time to the primary's own model. */
  readonly baseline: Mirror | undefined
  /** Conditions on a request, all of which must hold. */
  readonly matchers: readonly { matches(request: RequestView): boolean }[]
  /** What the sample is drawn by. */
  readonly sampleKey: (request: Pick<MirroredRequest, 'view' | 'requestKey' | 'unitKey'>) => Key
  /** Lower-case names of header fields of the request that the comparison wants. */
  readonly requestHeaders: readonly string[]
}

/** A mirror of a route: the leg to its shadow, and the one that measures its primary's noise. */
export class Legs {
  readonly options: LegsOptions
  private readonly bothFates: RecordFate

  constructor(options: LegsOptions) {
    this.options = options
    const fates = [options.shadow, ...options.baseline === undefined ? [] : [options.baseline]].map(({ fate }) => fate)
    const add = (amount = 1): void => { for (const { posted } of fates) posted?.add(amount) }
    this.bothFates = { lost: { add: () => { for (const { lost } of fates) lost.add() } }, posted: { add, set: () => undefined } }
  }

  /** Whether a request is one that is mirrored, and in the sample. */
  samples(request: MirroredRequest): boolean {
    const { shadow, matchers, sampleKey } = this.options
    return matchers.every((matcher) => matcher.matches(request.view)) && shadow.samples(sampleKey(request))
  }

  /** Hands a trial to the comparison; false when that is behind. */
  handOver(trial: TrialDraft): boolean {
    const { shadow, baseline } = this.options
    const writer = shadow.options.handover.open(trialSize(trial))
    if (writer === undefined) return false
    writer.byte(TRIAL_RECORD)
    writeTrial(writer, trial)
    shadow.options.handover.close(trial.shadow === undefined ? baseline?.fate ?? this.bothFates : trial.baseline === undefined ? shadow.fate : this.bothFates)
    return true
  }
}
