import type { Chaos } from '../chaos/decide.ts'
import type { Experiment, NamedFault, Scope } from '../chaos/experiment.ts'
import { faults } from '../chaos/faults/index.ts'
import type { Ramp } from '../chaos/ramp.ts'
import { ShareLimit } from '../chaos/share-limit.ts'
import type { Switchboard } from '../chaos/switchboard.ts'
import type { ExperimentConfig, FaultConfig, Lasting, RampConfig, WhereConfig } from '../config/chaos-types.ts'
import type { Config } from '../config/types.ts'
import type { Decision, Injection } from '../core/exchange.ts'
import { type Key, saltOf } from '../core/hash.ts'
import type { Counter, Meter } from '../core/meter.ts'
import { compileBodyTests, compileHeaderTests } from '../core/request-tests.ts'

/** What all experiments of a config share; undefined where it has none. */
export function compileChaos({ chaos }: Config, meter: Meter, switchboard: Switchboard): Chaos | undefined {
  if (chaos === undefined || chaos.experiments.length === 0) return undefined
  const { limits, exemptHeader, ledger } = chaos
  return {
    switchboard,
    share: new ShareLimit(limits.percent / 100),
    maxActive: limits.active,
    maxPerMinute: limits.perMinute ?? Infinity,
    exemptHeader,
    recordsMisses: ledger?.misses ?? false,
    keepsChanges: ledger !== undefined && ledger.changes !== 'none',
    injected: remembered(({ experiment, fault }: Injection, arm: Decision['side']) => `${experiment}\n${fault}\n${arm}`, ({ experiment, fault }, arm) => meter.counter('chaos_injected_total', { experiment, fault, arm })),
    skipped: remembered((experiment: string, reason: string) => `${experiment}\n${reason}`, (experiment, reason) => meter.counter('chaos_skipped_total', { experiment, reason })),
    eligible: remembered((experiment: string, arm: Decision['side']) => arm === 'primary' ? experiment : `${experiment}\n${arm}`, (experiment, arm) => meter.counter('chaos_eligible_total', { experiment, arm }))
  }
}

// they are counted by for each request in scope, and looking a series up costs more than counting
function remembered<A, B>(keyOf: (one: A, other: B) => string, counterOf: (one: A, other: B) => Counter): (one: A, other: B) => Counter {
  const counters = new Map<string, Counter>()
  return (one, other) => {
    const key = keyOf(one, other)
    const known = counters.get(key)
    if (known !== undefined) return known
    const counter = counterOf(one, other)
    counters.set(key, counter)
    return counter
  }
}

/** Experiments by route, each with the slot of its place in the config. */
export function compileExperiments({ chaos }: Config): ReadonlyMap<string, readonly Experiment[]> {
  const byRoute = new Map<string, Experiment[]>()
  chaos?.experiments.forEach((experiment, slot) => {
    const list = byRoute.get(experiment.route) ?? []
    list.push(compileExperiment(experiment, slot, chaos.seed))
    byRoute.set(experiment.route, list)
  })
  return byRoute
}

function compileExperiment(experiment: ExperimentConfig, slot: number, commonSeed: string): Experiment {
  const { name, percent, control, where, by, block, ramp, trigger, mark, seed = commonSeed } = experiment
  return {
    name,
    slot,
    share: percent / 100,
    control: control / 100,
    salt: chaosSalt(name, seed),
    scope: compileScope(where),
    by,
    block,
    ramp: ramp === undefined ? undefined : compileRamp(ramp),
    trigger,
    mark,
    faults: experiment.faults.map((fields, index) => compileFault(fields, saltOf('chaos value', name, String(index), ...seeds(seed)))),
    state: { run: 0, strikers: [] }
  }
}

/** Salt of an experiment's draws. */
export const chaosSalt = (name: string, seed: string): Key => saltOf('chaos', name, ...seeds(seed))

const seeds = (seed: string): readonly string[] => seed === '' ? [] : [seed]

function compileFault({ hitPercent, ...fields }: FaultConfig, salt: number): NamedFault {
  const found = faults.find(({ name }) => name === fields.kind)
  if (found === undefined) throw new Error(`no such fault: ${fields.kind}`)
  return { kind: fields.kind, stage: found.stage, salt, share: hitPercent === undefined ? undefined : hitPercent / 100, fault: found.build(fields) }
}

function compileScope({ backend, arm, headers, body, units }: WhereConfig): Scope {
  const tests = [...headers === undefined ? [] : [compileHeaderTests(headers)], ...body === undefined ? [] : [compileBodyTests(body)]]
  const texts = [
    ...backend === undefined ? [] : [`backend is ${backend}`],
    ...arm === 'primary' ? [] : [arm === 'shadow' ? 'the answer of a shadow' : 'answers of clients and shadows'],
    ...units === undefined ? [] : [`unit is among those from ${units.from} % to ${units.to} %`],
    ...tests.map(({ text }) => text)
  ]
  return {
    text: texts.length === 0 ? 'every request' : texts.join(' and '),
    needsBody: body !== undefined,
    backend,
    arm,
    units: units === undefined ? undefined : { from: units.from / 100, to: units.to / 100 },
    tests
  }
}

function compileRamp({ shape, of, over, hold, recover, from, to }: RampConfig): Ramp {
  return {
    shape,
    of,
    unit: typeof over === 'number' ? 'ms' : 'requests',
    over: amount(over),
    hold: hold === undefined ? Infinity : amount(hold),
    recover: recover === undefined ? 0 : amount(recover),
    from: from / 100,
    to: to / 100
  }
}

const amount = (lasting: Lasting): number => typeof lasting === 'number' ? lasting : lasting.requests
