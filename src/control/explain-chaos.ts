import { drawnBy } from '../chaos/experiment.ts'
import type { Config } from '../config/types.ts'
import { keyOf } from '../core/hash.ts'
import { compileExperiments } from './compile-chaos.ts'

/** What an experiment draws for a request id, whatever else is known of the request. */
export interface DrawOf {
  readonly experiment: string
  readonly route: string
  /** What it has to be in, besides the route. */
  readonly scope: string
  /** Percent. Undefined where it draws by something else than the request, or in blocks. */
  readonly draw: number | undefined
  readonly percent: number
  /** Whether it is hit while the experiment runs as configured and the request is in scope; undefined where the id does not tell. */
  readonly wouldHit: boolean | undefined
}

/** What each experiment of a config would draw for a request with this id. */
export function drawsOf(config: Config, requestId: string): readonly DrawOf[] {
  const key = keyOf(requestId)
  return [...compileExperiments(config)].flatMap(([route, experiments]) => experiments.map((experiment) => {
    const { name, scope, share, by, block } = experiment
    const drawn = by === 'request' && block === 0 ? drawnBy(experiment, key) : undefined
    return { experiment: name, route, scope: scope.text, draw: drawn === undefined ? undefined : round(drawn), percent: round(share), wouldHit: drawn === undefined ? undefined : drawn < share }
  }))
}

// four decimals: enough for 0.01 %
const round = (share: number): number => Math.round(share * 1e6) / 1e4
