import { z } from 'zod'
import type { Extension } from '../../core/extension.ts'
import { duration } from '../../core/scalars.ts'
import type { Fault } from '../fault.ts'

/** A delay as YAML says it. */
export interface DelayFields {
  readonly kind: 'delay'
  /** ms */
  readonly fixed: number
  /** ms */
  readonly jitter?: number | undefined
}

/** Holds the request back by `fixed` plus or minus up to `jitter`, uniform, before the backend is asked. */
export const delay: Extension<DelayFields, Fault> = {
  summary: 'holds the request back before the backend is asked: `fixed`, plus or minus up to `jitter`',
  fields: z.strictObject({
    kind: z.literal('delay'),
    fixed: duration({ max: '10m' }).describe('how long the request is held back'),
    jitter: duration({ max: '10m' }).optional().describe('up to how much more or less, drawn for each request')
  }),
  build: ({ fixed, jitter = 0 }) => (draws) => ({ do: 'wait', ms: Math.max(0, fixed + (2 * draws() - 1) * jitter) })
}
