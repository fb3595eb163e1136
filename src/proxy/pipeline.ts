import { type Chaos, decide, needsBody } from '../chaos/decide.ts'
import { keyOf } from '../core/hash.ts'
import { findRoute } from '../route/match.ts'
import { Mirroring } from '../shadow/mirroring.ts'
import * as answers from './answers.ts'
import { Injector } from './inject/injector.ts'
import type { Route } from './plan.ts'
import type { Run } from './run.ts'
import { screen } from './screen.ts'
import type { Upstream } from './upstream.ts'

/*
 * The life of a request, phase by phase. Each phase goes on to the next or answers; `Run.finish` runs once, always.
 *
 *   accept -> match -> assign -> pick -> chaos before -> forward -> respond -> finish
 *   405/417   404      never     never   wait|answer     502/503    client
 *   508       413                                        504        gone
 */

/** Serves one request whose head has been parsed. */
export function serve(run: Run): void {
  const refusal = screen(run.head, run.data.peers)
  if (refusal !== undefined) return run.answer(refusal)
  match(run)
}

function match(run: Run): void {
  const { plan, view } = run
  const route = findRoute(plan.routes, view, view.hasBody)
  if (route === 'body') return run.readBody(plan.maxMatchBytes, () => match(run))
  if (route === undefined) return run.answer(answers.noRoute)
  run.route = route
  if (view.hasBody && view.json() === undefined) route.bodyUnread.add()
  if (route.unit.needsBody && !view.hasBody) return run.readBody(route.maxBufferBytes, () => assign(run, route))
  assign(run, route)
}

// the unit decides, and the same unit always decides alike; a request without one is a unit of its own
function assign(run: Run, route: Route): void {
  const unit = route.unit.read(run.view)
  if (unit !== undefined) run.unitKey = keyOf(unit)
  else if (route.unit.text !== 'the request') route.unitMissing.add()
  const arm = route.split(run.unitKey)
  run.arm = arm.name
  chaosBefore(run, route, arm.target)
}

function chaosBefore(run: Run, route: Route, upstream: Upstream): void {
  const { chaos } = run.plan
  const nowMs = run.startedMs
  if (chaos === undefined || chaos.switchboard.isIdle(nowMs)) return pick(run, route, upstream)
  chaos.share.see(nowMs)
  if (route.experiments.length === 0) return pick(run, route, upstream)
  if (!run.view.hasBody && needsBody(route.experiments, chaos, nowMs)) {
    const go = (): void => strike(run, route, upstream, chaos)
    return run.readBody(route.maxBufferBytes, go, go) // what is too large to be looked into is in no scope that does
  }
  strike(run, route, upstream, chaos)
}

function strike(run: Run, route: Route, upstream: Upstream, chaos: Chaos): void {
  const { view: request, requestKey, unitKey, startedMs: nowMs } = run
  const verdict = decide(route.experiments, chaos, { request, backend: upstream.name, keys: { request: requestKey, unit: unitKey }, nowMs, side: 'primary' })
  if (verdict.decisions.length === 0) return pick(run, route, upstream)
  run.injector = new Injector(run, verdict, chaos, run.data.held)
  run.upstream = upstream
  run.body.hold()
  run.injector.before(() => pick(run, route, upstream))
}

// the assigned backend unless it is out, then the fallback; an assignment is not moved to another arm behind its back
function pick(run: Run, route: Route, assigned: Upstream): void {
  const nowMs = run.data.deadlines.now // to within a tick: backends are out for seconds
  const availability = assigned.admit(nowMs)
  if (availability === 'available') return forward(run, route, assigned)
  const { fallback } = route
  if (fallback !== undefined && fallback !== assigned && fallback.admit(nowMs) === 'available') {
    route.fallbacks.add()
    return forward(run, route, fallback)
  }
  run.upstream = assigned
  run.answer(availability === 'unhealthy' ? answers.unhealthy : answers.ejected)
}

function forward(run: Run, route: Route, upstream: Upstream): void {
  if (route.mirrors.length > 0) {
    const unfit = (run.injector?.injected.length ?? 0) === 0 ? undefined : 'dropped_injected'
    run.mirroring = Mirroring.begin(route.mirrors, run, upstream.name, unfit)
    if (run.mirroring !== undefined) run.body.allow(run.mirroring.maxBodyBytes)
  }
  run.forward(upstream)
}
