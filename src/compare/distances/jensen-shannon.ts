/**
 * Jensen-Shannon divergence of two distributions in bits, in [0, 1]: how much one draw says about which of the two it came
 * from. Symmetric, and finite where one gives 0 to what the other does not. Both sum to 1 and are as long as each other.
 *
 * Source: Lin, Divergence measures based on the Shannon entropy, 1991, eq. 4.1 with weights of one half;
 * scipy.spatial.distance.jensenshannon(p, q, 2) ** 2.
 */
export function jensenShannon(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let nats = 0
  for (let i = 0; i < p.length; i++) {
    const a = p[i] ?? 0
    const b = q[i] ?? 0
    const both = a + b
    if (both > 0) nats += both / 4 * lean(Math.abs(a - b) / both)
  }
  return Math.min(1, nats / Math.LN2)
}

/**
 * (1 + x) ln(1 + x) + (1 - x) ln(1 - x) for x in [0, 1]: about x^2 where x is small, where the sum as it is written would be of
 * two terms that cancel out and leave no digits. Never negative.
 */
function lean(x: number): number {
  if (x === 1) return 2 * Math.LN2
  return x < 0.5 ? Math.log1p(-x * x) + 2 * x * Math.atanh(x) : (1 + x) * Math.log1p(x) + (1 - x) * Math.log1p(-x)
}
