/**
 * The share of probability that is elsewhere: half the sum of |p - q| over the classes. `p` and `q` are of one length and sum to
 * 1 each. 0 for equal distributions, 1 for those without a class in common. In scipy: `scipy.spatial.distance.cityblock(p, q) / 2`.
 *
 * Source: D. A. Levin, Y. Peres, Markov Chains and Mixing Times, 2nd edition (2017), proposition 4.2.
 *
 * @example totalVariation([0.5, 0.5], [0.8, 0.2]) // 0.3
 */
export function totalVariation(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < p.length; i++) sum += Math.abs((p[i] ?? Number.NaN) - (q[i] ?? Number.NaN))
  return Math.min(1, sum / 2)
}
