import { describe, expect, it } from 'vitest'
import { ClassTable } from '../../../src/compare/tally/class-table.ts'

describe('a table of classes', () => {
  it('has nothing to say of nothing', () => {
    expect(new ClassTable().report()).toBeUndefined()
  })

  it('counts which was taken for which, those seen most first', () => {
    const table = new ClassTable()
    for (const [primary, other, times] of [['cat', 'cat', 5], ['dog', 'dog', 9], ['cat', 'dog', 2], ['fox', 'cat', 1]] as const) for (let i = 0; i < times; i++) table.add(primary, other)
    expect(table.report()).toEqual({
      names: ['dog', 'cat', 'fox'],
      table: [
        [9, 0, 0],
        [2, 5, 0],
        [0, 1, 0]
      ]
    })
  })

  it('holds each pair once, within its cap, whatever names turn up', () => {
    const table = new ClassTable(3)
    for (let i = 0; i < 1000; i++) table.add(`class ${i}`, `class ${i + 1}`)
    const { names, table: counts } = table.report()!
    expect(names.toSorted()).toEqual(['(other)', 'class 0', 'class 1', 'class 2'])
    expect(counts.flat().reduce((sum, count) => sum + count, 0)).toBe(1000)
    expect(counts.every((row) => row.length === 4)).toBe(true)
    const other = names.indexOf('(other)')
    expect(counts[other]![other]).toBe(997)
    expect(counts[names.indexOf('class 2')]![other]).toBe(1)
  })

  it('cuts long names, and takes no name for an object', () => {
    const table = new ClassTable()
    table.add('x'.repeat(1000), '__proto__')
    expect(table.report()).toEqual({ names: [`${'x'.repeat(59)}…`, '__proto__'], table: [[0, 1], [0, 0]] })
  })
})
