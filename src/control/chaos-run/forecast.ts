import { oneLookSize, watchedSize, type WantedDifference } from '../../stats/two-share-size.ts'
import { wilsonInterval } from '../../stats/wilson-interval.ts'

/** What an experiment would do with a request: leave it `out` of its scope, or in scope hit it, hold the hit against it, or neither. */
export type Fate = 'hit' | 'control' | 'rest' | 'out'

export interface ForecastOptions<Request> {
  /** A sample of the route's, such as those of a capture. */
  readonly requests: readonly Request[]
  /** The experiment's own decision. */
  readonly fateOf: (request: Request) => Fate
  /** How likely the request was to be in the sample, in (0, 1]; all alike where it is left out. */
  readonly probabilityOf?: (request: Request) => number
  /** Of the route; what is expected of a minute is left out where it is not known. */
  readonly requestsPerMinute?: number
  /** With the formula of what each does to a measure, as the registry says it. */
  readonly faults: readonly { readonly kind: string, readonly effect: string | undefined }[]
  /** A harm to be found between the groups, whose shares of the route's requests are as expected here. */
  readonly wanted?: Omit<WantedDifference, 'ratio'> & { readonly beyond: number }
}

/** Of the requests of the route. */
export interface Expected {
  /** Of those in the sample; exact, as decisions go by request ids. */
  readonly count: number
  readonly share: number
  /** Wilson's interval for the share of requests to come, 95 %. */
  readonly low: number
  readonly high: number
  readonly perMinute: { readonly expected: number, readonly low: number, readonly high: number } | undefined
}

/** What it takes to find a harm. An approximation by the normal distribution: see `oneLookSize` and `watchedSize`. */
export interface NeededRequests {
  /** Under faults: for one look in the end, and when watched all along as a run does. Infinity where it never will. */
  readonly oneLook: number
  readonly watched: number
  /** Minutes until there are so many; undefined where traffic is not known. */
  readonly oneLookMinutes: number | undefined
  readonly watchedMinutes: number | undefined
}

export interface Forecast {
  readonly requests: number
  readonly inScope: Expected
  readonly hit: Expected
  readonly control: Expected
  readonly faults: readonly { readonly kind: string, readonly effect: string | undefined }[]
  /** undefined where nothing is wanted, or there would be no control group or no hit. */
  readonly needed: NeededRequests | undefined
}

/** What an experiment would have done with requests that were captured, and how long it takes to learn from it. */
export function forecast<Request>({ requests, fateOf, probabilityOf = () => 1, requestsPerMinute, faults, wanted }: ForecastOptions<Request>): Forecast {
  const fates = requests.map((request) => ({ fate: fateOf(request), weight: 1 / probabilityOf(request) }))
  const expect = (isOne: (fate: Fate) => boolean): Expected => expected(fates.map(({ fate, weight }) => ({ isOne: isOne(fate), weight })), requestsPerMinute)
  const hit = expect((fate) => fate === 'hit')
  const control = expect((fate) => fate === 'control')
  return {
    requests: requests.length,
    inScope: expect((fate) => fate !== 'out'),
    hit,
    control,
    faults,
    needed: wanted === undefined || hit.count === 0 || control.count === 0 ? undefined : needed({ ...wanted, ratio: control.share / hit.share }, wanted.beyond, hit)
  }
}

function expected(draws: readonly { readonly isOne: boolean, readonly weight: number }[], requestsPerMinute: number | undefined): Expected {
  const ones = draws.filter(({ isOne }) => isOne)
  const all = sum(draws.map(({ weight }) => weight))
  const share = all === 0 ? 0 : sum(ones.map(({ weight }) => weight)) / all
  // requests of different weights tell as much as so many of one (L. Kish, Survey Sampling, 1965, section 11.7)
  const effective = all === 0 ? 0 : all ** 2 / sum(draws.map(({ weight }) => weight ** 2))
  const [low, high] = wilsonInterval(ones.length === draws.length ? effective : share * effective, effective)
  const perMinute = requestsPerMinute === undefined ? undefined : { expected: share * requestsPerMinute, low: low * requestsPerMinute, high: high * requestsPerMinute }
  return { count: ones.length, share, low, high, perMinute }
}

function needed(wanted: WantedDifference, beyond: number, { perMinute }: Expected): NeededRequests {
  const oneLook = Math.ceil(oneLookSize(wanted))
  const watched = watchedSize(wanted, beyond)
  const minutes = (count: number): number | undefined => perMinute && count / perMinute.expected
  return { oneLook, watched, oneLookMinutes: minutes(oneLook), watchedMinutes: minutes(watched) }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
