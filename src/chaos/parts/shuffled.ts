import type { Draws } from '../draws.ts'

/** The same things in an order that is as likely as any other. Reference: R. A. Fisher and F. Yates, Statistical Tables, 1938, in the form of R. Durstenfeld, Algorithm 235, CACM 7(7), 1964. */
export function shuffled<Thing>(things: readonly Thing[], draws: Draws): readonly Thing[] {
  const order = [...things]
  for (let last = order.length - 1; last > 0; last--) {
    const other = draws.below(last + 1)
    const [one, two] = [order[last], order[other]]
    if (one === undefined || two === undefined) continue
    order[last] = two
    order[other] = one
  }
  return order
}
