/**
 * The value a standard normal variable stays below with the given `probability`, to about 16 digits: 0.975 gives 1.96.
 * `probability` is in (0, 1); 0 and 1 give -Infinity and Infinity, anything else NaN. In R: `qnorm(probability)`.
 *
 * Source: M. J. Wichura, Algorithm AS 241: The percentage points of the normal distribution, Applied Statistics 37 (1988)
 * 477-484, routine PPND16: a ratio of polynomials in the middle, and two more in the square root of -log of the tail.
 */
export function normalQuantile(probability: number): number {
  const fromMiddle = probability - 0.5
  if (Math.abs(fromMiddle) <= 0.425) {
    const x = 0.180625 - fromMiddle * fromMiddle
    return fromMiddle * polynomial(MIDDLE_OVER, x) / polynomial(MIDDLE_UNDER, x)
  }
  const tail = fromMiddle < 0 ? probability : 1 - probability
  if (tail === 0) return fromMiddle < 0 ? -Infinity : Infinity
  const root = Math.sqrt(-Math.log(tail))
  const size = root <= 5
    ? polynomial(TAIL_OVER, root - 1.6) / polynomial(TAIL_UNDER, root - 1.6)
    : polynomial(FAR_OVER, root - 5) / polynomial(FAR_UNDER, root - 5)
  return fromMiddle < 0 ? -size : size
}

// coefficients of AS 241, as doubles, constant term first: over and under the fraction bar
const MIDDLE_OVER = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946,
  45921.95393154987, 67265.7709270087, 33430.57558358813, 2509.0809287301227
]
const MIDDLE_UNDER = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751,
  21213.794301586597, 39307.89580009271, 28729.085735721943, 5226.495278852854
]
const TAIL_OVER = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045,
  1.2704582524523684, 0.2417807251774506, 0.022723844989269184, 0.0007745450142783414
]
const TAIL_UNDER = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851,
  0.14810397642748008, 0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-09
]
const FAR_OVER = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487,
  0.026532189526576124, 0.0012426609473880784, 2.7115555687434876e-05, 2.0103343992922881e-07
]
const FAR_UNDER = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615,
  0.0007868691311456133, 1.8463183175100548e-05, 1.421511758316446e-07, 2.0442631033899397e-15
]

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0)
}
