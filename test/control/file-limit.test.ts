import { describe, expect, it } from 'vitest'
import { clientConnections, noteFileLimit, openFilesLimit } from '../../src/control/file-limit.ts'
import { configOf } from '../support/data-plane.ts'

const { config } = configOf(`version: 1
listen: { address: 127.0.0.1:8080, maxConnections: 1000 }
backends: { a: { url: "http://h:1", maxConnections: 30 }, b: { url: "http://h:2", maxConnections: 12 } }
routes: [{ name: all, split: [{ backend: a, weight: 1 }, { backend: b, weight: 1 }] }]
`)

describe('files that may be open', () => {
  it.each([
    [Infinity, 1000],
    [1242, 1000],
    [1241, 999],
    [600, 358],
    [400, 200], // half of them, whatever backends may take
    [101, 50]
  ])('%d let so many clients connect: %d', (limit, clients) => {
    expect(clientConnections(config, limit)).toBe(clients)
  })

  it('are spoken of where they are far too few', () => {
    const said: unknown[] = []
    for (const limit of [Infinity, 1000, 742, 741]) noteFileLimit(config, { warn: (fields: unknown) => void said.push(fields) }, limit)
    expect(said).toEqual([{ openFiles: 741, maxConnections: 1000, possible: 499 }])
  })

  it('are as many as the system says', () => {
    expect(openFilesLimit()).toBeGreaterThan(20)
  })
})
