/**
 * How far two vectors of finite numbers and of one length are apart, as a share of the longer: the length (Euclid's) of their
 * difference over the larger of their lengths. Symmetric, 0 for equal vectors, 2 for opposite ones. In numpy:
 * `norm(a - b) / max(norm(a), norm(b))`.
 *
 * @example relativeL2([3, 4], [3, 0]) // 0.8
 */
export function relativeL2(a: ArrayLike<number>, b: ArrayLike<number>): number {
  // scaled, so that no square leaves the range of doubles
  const scale = Math.max(largestOf(a), largestOf(b))
  if (scale === 0) return 0
  let apart = 0
  let lengthOfA = 0
  let lengthOfB = 0
  for (let i = 0; i < a.length; i++) {
    const x = (a[i] ?? Number.NaN) / scale
    const y = (b[i] ?? Number.NaN) / scale
    apart += (x - y) ** 2
    lengthOfA += x * x
    lengthOfB += y * y
  }
  return Math.min(2, Math.sqrt(apart) / Math.sqrt(Math.max(lengthOfA, lengthOfB)))
}

function largestOf(vector: ArrayLike<number>): number {
  let largest = 0
  for (let i = 0; i < vector.length; i++) largest = Math.max(largest, Math.abs(vector[i] ?? 0))
  return largest
}
