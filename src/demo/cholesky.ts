/**
 * Solves `matrix * x = right` for a symmetric positive definite matrix, by Cholesky's factorisation (Golub and Van Loan,
 * Matrix Computations, 4th edition, algorithm 4.2.1). Rows of equal length. Throws when the matrix is not positive definite.
 */
export function solvePositiveDefinite(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const size = right.length
  const lower = Array.from({ length: size }, () => new Float64Array(size))
  const at = (row: number, column: number): number => lower[row]?.[column] ?? 0
  for (const [row, values] of lower.entries()) {
    for (let column = 0; column <= row; column++) {
      let rest = matrix[row]?.[column] ?? 0
      for (let k = 0; k < column; k++) rest -= at(row, k) * at(column, k)
      if (row === column && !(rest > 0)) throw new Error(`not positive definite: pivot ${row} is ${rest}`)
      values[column] = row === column ? Math.sqrt(rest) : rest / at(column, column)
    }
  }
  const solution = Float64Array.from(right)
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < row; k++) solution[row] = (solution[row] ?? 0) - at(row, k) * (solution[k] ?? 0)
    solution[row] = (solution[row] ?? 0) / at(row, row)
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let k = row + 1; k < size; k++) solution[row] = (solution[row] ?? 0) - at(k, row) * (solution[k] ?? 0)
    solution[row] = (solution[row] ?? 0) / at(row, row)
  }
  return solution
}
