import type { Counter, Gauge } from '../../src/core/meter.ts'

/** A counter or gauge of which a test reads the value. */
export class Count implements Counter, Gauge {
  value = 0

  add(amount = 1): void {
    this.value += amount
  }

  set(value: number): void {
    this.value = value
  }
}
