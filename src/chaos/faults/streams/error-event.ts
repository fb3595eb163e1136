import { z } from 'zod'
import type { FaultKind } from '../../fault.ts'
import { dialects, errorBody } from '../../parts/dialects.ts'
import { hasOnePosition, ONE_POSITION, type PositionFields, positionFields, positionOf } from '../../parts/position.ts'
import { pass, scriptOf } from '../../parts/scripts.ts'
import { RawEvent } from '../../streams/raw-event.ts'

/** As YAML says it. */
export interface ErrorEventFields extends PositionFields {
  readonly kind: 'error-event'
  readonly dialect?: typeof dialects[number] | undefined
  readonly status?: number | undefined
  readonly message?: string | undefined
}

/** By then the answer is a 200: an error can only come as an event, and who looks at statuses alone misses it. */
export const errorEvent: FaultKind<ErrorEventFields> = {
  summary: 'sends an error as an event in the midst of a stream that began with 200, and ends it',
  stage: 'events',
  onShadow: false,
  fields: z.strictObject({
    kind: z.literal('error-event'),
    ...positionFields,
    dialect: z.enum(dialects).optional().describe('whose error it is; that of OpenAI by default'),
    status: z.int().min(400).max(599).optional().describe('the status it would have had; 500 by default'),
    message: z.string().optional().describe('what it says')
  }).refine(hasOnePosition, ONE_POSITION)
    // it would be several lines of a stream, or several events
    .refine(({ dialect, message = '' }) => dialect !== 'plain' || !/[\r\n]/.test(message), { path: ['message'], message: 'expected a single line where the dialect is plain' }),
  build: ({ dialect = 'openai', status = 500, message, ...position }) => {
    const data = errorBody(dialect, status, message).body.trimEnd()
    // Anthropic's events have a name as well
    const sse = new RawEvent('sse', Buffer.from(`${dialect === 'anthropic' ? 'event: error\n' : ''}data: ${data}\n\n`, 'utf8'))
    const line = new RawEvent('lines', Buffer.from(`${data}\n`, 'utf8'))
    return () => () => {
      const isThere = positionOf(position)
      return { do: 'events', script: scriptOf((event) => isThere(event) ? [pass(event.format === 'sse' ? sse : line), { do: 'cut', how: 'end' }] : [pass(event)]) }
    }
  }
}
