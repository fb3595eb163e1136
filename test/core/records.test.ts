import { expect, it } from 'vitest'
import { RecordReader, RecordWriter } from '../../src/core/records.ts'
import { Random, runSeed } from '../http/support/random.ts'

type Value =
  | { readonly kind: 'byte' | 'integer' | 'number', readonly value: number }
  | { readonly kind: 'text', readonly value: string }
  | { readonly kind: 'word', readonly value: string }
  | { readonly kind: 'octets', readonly value: readonly Buffer[] }

const NUMBERS = [0, -0, 1, -1, 0.1, Math.PI, 1e308, -1e-308, Number.MAX_SAFE_INTEGER, Infinity, -Infinity, Number.NaN, 5e-324]

function anyValue(random: Random): Value {
  switch (random.below(6)) {
    case 0: return { kind: 'byte', value: random.below(256) }
    case 1: return { kind: 'integer', value: random.pick([0, 1, 0xffff, 0xffffffff, random.below(2 ** 31)]) }
    case 2: return { kind: 'number', value: random.pick(NUMBERS) }
    case 3: return { kind: 'text', value: String.fromCharCode(...Array.from({ length: random.below(40) }, () => random.below(256))) }
    case 4: return { kind: 'word', value: random.pick(['', 'a', 'house-price', 'application/json', String(random.below(1000))]) }
    default: return { kind: 'octets', value: Array.from({ length: random.below(4) }, () => Buffer.from(Array.from({ length: random.below(300) }, () => random.below(256)))) }
  }
}

function write(writer: RecordWriter, { kind, value }: Value): void {
  if (kind === 'octets') writer.octets(value, value.reduce((sum, { length }) => sum + length, 0))
  else if (kind === 'text') writer.text(value)
  else if (kind === 'word') writer.word(value)
  else writer[kind](value)
}

function read(reader: RecordReader, { kind }: Value): unknown {
  return kind === 'octets' ? reader.octets().toString('hex') : reader[kind]()
}

it('records are read back as they were written, whatever they hold and however small the writer was', () => {
  const seed = runSeed()
  const random = new Random(seed)
  for (let round = 0; round < 500; round++) {
    const values = Array.from({ length: random.below(30) }, () => anyValue(random))
    const writer = new RecordWriter(random.pick([0, 1, 7, 64, 65_536]))
    for (const value of values) write(writer, value)
    const { size } = writer
    const reader = new RecordReader(writer.release(), size)
    for (const value of values) {
      const expected = value.kind === 'octets' ? Buffer.concat(value.value).toString('hex') : value.value
      expect(read(reader, value), `seed ${seed}, round ${round}`).toEqual(expected)
    }
    expect(reader.done, `seed ${seed}, round ${round}`).toBe(true)
  }
})

it('a reader is done where the octets used end, however much memory comes with them', () => {
  const writer = new RecordWriter(1000)
  writer.byte(1)
  const reader = new RecordReader(writer.release(), 1)
  expect(reader.done).toBe(false)
  reader.byte()
  expect(reader.done).toBe(true)
})

it('a writer that has given its memory away holds none', () => {
  const writer = new RecordWriter(10)
  writer.text('abc')
  const memory = writer.release()
  const moved = structuredClone(memory, { transfer: [memory] })
  expect(memory.byteLength).toBe(0)
  expect(new RecordReader(moved, writer.size).text()).toBe('abc')
})

it('octets are read without copying them', () => {
  const writer = new RecordWriter(64)
  writer.octets([Buffer.from('one'), Buffer.from('two')], 6)
  const { size } = writer
  const memory = writer.release()
  const octets = new RecordReader(memory, size).octets()
  expect(octets.toString()).toBe('onetwo')
  expect(octets.buffer).toBe(memory)
})
