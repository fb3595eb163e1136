import { describe, expect, it } from 'vitest'
import * as problems from '../../src/http/problems.ts'

const all = Object.values(problems).filter((one) => typeof one === 'object')

describe('problems', () => {
  it('have stable codes, one each, and a status for the client', () => {
    expect(new Set(all.map(({ code }) => code)).size).toBe(all.length)
    for (const { code, status, message } of all) {
      expect(code).toMatch(/^[a-z][a-z_]*$/)
      expect([400, 408, 414, 431, 501, 505]).toContain(status)
      expect(message).toMatch(/^[^"\\]+[^.]$/)
      expect(Object.isFrozen(all[0])).toBe(true)
    }
  })

  it.each(all)('are answered whole: $code', (problem) => {
    const answer = problems.refusal(problem)
    const [head, body] = answer.split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${problem.status} [A-Z][A-Za-z -]+\r\n`))
    expect(head).toContain(`\r\ncontent-length: ${body?.length}\r\n`)
    expect(head).toContain('\r\nconnection: close\r\n')
    expect(head).toContain(`\r\nx-windtunnel-error: ${problem.code}`)
    expect(JSON.parse(body!)).toEqual({ error: { code: problem.code, message: problem.message } })
  })
})
