/**
 * Weights of hypotheses that turn up one after another while the evidence is watched, such that all together, however many there
 * will be, never weigh more than 1. Those that come first, all at once, share a half; the nth that come after them share 1 / (2n(n+1)).
 * A weight never changes again, so that what was not enough does not become enough, nor the other way round, by what comes later;
 * dividing by the number there is now would let each newcomer have a threshold that those before it have had to themselves.
 *
 * Source: a union bound over Ville's inequality; spending as in Foster, Stine, Alpha-investing, 2008, with weights of Wang, Ramdas,
 * False discovery rate control with e-values, 2022, section 4.
 *
 * @param since when each turned up, in any unit; those of one time come at once
 */
export function arrivalWeights(since: readonly number[]): readonly number[] {
  const sizes = new Map<number, number>()
  for (const time of since) sizes.set(time, (sizes.get(time) ?? 0) + 1)
  const shares = new Map([...sizes.keys()].toSorted((a, b) => a - b).map((time, place) => [time, place === 0 ? 0.5 : 0.5 / (place * (place + 1))]))
  return since.map((time) => (shares.get(time) ?? 0) / (sizes.get(time) ?? 1))
}
