const UNRESERVED = /%(2d|2e|5f|7e|3[0-9]|[46][1-9a-f]|[57][0-9a])/gi

/**
 * The path as rules compare it: unreserved characters decoded, dot segments removed (RFC 3986 sections 6.2.2.2 and 5.2.4), so
 * that `/v1/%2e%2e/admin` is not under `/v1`. What is forwarded stays as it came.
 */
export function normalPath(path: string): string {
  const decoded = path.includes('%') ? path.replace(UNRESERVED, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) : path
  if (!decoded.includes('/.')) return decoded
  const out: string[] = []
  const segments = decoded.split('/')
  segments.forEach((segment, i) => {
    const last = i === segments.length - 1
    if (segment === '..') {
      if (out.length > 1) out.pop()
      if (last) out.push('')
    } else if (segment === '.') {
      if (last) out.push('')
    } else {
      out.push(segment)
    }
  })
  return out.join('/')
}
