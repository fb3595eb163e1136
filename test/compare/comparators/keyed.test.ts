import { describe, expect, it } from 'vitest'
import { keyed } from '../../../src/compare/comparators/keyed.ts'

describe('keyed', () => {
  it.each([['/id', ['id']], ['/meta/a~1b', ['meta', 'a/b']], ['/0', ['0']], ['', []]])('has elements belong together by %j', (key, pointer) => {
    expect(keyed.build(keyed.fields.parse({ key }))).toEqual({ key: pointer })
  })

  it.each([{}, { key: 'id' }, { key: '/a~2' }, { key: ['id'] }, { key: '/id', order: true }])('refuses %j', (fields) => {
    expect(keyed.fields.safeParse(fields).success).toBe(false)
  })
})
