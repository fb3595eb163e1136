/**
 * Where a condition stops to hold on the way from `inside`, where it does, to `outside`, where it is taken not to: the first
 * number past that point, so that what lies between it and `inside` leaves out nothing that holds. Halves the way until no
 * number lies between: about 60 calls.
 */
export function turningPoint(inside: number, outside: number, holds: (value: number) => boolean): number {
  let within = inside
  let beyond = outside
  for (;;) {
    const middle = within + (beyond - within) / 2
    if (middle === within || middle === beyond) return beyond
    if (holds(middle)) within = middle
    else beyond = middle
  }
}
