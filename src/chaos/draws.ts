import { draw, type Key } from '../core/hash.ts'
import { normalQuantile } from '../stats/normal-quantile.ts'

/** The draws one fault may use for one request: the same request gets the same ones on every replay, in the same order. */
export class Draws {
  private readonly salt: Key
  private readonly key: Key
  private index = 0

  /** @param salt of the fault @param key of the request or unit */
  constructor(salt: Key, key: Key) {
    this.salt = salt
    this.key = key
  }

  /** Uniform in (0, 1). */
  uniform(): number {
    return draw((this.salt + this.index++) % Number.MAX_SAFE_INTEGER, this.key)
  }

  /** Mean 0, standard deviation 1, bell-shaped. */
  normal(): number {
    return normalQuantile(this.uniform())
  }

  /** True with this probability; 0 is never and 1 always. */
  chance(probability: number): boolean {
    return this.uniform() < probability
  }

  /** Whole, from 0 up to, but not with, `count`, each as likely. */
  below(count: number): number {
    return Math.floor(this.uniform() * count)
  }
}
