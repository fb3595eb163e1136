import { drawnBy, type Experiment, inBand, keyFor, type Keys } from '../chaos/experiment.ts'
import type { Config, MirrorConfig } from '../config/types.ts'
import { draw, keyOf } from '../core/hash.ts'
import type { RequestView } from '../core/request-view.ts'
import { compileSplit } from '../route/split.ts'
import { compileUnit } from '../route/unit.ts'
import type { MirroredRequest } from '../shadow/legs.ts'
import type { Leg } from '../shadow/trial.ts'
import { arms } from './compile.ts'
import { compileExperiments } from './compile-chaos.ts'
import { mirrorSalt, sampleKey } from './compile-mirror.ts'
import { compileMatchers } from './conditions.ts'

/** What would happen to one request, and why. Nothing is sent. */
export interface Explanation {
  readonly requestId: string
  /** Routes in the order they are tried, up to the one that matches. */
  readonly routes: readonly { readonly name: string, readonly matches: boolean, readonly conditions: readonly Condition[] }[]
  /** Absent when no route matches. */
  readonly route: RouteExplanation | undefined
}

/** One condition and whether it holds; conditions after the first that fails are not looked at when serving. */
export interface Condition {
  readonly text: string
  readonly holds: boolean
}

export interface RouteExplanation {
  readonly name: string
  /** `from` says where it is read; without a value the request is its own unit. */
  readonly unit: { readonly from: string, readonly value: string | undefined }
  readonly split: readonly { readonly backend: string, readonly percent: number }[]
  readonly arm: string
  readonly fallback: string | undefined
  readonly mirrors: readonly MirrorExplanation[]
  readonly chaos: readonly ChaosExplanation[]
}

export interface MirrorExplanation {
  readonly backend: string
  readonly leg: Leg
  readonly percent: number
  /** The request's draw, in percent: it is sampled when this is below `percent`. */
  readonly draw: number
  readonly sampled: boolean
  readonly why: string
}

export interface ChaosExplanation {
  readonly experiment: string
  readonly faults: readonly string[]
  readonly scope: string
  readonly percent: number
  /** The request's draw, in percent: it is hit when this is below `percent`, while the experiment runs. */
  readonly draw: number
  readonly hit: boolean
  readonly why: string
}

/** Goes through a config as serving does, for one request. */
export function explain(config: Config, request: RequestView, requestId: string, isMirrored: boolean): Explanation {
  const routes: Explanation['routes'][number][] = []
  for (const route of config.routes) {
    const conditions = compileMatchers(route.match).map((matcher) => ({ text: matcher.text, holds: matcher.matches(request) }))
    const matches = conditions.every(({ holds }) => holds)
    routes.push({ name: route.name, matches, conditions })
    if (matches) return { requestId, routes, route: explainRoute(config, route, request, requestId, isMirrored) }
  }
  return { requestId, routes, route: undefined }
}

function explainRoute(config: Config, route: Config['routes'][number], request: RequestView, requestId: string, isMirrored: boolean): RouteExplanation {
  const unit = compileUnit(route.unit)
  const value = unit.read(request)
  const requestKey = keyOf(requestId)
  const total = route.split.reduce((sum, { weight }) => sum + weight, 0)
  const unitKey = value === undefined ? requestKey : keyOf(value)
  const arm = compileSplit(route.name, arms(route, (backend) => backend))(unitKey)
  return {
    name: route.name,
    unit: { from: unit.text, value: value === undefined ? undefined : Buffer.from(value, 'latin1').toString('utf8') },
    split: route.split.map(({ backend, weight }) => ({ backend, percent: percent(weight / total) })),
    arm: arm.name,
    fallback: route.fallback,
    mirrors: route.mirrors.flatMap((mirror) => explainMirror(mirror, route.name, arm.name, { view: request, requestKey, unitKey }, isMirrored)),
    chaos: (compileExperiments(config).get(route.name) ?? []).map((experiment) =>
      explainExperiment(experiment, request, arm.name, { request: requestKey, unit: unitKey }, config.chaos?.exemptHeader ?? ''))
  }
}

function explainExperiment(experiment: Experiment, request: RequestView, arm: string, keys: Keys, exemptHeader: string): ChaosExplanation {
  const { scope, share, block, control, trigger } = experiment
  const failing = scope.tests.find((test) => !test.matches(request))
  const drawn = drawnBy(experiment, keyFor(experiment, request, keys))
  const why = request.header(exemptHeader) !== undefined ? `the header ${exemptHeader} exempts it`
    : scope.backend !== undefined && scope.backend !== arm ? `goes to ${arm}, not to ${scope.backend}`
      : scope.units !== undefined && !inBand(scope.units, keys.unit) ? 'its unit is outside the band'
        : failing !== undefined ? `${failing.text} does not hold`
          : trigger !== undefined && request.header(trigger) === undefined ? `the header ${trigger} does not ask for it`
            : block > 0 ? `in scope; ${Math.round(share * block)} of each ${block} are hit, in the order they come`
              : drawn < share ? 'in scope and drawn' : drawn >= 1 - control ? 'in scope, in the control group' : 'in scope, not drawn'
  return {
    experiment: experiment.name,
    faults: experiment.faults.map(({ kind }) => kind),
    scope: scope.text,
    percent: percent(share),
    draw: percent(drawn),
    hit: why === 'in scope and drawn',
    why
  }
}

function explainMirror(mirror: MirrorConfig, route: string, arm: string, request: Pick<MirroredRequest, 'view' | 'requestKey' | 'unitKey'>, isMirrored: boolean): MirrorExplanation[] {
  const isCopy = isMirrored ? 'it is itself a mirrored copy' : undefined
  const failing = compileMatchers(mirror.match).find((matcher) => !matcher.matches(request.view))
  const unwanted = isCopy ?? (failing === undefined ? undefined : `${failing.text} does not hold`)
  const shadow = explainLeg('shadow', mirror.backend, mirror.percent, draw(mirrorSalt(route, mirror, 'shadow'), sampleKey(mirror.sample)(request)), unwanted)
  if (mirror.baseline === undefined) return [shadow]
  const { backend, percent: share } = mirror.baseline
  const barred = isCopy ?? (!shadow.sampled ? 'its shadow is not sampled' : backend !== arm ? `${arm} answers, not ${backend}` : undefined)
  return [shadow, explainLeg('baseline', backend, share, draw(mirrorSalt(route, mirror, 'baseline'), request.requestKey), barred)]
}

function explainLeg(leg: Leg, backend: string, share: number, drawn: number, barred: string | undefined): MirrorExplanation {
  const why = barred ?? (drawn < share / 100 ? 'drawn' : 'not drawn')
  return { backend, leg, percent: share, draw: percent(drawn), sampled: why === 'drawn', why }
}

// four decimals: enough for 0.01 %
const percent = (share: number): number => Math.round(share * 1e6) / 1e4
