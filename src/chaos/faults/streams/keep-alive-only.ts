import { z } from 'zod'
import { duration } from '../../../core/scalars.ts'
import type { FaultKind } from '../../fault.ts'
import { pass, scriptOf } from '../../parts/scripts.ts'
import { RawEvent } from '../../streams/raw-event.ts'
import type { EventStep } from '../../streams/script.ts'

/** As YAML says it. */
export interface KeepAliveOnlyFields {
  readonly kind: 'keep-alive-only'
  /** ms */
  readonly for: number
  readonly every?: number | undefined
}

const EVERY_MS = 1000
const COMMENT = new RawEvent('sse', Buffer.from(': keep-alive\n\n'))

/** Octets come, and no event: a timeout that any octet resets never strikes. */
export const keepAliveOnly: FaultKind<KeepAliveOnlyFields> = {
  summary: 'sends nothing but comments for a while before the first event of an SSE stream',
  stage: 'events',
  onShadow: false,
  scales: 'the time',
  fields: z.strictObject({
    kind: z.literal('keep-alive-only'),
    for: duration({ min: '1ms', max: '10m' }).describe('for how long'),
    every: duration({ min: '10ms', max: '1m' }).optional().describe('how often a comment is sent; each second by default')
  }),
  build: ({ for: ms, every = EVERY_MS }) => () => ({ strength }) => {
    const comments = Math.ceil(ms * strength / every)
    let isFirst = true
    return { do: 'events', script: scriptOf((event) => {
      if (!isFirst || event.data() === undefined || event.format !== 'sse') return [pass(event)]
      isFirst = false
      const steps: EventStep[] = []
      for (let i = 0; i < comments; i++) steps.push(pass(COMMENT), { do: 'wait', ms: Math.min(every, ms * strength - i * every) })
      return [...steps, pass(event)]
    }) }
  }
}
