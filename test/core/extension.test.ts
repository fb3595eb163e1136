import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Extension, register } from '../../src/core/extension.ts'

const times: Extension<{ readonly by: number }, (value: number) => number> = {
  summary: 'multiplies by a number',
  fields: z.strictObject({ by: z.string().transform(Number) }),
  build: ({ by }) => (value) => value * by
}

describe('an extension that is registered', () => {
  const registered = register('times', times)

  it('is called by its name, and keeps what it says of itself', () => {
    expect([registered.name, registered.summary]).toEqual(['times', 'multiplies by a number'])
  })

  it('builds from what its fields have made of YAML', () => {
    expect(registered.build(registered.fields.parse({ by: '3' }))(14)).toBe(42)
    expect(registered.fields.safeParse({ by: 3 }).success).toBe(false)
    expect(registered.fields.safeParse({ by: '3', too: 1 }).success).toBe(false)
  })

  it('builds anew for each config', () => {
    const [two, three] = ['2', '3'].map((by) => registered.build(registered.fields.parse({ by })))
    expect([two!(10), three!(10)]).toEqual([20, 30])
  })
})
