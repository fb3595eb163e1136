import { generateKeyPairSync, sign } from 'node:crypto'

/*
 * A self-signed certificate made for the run (RFC 5280), so that no key lies in the repository and none runs out. Just as
 * much DER as that takes.
 */

const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  const { length } = body
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), body])
}
const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts)
const set = (...parts: readonly Buffer[]): Buffer => der(0x31, ...parts)
const integer = (value: number): Buffer => der(0x02, Buffer.from([value]))
const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text))
const utcTime = (text: string): Buffer => der(0x17, Buffer.from(text))
const octetString = (body: Buffer): Buffer => der(0x04, body)
const bitString = (body: Buffer): Buffer => der(0x03, Buffer.from([0]), body)

const COMMON_NAME = Buffer.from('0603550403', 'hex')
const SUBJECT_ALTERNATIVE_NAME = Buffer.from('0603551d11', 'hex')
const ECDSA_WITH_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex')

const pem = (label: string, body: Buffer): string =>
  `-----BEGIN ${label}-----\n${body.toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd()}\n-----END ${label}-----\n`

/** Key and certificate for `name` and 127.0.0.1. */
export function makeCertificate(name: string): { readonly key: string, readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = sequence(ECDSA_WITH_SHA256)
  const subject = sequence(set(sequence(COMMON_NAME, utf8(name))))
  const names = sequence(der(0x82, Buffer.from(name)), der(0x87, Buffer.from([127, 0, 0, 1])))
  const toBeSigned = sequence(
    der(0xa0, integer(2)), integer(1), algorithm, subject, sequence(utcTime('200101000000Z'), utcTime('491231235959Z')), subject,
    publicKey.export({ type: 'spki', format: 'der' }), der(0xa3, sequence(sequence(SUBJECT_ALTERNATIVE_NAME, octetString(names))))
  )
  const certificate = sequence(toBeSigned, algorithm, bitString(sign('sha256', toBeSigned, privateKey)))
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert: pem('CERTIFICATE', certificate) }
}
