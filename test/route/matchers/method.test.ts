import { describe, expect, it } from 'vitest'
import { method } from '../../../src/route/matchers/method.ts'
import { requestOf } from '../../support/request.ts'

describe('the method matcher', () => {
  it.each<[readonly string[], string, boolean]>([
    [['GET'], 'GET', true], [['GET'], 'HEAD', false], [['POST', 'PUT'], 'PUT', true], [['POST', 'PUT'], 'PATCH', false], [['GET', 'GET'], 'GET', true]
  ])('%j takes %s: %s', (fields, name, expected) => {
    expect(method.build(method.fields.parse(fields)).matches(requestOf({ method: name }))).toBe(expected)
  })

  it.each([[['get']], [['GET ']], [['']], [[]], ['GET'], [['G1']]])('refuses %j', (fields) => {
    expect(method.fields.safeParse(fields).success).toBe(false)
  })
})
