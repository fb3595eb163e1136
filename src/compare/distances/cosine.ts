/**
 * Cosine distance of two vectors of finite numbers and of one length: 1 less the cosine of the angle between them, in [0, 2]. 0
 * for one direction, 1 for a right angle, 2 for opposite directions. Two vectors of zeros have distance 0; one of zeros has no
 * angle to another: NaN.
 *
 * Taken as half the squared distance of the two directions, which is the same and has two merits: a vector is at exactly 0 from
 * itself, and a small angle keeps its digits. Scaled first, so that squares neither overflow nor vanish.
 *
 * Source: |u - v|^2 = 2 - 2 cos for unit vectors u and v; scipy.spatial.distance.cosine.
 */
export function cosineDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const scaleA = largest(a)
  const scaleB = largest(b)
  if (scaleA === 0 || scaleB === 0) return scaleA === scaleB ? 0 : Number.NaN
  const lengthA = lengthIn(a, scaleA)
  const lengthB = lengthIn(b, scaleB)
  let square = 0
  for (let i = 0; i < a.length; i++) square += ((a[i] ?? 0) / scaleA / lengthA - (b[i] ?? 0) / scaleB / lengthB) ** 2
  return Math.min(2, square / 2)
}

// the largest magnitude in a vector
function largest(vector: ArrayLike<number>): number {
  let most = 0
  for (let i = 0; i < vector.length; i++) most = Math.max(most, Math.abs(vector[i] ?? 0))
  return most
}

// Euclid's length, in units of `scale`
function lengthIn(vector: ArrayLike<number>, scale: number): number {
  let square = 0
  for (let i = 0; i < vector.length; i++) square += ((vector[i] ?? 0) / scale) ** 2
  return Math.sqrt(square)
}
