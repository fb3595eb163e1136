import { describe, expect, it } from 'vitest'
import { abort } from '../../../src/chaos/faults/transport/abort.ts'
import { blowOf } from '../support/fault.ts'

describe('an abort', () => {
  it('answers with what it was given, headers in their order', () => {
    const fields = abort.fields.parse({ kind: 'abort', status: 429, headers: { 'retry-after': '1', 'X-Why': 'a\tb' }, body: 'é' })
    expect(abort.build(fields)()(blowOf('r'))).toEqual({ do: 'answer', phase: 'before', status: 429, headers: [['retry-after', '1'], ['X-Why', 'a\tb']], body: 'é' })
  })

  it('answers with nothing but a status when that is all it has', () => {
    expect(abort.build({ kind: 'abort', status: 503 })()(blowOf('r'))).toEqual({ do: 'answer', phase: 'before', status: 503, headers: [], body: '' })
  })

  it.each([
    { status: 199 }, { status: 600 }, { status: 503.5 }, { status: '503' }, {}, { status: null },
    { status: 503, headers: { 'x y': 'a' } }, { status: 503, headers: { '': 'a' } }, { status: 503, headers: { x: 'a\r\nb: c' } }, { status: 503, headers: { x: 'a\nb' } },
    { status: 204, body: 'x' }, { status: 205, body: 'x' }, { status: 304, body: 'x' },
    { status: 503, headers: { x: 'é' } }, { status: 503, headers: { x: 1 } }, { status: 503, headers: ['x'] }, { status: 503, body: {} },
    ...['content-length', 'Transfer-Encoding', 'connection', 'KEEP-ALIVE', 'upgrade', 'trailer'].map((name) => ({ status: 503, headers: { [name]: '1' } }))
  ])('is refused as %j', (fields) => {
    expect(abort.fields.safeParse({ kind: 'abort', ...fields }).success).toBe(false)
  })
})
