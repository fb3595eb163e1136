import { draw, type Key } from '../core/hash.ts'

/** How a ramp goes from `from` to `to`. */
export type RampShape = 'step' | 'linear' | 'exponential' | 'sine' | 'square' | 'random-walk'

/** How a share or a strength moves while an experiment runs, all times in ms, or all in requests in scope. */
export interface Ramp {
  readonly shape: RampShape
  /** What is moved. */
  readonly of: 'percent' | 'strength' | 'both'
  readonly unit: 'ms' | 'requests'
  /** How long it takes; the period of `sine` and `square`, which go on and on; each step of `step` is a fifth. */
  readonly over: number
  /** How long it stays there; Infinity for ever. */
  readonly hold: number
  /** How long it takes to go back, in a straight line; 0 for never. */
  readonly recover: number
  /** 0..1 of what is configured. */
  readonly from: number
  readonly to: number
}

const STEPS = 5
const WALK_STEPS = 100
// 0.57 * 100 is a little less than 57
const ROUNDING = 1e-9
// a ramp of logarithms needs somewhere to begin
const LOWEST = 0.001

/** How far along a ramp is at `elapsed`, in its unit: 0..1 of what is configured. @param salt of the walk */
export function levelOf({ shape, over, hold, recover, from, to }: Ramp, elapsed: number, salt: Key): number {
  if (shape === 'sine') return from + (to - from) * (1 - Math.cos(2 * Math.PI * elapsed / over)) / 2
  if (shape === 'square') return elapsed % over < over / 2 ? to : from
  if (elapsed < over) return along(shape, elapsed / over, from, to, salt)
  const end = shape === 'random-walk' ? along(shape, 1, from, to, salt) : to
  const back = elapsed - over - hold
  if (recover === 0 || back <= 0) return end
  return back >= recover ? from : end + (from - end) * back / recover
}

function along(shape: Exclude<RampShape, 'sine' | 'square'>, part: number, from: number, to: number, salt: Key): number {
  switch (shape) {
    case 'step': return from + (to - from) * Math.floor(part * STEPS + ROUNDING) / STEPS
    case 'linear': return from + (to - from) * part
    case 'exponential': return exponential(part, from, to)
    default: return from + (to - from) * walk(Math.floor(part * WALK_STEPS + ROUNDING), salt)
  }
}

function exponential(part: number, from: number, to: number): number {
  const low = Math.max(from, LOWEST)
  const high = Math.max(to, LOWEST)
  if (part === 0) return from
  return low * (high / low) ** part
}

/** Where a walk from the middle of 0..1 is after so many steps: each goes a tenth up or down, and turns back at the ends. */
function walk(steps: number, salt: Key): number {
  let at = 5
  for (let i = 0; i < steps; i++) {
    const up = draw(salt, i) < 0.5
    at += at === 10 ? -1 : at === 0 ? 1 : up ? 1 : -1
  }
  return at / 10
}
