/** Agreement beyond chance; see `kappa`. */
export interface Kappa {
  /** 1 where they always agree, 0 where they agree as often as chance would have it, less below that. */
  readonly kappa: number
  readonly standardError: number
}

/**
 * Cohen's kappa: how well two classifiers agree, with what they would agree on by chance taken off. `table` is square, with
 * a row for each class the first gave and a column for each the second gave, in the same order. The standard error is the
 * simple one for large samples, which takes the shares of the classes for known. Undefined where both gave one and the same
 * class throughout, or nothing: there is no agreement beyond chance to be had.
 *
 * Source: J. Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20 (1960) 37-46.
 *
 * @example kappa([[20, 5], [10, 15]]) // { kappa: 0.4, standardError: 0.13 }
 */
export function kappa(table: readonly (readonly number[])[]): Kappa | undefined {
  const firsts = table.map((row) => sum(row))
  const seconds = table.map((_, column) => sum(table.map((row) => row[column] ?? 0)))
  const count = sum(firsts)
  const agreed = sum(table.map((row, i) => row[i] ?? 0))
  // disagreement in place of agreement: where one class is nearly all there is, 1 - agreement is nearly nothing
  const disagreement = (count - agreed) / count
  const byChance = sum(firsts.map((first, i) => first / count * ((count - (seconds[i] ?? 0)) / count)))
  if (!(byChance > 0)) return undefined
  return { kappa: 1 - disagreement / byChance, standardError: Math.sqrt(agreed / count * disagreement / count) / byChance }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
