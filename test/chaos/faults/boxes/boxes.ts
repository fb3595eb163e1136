import { degraded, type Fields } from '../../support/fault.ts'

export interface Detection { readonly box: readonly [number, number, number, number], readonly label: string, readonly score: number }

interface Given { readonly id?: string, readonly strength?: number }

/** So many detections in a row, far apart: 10 by 20, of the classes a, b and c in turn. */
export const row = (count: number): readonly Detection[] =>
  Array.from({ length: count }, (_, i) => ({ box: [100 * i, 50, 100 * i + 10, 70], label: 'abc'[i % 3] ?? '', score: 0.5 }))

/** What a fault makes of detections; they themselves when it is skipped. */
export function detectedBy(kind: string, fields: Fields, boxes: readonly Detection[], given: Given = {}): readonly Detection[] {
  const text = degraded(kind, fields, { boxes }, given)
  return text === undefined ? boxes : (JSON.parse(text) as { readonly boxes: readonly Detection[] }).boxes
}

/** Intersection over union of two boxes of two corners each. */
export function iouOf([left, top, right, bottom]: readonly number[], [x1, y1, x2, y2]: readonly number[]): number {
  const width = Math.max(0, Math.min(right!, x2!) - Math.max(left!, x1!))
  const height = Math.max(0, Math.min(bottom!, y2!) - Math.max(top!, y1!))
  return width * height / ((right! - left!) * (bottom! - top!) + (x2! - x1!) * (y2! - y1!) - width * height)
}

export const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0)

/** Two detections as no printer would spell them. */
export const SPELLED = '{"id":12345678901234567890, "boxes":[ {"label":"cat", "score":0.9000, "bbox":[ 10.0, 20.0,30.0 , 40.0]},\n {"score":5e-1,"bbox":[0, 0, 4, 8.0],"label":"dog"} ],"n":1.0}'
