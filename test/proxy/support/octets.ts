// every four octets tell where they stand, so that none can be lost, come twice or be another's unseen
export const POSITIONS: Buffer = Buffer.alloc(8 * 1024 * 1024)
for (let at = 0; at < POSITIONS.length; at += 4) POSITIONS.writeUInt32LE(Math.imul(at + 4, 0x9e3779b1) >>> 0, at)

/** The same as text. */
export const LETTERS: string = POSITIONS.toString('hex', 0, 1024 * 1024)

/** A chunked body, its last chunk included. */
export function chunks(body: string, size: number): string {
  let out = ''
  for (let at = 0; at < body.length; at += size) out += `${Math.min(size, body.length - at).toString(16)}\r\n${body.slice(at, at + size)}\r\n`
  return `${out}0\r\n\r\n`
}

/** The head of a request with a chunked body. */
export const chunkedHead = (target: string): string => `POST ${target} HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n`
