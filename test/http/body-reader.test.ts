import { describe, expect, it } from 'vitest'
import { BodyReader } from '../../src/http/body-reader.ts'
import { giveBack } from '../../src/http/bulk.ts'

describe('a body reader', () => {
  it('has nothing to read where there is no body', () => {
    const reader = new BodyReader()
    for (const [framing, length] of [['none', 0], ['length', 0]] as const) {
      reader.start(framing, length)
      expect(reader.done).toBe(true)
    }
  })

  it('counts a length over several reads and gives back what lies behind it', () => {
    const reader = new BodyReader()
    reader.start('length', 5)
    expect([reader.read(Buffer.from('he'))?.toString(), reader.done, reader.rest]).toEqual(['he', false, undefined])
    expect([reader.read(Buffer.from('lloGET'))?.toString(), reader.done, reader.rest?.toString()]).toEqual(['llo', true, 'GET'])
  })

  it('decodes chunks and gives back what lies behind them', () => {
    const reader = new BodyReader()
    reader.start('chunked', 0)
    expect([reader.read(Buffer.from('3\r\nab'))?.toString(), reader.done]).toEqual(['ab', false])
    expect(reader.read(Buffer.from('c\r\n0\r\nT: 1\r\n\r\nGET'))?.toString()).toBe('c')
    expect([reader.done, reader.trailers, reader.rest?.toString(), reader.problem]).toEqual([true, 'T: 1\r\n', 'GET', undefined])
  })

  it.each<[string, string, string]>([['length', '', ''], ['chunked', '9c40\r\n', '\r\n0\r\n\r\n']])('keeps apart what lies behind a bulk body framed as %s: its memory is given back when it has been sent', (framing, before, after) => {
    const reader = new BodyReader()
    reader.start(framing as 'length' | 'chunked', 40_000)
    const octets = reader.read(Buffer.from(`${before}${'x'.repeat(40_000)}${after}GET`))
    giveBack(octets!)
    expect([reader.done, reader.rest?.toString()]).toEqual([true, 'GET'])
  })

  it('gives back no read that a head stands in, for a message before it may still be in use', () => {
    const reader = new BodyReader()
    reader.start('chunked', 0)
    const read = Buffer.from(`head${`3e80\r\n${'x'.repeat(16_000)}\r\n`.repeat(3)}`)
    expect(reader.read(read.subarray(4))?.length).toBe(48_000)
    expect(read.toString('latin1', 0, 4)).toBe('head')
  })

  it('gives back a read of which every octet has been copied', () => {
    const reader = new BodyReader()
    reader.start('chunked', 0)
    const read = Buffer.from(`3e80\r\n${'x'.repeat(16_000)}\r\n`.repeat(3))
    expect([reader.read(read)?.length, read.length]).toEqual([48_000, 0])
  })

  it('never ends a body that lasts until close', () => {
    const reader = new BodyReader()
    reader.start('close', 0)
    for (let i = 0; i < 3; i++) expect([reader.read(Buffer.from('x'))?.toString(), reader.done, reader.rest]).toEqual(['x', false, undefined])
  })

  it('says why a body cannot be read on, also when it would end at once', () => {
    const reader = new BodyReader()
    for (const raw of ['x\r\n', '0\r\nA : 1\r\n\r\n']) {
      reader.start('chunked', 0)
      reader.read(Buffer.from(raw))
      expect([reader.done, reader.problem !== undefined]).toEqual([false, true])
    }
  })

  it('begins anew with each body', () => {
    const reader = new BodyReader()
    reader.start('chunked', 0)
    reader.read(Buffer.from('0\r\nT: 1\r\n\r\nmore'))
    reader.start('length', 1)
    expect([reader.done, reader.trailers, reader.rest, reader.problem]).toEqual([false, '', undefined, undefined])
    reader.start('chunked', 0)
    reader.read(Buffer.from('!'))
    reader.start('none', 0)
    expect([reader.done, reader.problem]).toEqual([true, undefined])
  })
})
