import { describe, expect, it } from 'vitest'
import { forwardableTrailers } from '../../src/http/trailers.ts'

describe('forwardableTrailers', () => {
  it('passes on what says something of the body, as it came', () => {
    const lines = 'Digest: x\r\ngrpc-status: 0\r\nGrpc-Message:  \r\nServer-Timing: a;dur=1\r\nserver-timing: b\r\n'
    expect(forwardableTrailers(lines)).toBe(lines)
  })

  it.each([
    'Host', 'Content-Length', 'Transfer-Encoding', 'Connection', 'Keep-Alive', 'Proxy-Connection', 'TE', 'Trailer', 'Upgrade', 'Authorization', 'Proxy-Authorization', 'Cookie', 'Set-Cookie',
    'Content-Type', 'Content-Encoding', 'Content-Range', 'X-Request-Id', 'X-Forwarded-For', 'X-Real-Ip', 'Forwarded', 'X-Windtunnel-Mirror', 'X-Windtunnel-Error', 'Via', 'Expect', 'Max-Forwards',
    'Date', 'Age', 'Cache-Control', 'Pragma', 'Expires', 'Vary', 'Location', 'Retry-After', 'WWW-Authenticate', 'Proxy-Authenticate', 'Range', 'If-Match'
  ])('holds %s back, which a recipient could take for a header', (name) => {
    expect(forwardableTrailers(`A: 1\r\n${name}: x\r\n${name.toUpperCase()}: y\r\nB: 2\r\n`)).toBe('A: 1\r\nB: 2\r\n')
  })

  it.each(['', 'broken\r\n', 'A : 1\r\n'])('makes nothing of %j', (lines) => expect(forwardableTrailers(lines)).toBe(''))
})
