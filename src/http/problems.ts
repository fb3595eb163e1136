import { STATUS_CODES } from 'node:http'

/** Why a message was refused. A problem is an expected outcome, so it is returned and never thrown. */
export interface Problem {
  /** Stable, snake_case; the `reason` of a counter and the code in an answer. */
  readonly code: string
  /** What the client is answered when the message was its request. */
  readonly status: number
  readonly message: string
}

const problem = (status: number, code: string, message: string): Problem => Object.freeze({ status, code, message })

// everything the wire can get wrong, with the status it earns as a request (RFC 9110 and 9112)
export const badStartLine: Problem = problem(400, 'bad_start_line', 'the first line is not a valid request or status line')
export const badMethod: Problem = problem(501, 'unknown_method', 'the method is not known')
export const badTarget: Problem = problem(400, 'bad_target', 'the request target is not valid for this method')
export const badVersion: Problem = problem(505, 'bad_version', 'only HTTP/1.0 and HTTP/1.1 are spoken here')
export const badFieldName: Problem = problem(400, 'bad_field_name', 'a header name is not a token, or whitespace stands before its colon')
export const badFieldValue: Problem = problem(400, 'bad_field_value', 'a header value holds a control character')
export const foldedField: Problem = problem(400, 'folded_field', 'a header line is folded over two lines')
export const bareLineEnd: Problem = problem(400, 'bare_line_end', 'a line does not end in CR LF')
export const badHost: Problem = problem(400, 'bad_host', 'exactly one valid Host header is required')
export const badContentLength: Problem = problem(400, 'bad_content_length', 'Content-Length is not one plain number')
export const badTransferEncoding: Problem = problem(400, 'bad_transfer_encoding', 'Transfer-Encoding must be chunked, once, in HTTP/1.1')
export const unknownTransferEncoding: Problem = problem(501, 'unknown_transfer_encoding', 'no transfer coding but chunked is known')
export const ambiguousLength: Problem = problem(400, 'ambiguous_length', 'Content-Length and Transfer-Encoding stand together')
export const badChunk: Problem = problem(400, 'bad_chunk', 'the chunked body is malformed')
export const badTrailer: Problem = problem(400, 'bad_trailer', 'the trailer section is malformed or too large')
export const upgradeWithBody: Problem = problem(400, 'upgrade_with_body', 'a request to upgrade may not carry a body')
export const connectWithBody: Problem = problem(400, 'connect_with_body', 'a CONNECT request may not carry a body')
export const headTooLarge: Problem = problem(431, 'head_too_large', 'the request head is larger than allowed')
export const targetTooLong: Problem = problem(414, 'target_too_long', 'the request target is longer than allowed')
export const headTimeout: Problem = problem(408, 'head_timeout', 'the request head did not arrive in time')
export const bodyTimeout: Problem = problem(408, 'body_timeout', 'the request body stopped arriving')
export const truncated: Problem = problem(400, 'truncated_request', 'the connection ended in the middle of a request')

/** The whole answer to a request that is refused, after which the connection is closed. */
export function refusal({ status, code, message }: Problem): string {
  const body = `{"error":{"code":"${code}","message":"${message}"}}`
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n` +
    `connection: close\r\nx-windtunnel-error: ${code}\r\n\r\n${body}`
}
