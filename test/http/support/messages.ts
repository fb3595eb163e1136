/** Requests that are valid, by what is special about them. Each is whole; several may stand in one text, pipelined. */
export const VALID_REQUESTS: readonly (readonly [name: string, raw: string])[] = [
  ['a GET', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a GET with a query', 'GET /v1/models?name=house&x=%20 HTTP/1.1\r\nHost: a.example:8080\r\nAccept: */*\r\n\r\n'],
  ['a HEAD', 'HEAD /v1/models HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['an HTTP/1.0 GET without Host', 'GET /old HTTP/1.0\r\n\r\n'],
  ['an HTTP/1.0 GET that is kept alive', 'GET /old HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n'],
  ['an empty line first', '\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['two empty lines first', '\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['OPTIONS *', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['the absolute form', 'GET http://b.example:81/x?y HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['an IPv6 host', 'GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n'],
  ['white space around values', 'GET / HTTP/1.1\r\nHost:\t a \t\r\nX-Empty:\r\nX-Blank:   \r\nX-In: a  b\tc\r\n\r\n'],
  ['obs-text in a value', 'GET / HTTP/1.1\r\nHost: a\r\nX: caf\xe9 \xff\x80\r\n\r\n'],
  ['odd but valid names', 'GET / HTTP/1.1\r\nHost: a\r\n!#$%&\'*+-.^_`|~0aZ: 1\r\n\r\n'],
  ['repeated fields', 'GET / HTTP/1.1\r\nHost: a\r\nCookie: a=1\r\nX: 1\r\nx: 2\r\nCookie: b=2\r\n\r\n'],
  ['a body with a length', 'POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello\r\nworl'],
  ['a body of nothing', 'POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n'],
  ['a body on a GET', 'GET /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc'],
  ['chunks', 'POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n'],
  ['chunked written in capitals', 'POST /p HTTP/1.1\r\nHost: a\r\nTRANSFER-ENCODING: Chunked\r\n\r\nA\r\n0123456789\r\n00\r\n\r\n'],
  ['no chunk but the last', 'POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['chunk extensions', 'POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a;b=c;d="e;\\"f"\r\nhello\r\n0;last=1\r\n\r\n'],
  ['trailers', 'POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-Sum: 1\r\nX-Time:  2 \r\n\r\n'],
  ['chunk data that looks like framing', 'POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n'],
  ['Connection: close', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
  ['Expect: 100-continue', 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok'],
  ['a wish to upgrade', 'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ['a GET after a POST with a length', 'POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhiGET /2 HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a GET after chunks with trailers', 'POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nT: 1\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['an empty line between requests', 'POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['an empty line before each request', '\r\nGET /1 HTTP/1.1\r\nHost: a\r\n\r\n\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n\r\nGET /4 HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['four requests', 'GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPUT /2 HTTP/1.1\r\nHost: b\r\nContent-Length: 1\r\n\r\n2GET /3 HTTP/1.1\r\nHost: a\r\n\r\nDELETE /4 HTTP/1.1\r\nHost: a\r\n\r\n']
]

/** What a server may send in answer to one request: method asked with, all its octets, whether FIN follows, and the outcome. */
export interface ResponseCase {
  readonly name: string
  readonly method?: string
  readonly raw: string
  readonly fin?: boolean
  readonly status: number
  readonly body: string
  readonly trailers?: string
  readonly interim?: readonly number[]
  readonly reusable: boolean
}

export const VALID_RESPONSES: readonly ResponseCase[] = [
  { name: 'a length', raw: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', status: 200, body: 'hello', reusable: true },
  { name: 'a length of nothing', raw: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', status: 200, body: '', reusable: true },
  { name: 'no reason phrase', raw: 'HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok', status: 200, body: 'ok', reusable: true },
  { name: 'no space after the status', raw: 'HTTP/1.1 404\r\nContent-Length: 2\r\n\r\nno', status: 404, body: 'no', reusable: true },
  { name: 'chunks', raw: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n', status: 200, body: 'abcde', reusable: true },
  { name: 'chunks and trailers', raw: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: 1\r\nY: 2\r\n\r\n', status: 200, body: 'a', trailers: 'X: 1\r\nY: 2\r\n', reusable: true },
  { name: 'a body until close', raw: 'HTTP/1.1 200 OK\r\n\r\nall of this', fin: true, status: 200, body: 'all of this', reusable: false },
  { name: 'an HTTP/1.0 body until close', raw: 'HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nold', fin: true, status: 200, body: 'old', reusable: false },
  { name: 'an HTTP/1.0 length', raw: 'HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold', status: 200, body: 'old', reusable: false },
  { name: 'an HTTP/1.0 length kept alive', raw: 'HTTP/1.0 200 OK\r\nContent-Length: 3\r\nConnection: Keep-Alive\r\n\r\nold', status: 200, body: 'old', reusable: true },
  { name: 'Connection: close', raw: 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx', status: 200, body: 'x', reusable: false },
  { name: 'an answer to HEAD', method: 'HEAD', raw: 'HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n', status: 200, body: '', reusable: true },
  { name: 'a chunked answer to HEAD', method: 'HEAD', raw: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', status: 200, body: '', reusable: true },
  { name: '204', raw: 'HTTP/1.1 204 No Content\r\n\r\n', status: 204, body: '', reusable: true },
  { name: '204 with a length', raw: 'HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n', status: 204, body: '', reusable: true },
  { name: '304 with a length', raw: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\nETag: "x"\r\n\r\n', status: 304, body: '', reusable: true },
  { name: '100 first', raw: 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx', status: 200, body: 'x', interim: [100], reusable: true },
  { name: '103 twice', raw: 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 x\r\n\r\n', status: 204, body: '', interim: [103, 103], reusable: true },
  { name: 'both lengths, where chunks win', raw: 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n', status: 200, body: 'abc', reusable: false }
]

/** `raw` cut in two at every place. */
export function* splits(raw: Buffer): Generator<readonly [Buffer, Buffer]> {
  for (let at = 1; at < raw.length; at++) yield [raw.subarray(0, at), raw.subarray(at)]
}

/** `raw` octet by octet. */
export const octets = (raw: Buffer): Buffer[] => [...raw].map((octet) => Buffer.from([octet]))
