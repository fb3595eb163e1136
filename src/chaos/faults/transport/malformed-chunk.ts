import { z } from 'zod'
import type { FaultKind, Phase } from '../../fault.ts'
import { phaseField } from '../../parts/phase.ts'

/** As YAML says it. */
export interface MalformedChunkFields {
  readonly kind: 'malformed-chunk'
  readonly phase?: Phase | undefined
  readonly body?: string | undefined
}

/** A transfer that begins well and cannot be read on (RFC 9112 section 7.1). */
export const malformedChunk: FaultKind<MalformedChunkFields> = {
  summary: 'answers 200, sends a chunk whose size is no number, and closes',
  stage: 'answer',
  onShadow: false,
  fields: z.strictObject({
    kind: z.literal('malformed-chunk'),
    body: z.string().optional().describe('what is sent in a good chunk before the bad one'),
    phase: phaseField
  }),
  build: ({ body = '', phase = 'before' }) => {
    const chunk = body === '' ? '' : `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`
    const octets = Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${chunk}zz\r\n`, 'utf8')
    return () => () => ({ do: 'break', phase, break: { how: 'close', octets } })
  }
}
