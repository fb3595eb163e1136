import { describe, expect, test } from 'vitest'
import { brief, findingsOf } from './support.ts'

const HEAD = 'version: 1\nbackends: { stable: { url: "http://h:1" }, canary: { url: "http://h:2" }, shadow: { url: "http://h:3" } }\nroutes: [{ name: bare, backend: stable, match: { path: { exact: /bare } } }, { name: r, split: [{ backend: stable, weight: 50 }, { backend: canary, weight: 50 }], mirrors: [{ backend: shadow, percent: 1 }] }]\n'
const DELAY = 'faults: [{ kind: delay, fixed: 1s }]'
/** Keys of the experiment itself. */
const keysOf = (fields: string): string => fields.replaceAll(/\[[^\]]*\]/g, '').replaceAll(/\{[^{}]*\}/g, '').replaceAll(/\{[^{}]*\}/g, '')
const DEFAULTS = { route: 'route: r', percent: 'percent: 1', duration: 'duration: 10m', faults: DELAY }
const found = (experiment: string, more = ''): string[] => {
  const rest = Object.entries(DEFAULTS).flatMap(([key, text]) => new RegExp(`(?:^|, )${key}:`).test(keysOf(experiment)) ? [] : [text])
  const fields = ['name: x', ...rest, ...experiment === '' ? [] : [experiment]].join(', ')
  return brief(findingsOf(`${HEAD}chaos: { limits: { percent: 50, active: 1 }, ${more} experiments: [{ ${fields} }] }\n`)).map((line) => line.replace(/^\d+:\d+ /, ''))
}

describe('an experiment', () => {
  test.each<[string, string, string?]>([
    ['on a protected route', 'route: bare', 'protect: [bare],'], ['with stages that last longer than it', 'stages: [{ duration: 11m }]'], ['with a stage above its percent', 'stages: [{ percent: 2, duration: 1m }]'],
    ['with harm and no control group', 'harm: [{ of: errors, more: 1 }]'], ['that hits and spares more than all', 'percent: 50, control: 51'], ['with a control group beside blocks', 'control: 1, exactness: { block: 10 }'],
    ['on copies with a fault of connections', 'where: { arm: shadow }, faults: [{ kind: reset }]'], ['on copies to a backend that is no shadow', 'where: { arm: shadow, backend: canary }'], ['on copies of a route without mirrors', 'route: bare, where: { arm: shadow, backend: stable }'],
    ['with a ramp of strength and no fault that has one', 'ramp: { shape: linear, of: strength, over: 1m }, faults: [{ kind: reset }]'], ['with a ramp in two units', 'ramp: { shape: linear, over: 1m, hold: 10 }'],
    ['with an empty band of units', 'where: { units: { from: 50, to: 50 } }'], ['with a condition of PromQL and no Prometheus', 'hypothesis: [{ condition: { promql: up, max: 1 } }]'],
    ['with a cron that is none', 'schedule: { cron: "61 * * * *" }'], ['with a lease too short to be renewed', 'lease: 10ms'], ['with a fault that hits more than the limit by a draw of its own', 'faults: [{ kind: delay, fixed: 1s, hitPercent: 60 }]'],
    ['without a duration', 'duration: null']
  ])('%s is refused', (_, experiment, more = '') => {
    expect(found(experiment, more).length).toBeGreaterThan(0)
  })

  test.each<[string, string, string?]>([
    ['all of a life', 'baseline: 1m, recovery: 1m, stages: [{ percent: 1, strength: 50, duration: 1m }, { duration: 9m }], control: 1, harm: [{ of: slow, more: 2, confidence: 99 }], slow: 500ms, by: unit, stop: [{ condition: { measure: p99, max: 1s }, for: 5s, onNoData: continue }], schedule: { cron: "0 10 * * 1-5", timezone: Europe/Berlin, window: { days: [mon], from: "09:00", to: "17:00" } }, lease: 30s'],
    ['copies alone, of more than clients may be', 'where: { arm: shadow, backend: shadow }, percent: 100'], ['a header that asks for it', 'trigger: X-Chaos, mark: header, seed: "2"'],
    ['a ramp over requests', 'ramp: { shape: sine, of: both, over: 1000 }'], ['conditions of PromQL', 'stop: [{ condition: { promql: "up", min: 1 } }]', 'prometheus: "http://127.0.0.1:9090",'],
    ['a fault with a share of its own', 'faults: [{ kind: label-flip, percent: 50, labels: [a, b], hitPercent: 2 }]']
  ])('may say %s', (_, experiment, more = '') => {
    expect(found(experiment, more)).toEqual([])
  })

  test('is told where it is wrong, in words', () => {
    expect(found('route: bare', 'protect: [bare],')).toEqual(['chaos.experiments[0].route: route bare is under chaos.protect: no experiment may be on it'])
    expect(found('where: { arm: shadow, backend: canary }')).toEqual(['chaos.experiments[0].where.backend: route r has no mirror to "canary", only for shadow'])
    expect(found('stages: [{ percent: 2, duration: 1m }]')).toEqual(['chaos.experiments[0].stages: expected no stage above the percent of the experiment, which is what limits are checked by'])
    expect(found('', 'protect: [nowhere],')).toEqual(['chaos.protect[0]: no route is called "nowhere"'])
  })
})
