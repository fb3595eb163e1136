import { describe, expect, it } from 'vitest'
import { filesOf, openFilesLimit, warnOfFiles } from '../../src/control/file-limit.ts'
import { configOf } from '../support/data-plane.ts'

const { config } = configOf(`version: 1
listen: { address: 127.0.0.1:8080, maxConnections: 1000 }
backends: { a: { url: "http://h:1", maxConnections: 30 }, b: { url: "http://h:2", maxConnections: 12 } }
routes: [{ name: all, split: [{ backend: a, weight: 1 }, { backend: b, weight: 1 }] }]
`)

function warnings(limit: number): readonly unknown[] {
  const said: unknown[] = []
  warnOfFiles(config, { warn: (fields: unknown) => void said.push(fields) }, limit)
  return said
}

describe('files that may be open', () => {
  it('are warned of where all connections together may take more', () => {
    expect(filesOf(config)).toBe(1000 + 30 + 12 + 200)
    expect([warnings(1242), warnings(Infinity), warnings(1241)]).toEqual([[], [], [{ limit: 1241, wanted: 1242 }]])
  })

  it('are as many as the system says', () => {
    expect(openFilesLimit()).toBeGreaterThan(20)
  })
})
