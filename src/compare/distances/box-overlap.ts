/** A box by its corners, `left` <= `right` and `top` <= `bottom`, in any unit. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/**
 * Intersection over union of two boxes, in [0, 1]. A box without an area overlaps wholly with itself and with nothing else;
 * so does one whose area is past the range of doubles.
 *
 * Source: M. Everingham et al., The PASCAL Visual Object Classes (VOC) challenge, IJCV 88 (2010) 303-338, equation 3.
 *
 * @example boxOverlap({ left: 0, top: 0, right: 2, bottom: 2 }, { left: 1, top: 0, right: 3, bottom: 2 }) // 1/3
 */
export function boxOverlap(a: Box, b: Box): number {
  if (a.left === b.left && a.top === b.top && a.right === b.right && a.bottom === b.bottom) return 1
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left)
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
  if (!(width > 0 && height > 0)) return 0
  const common = width * height
  const all = area(a) + area(b) - common
  return all > 0 && Number.isFinite(all) ? Math.min(1, common / all) : 0
}

const area = ({ left, top, right, bottom }: Box): number => (right - left) * (bottom - top)
