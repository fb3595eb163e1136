import { logCoinEvidence } from './coin-evidence.ts'
import { excessInterval } from './excess-interval.ts'
import { signTest } from './sign-test.ts'
import { wilsonInterval } from './wilson-interval.ts'

/** How the answers of two models to the same requests compare with labels. */
export interface PairedOutcomes {
  readonly bothRight: number
  readonly onlyPrimaryRight: number
  readonly onlyOtherRight: number
  readonly bothWrong: number
}

/** A share with its interval. */
export interface Estimate {
  readonly value: number
  readonly interval: readonly [low: number, high: number]
}

/** See `pairedAccuracy`. */
export interface PairedAccuracy {
  readonly count: number
  /** Share of right answers, with Wilson's interval. */
  readonly primary: Estimate
  readonly other: Estimate
  /** `other` less `primary`, with Tango's interval: above 0 where the other one is better. */
  readonly difference: Estimate
  /** McNemar's exact test of equal accuracy, for one look. */
  readonly pValue: number
  /** Natural logarithm of the evidence against equal accuracy, for any number of looks; see `logCoinEvidence`. */
  readonly logEvidence: number
}

/**
 * Which of two models is right more often, from answers to the same requests. What is right or wrong for both says nothing
 * about which is better, so a difference of accuracy takes a fraction of the labels that separate requests would need.
 * Undefined without requests.
 */
export function pairedAccuracy(outcomes: PairedOutcomes, confidence: number = 0.95): PairedAccuracy | undefined {
  const { bothRight, onlyPrimaryRight, onlyOtherRight, bothWrong } = outcomes
  const count = bothRight + onlyPrimaryRight + onlyOtherRight + bothWrong
  if (count === 0) return undefined
  const accuracy = (right: number): Estimate => ({ value: right / count, interval: wilsonInterval(right, count, confidence) })
  return {
    count,
    primary: accuracy(bothRight + onlyPrimaryRight),
    other: accuracy(bothRight + onlyOtherRight),
    difference: {
      value: (onlyOtherRight - onlyPrimaryRight) / count,
      interval: excessInterval({ onlyFirst: onlyOtherRight, onlySecond: onlyPrimaryRight, pairs: count }, confidence)
    },
    pValue: signTest(onlyOtherRight, onlyPrimaryRight),
    logEvidence: logCoinEvidence(onlyOtherRight, onlyPrimaryRight)
  }
}
