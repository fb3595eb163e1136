import { asDouble } from './exact-number.ts'

/** The numbers of an array of finite ones, at least one; undefined for anything else. */
export function numbersIn(value: unknown): Float64Array | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined
  const numbers = new Float64Array(value.length)
  for (let i = 0; i < value.length; i++) {
    const number = asDouble(value[i])
    if (number === undefined || !Number.isFinite(number)) return undefined
    numbers[i] = number
  }
  return numbers
}
